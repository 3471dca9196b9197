"""The Korean business registration number (사업자등록번호) as people type it. It is optional everywhere; where one is
given, it is checked, stored as ten digits and shown with hyphens."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from portal.kernel.business_number import LENGTH, is_business_number
from portal.kernel.i18n import Message, msg

_SEPARATORS: Final = re.compile(r"[\s\-‐-―−.·]+")


class RegistrationNumberError(ValueError):
    """What was typed is no business registration number; `message` says what is wrong with it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.msgid)
        self.message = message


def normalise(typed: str) -> str:
    """The ten digits of a number as it was typed (hyphens, spaces and full-width digits are fine).

    Raises RegistrationNumberError when there are not ten digits or the check digit is wrong.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdecimal()):
        raise RegistrationNumberError(
            msg("A business registration number has ten digits, as in 123-45-67891. Check what you typed.")
        )
    if not is_business_number(digits):
        raise RegistrationNumberError(
            msg("This is not a valid business registration number: its digits do not fit together. Check each of them.")
        )
    return digits


def with_hyphens(digits: str) -> str:
    """The number as it is shown: 123-45-67891."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
