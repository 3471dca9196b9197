"""The second factor's arithmetic: time-based one-time passwords (RFC 6238), recovery codes, and how secrets are kept.

Secrets are encrypted with a key derived from the deployment's secret keys; the newest encrypts, older ones still
decrypt. Knows no account and no database.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.kernel import ids

STEP_SECONDS: Final = 30
#: A clock may be one step off, either way.
_TOLERANCE: Final = 1
RECOVERY_CODES: Final = 10

_SPACES: Final = re.compile(r"[\s\-‐-―]+")


def new_secret() -> str:
    """A secret of 160 bits in base 32, as an authenticator app takes it."""
    return str(pyotp.random_base32())


def encrypted(secret: str, keys: Sequence[str]) -> bytes:
    """The secret as it is kept."""
    return _box(tuple(keys)).encrypt(secret.encode())


def decrypted(kept: bytes, keys: Sequence[str]) -> str | None:
    """The secret again; None when none of the keys made it."""
    try:
        return _box(tuple(keys)).decrypt(kept).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([
        Fernet(base64.urlsafe_b64encode(
            HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal: second factor").derive(key.encode())))
        for key in keys])


def address(secret: str, email: str, issuer: str) -> str:
    """What the QR code says: an `otpauth:` address with account and issuer."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is (now, the one before or after), or None. Who asks refuses one taken before."""
    digits = _SPACES.sub("", unicodedata.normalize("NFKC", code))
    if not (len(digits) == 6 and digits.isascii() and digits.isdecimal()):
        return None
    generator = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - _TOLERANCE, current + _TOLERANCE + 1):
        # All are compared, in constant time each, whichever fits.
        if pyotp.utils.strings_equal(digits, generator.generate_otp(step)):
            found = step
    return found


def in_groups(secret: str) -> str:
    """The secret as a person types it into an app: groups of four."""
    return " ".join(secret[at:at + 4] for at in range(0, len(secret), 4))


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 bits each."""
    return [ids.readable_code() for _ in range(RECOVERY_CODES)]


def recovery_code_digest(typed: str) -> bytes:
    """What is kept of a recovery code. Typed with or without hyphens, in any case, O for 0 and I or L for 1."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(str.maketrans("OIL", "011"))
    return ids.token_digest(plain)
