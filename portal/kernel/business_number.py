"""The check digit of a Korean business registration number (사업자등록번호): arithmetic, nothing else."""

from __future__ import annotations

from operator import mul
from typing import Final

LENGTH: Final = 10
_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def check_digit(first_nine: str) -> int:
    """The tenth digit that belongs to the first nine: (10 − s mod 10) mod 10, where s sums the digits times 1 3 7 1 3 7
    1 3 5 and ⌊ninth × 5 / 10⌋ (the rule of the National Tax Service)."""
    digits = [int(digit) for digit in first_nine]
    total: int = sum(map(mul, digits, _WEIGHTS)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10


def is_business_number(digits: str) -> bool:
    """Whether ten ASCII digits carry the right check digit. Ten noughts, which would, are no number."""
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdecimal()) or digits == "0" * LENGTH:
        return False
    return check_digit(digits[:9]) == int(digits[9])
