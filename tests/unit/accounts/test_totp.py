"""The second factor's arithmetic against the vectors of RFC 6238, its tolerance, and how secrets are kept."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from portal.accounts import totp

NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("seconds", "code"), [
    (59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")])
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert totp.step_of(secret, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("away", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(away: int, taken: bool) -> None:
    at = NOW + timedelta(seconds=30 * away)
    code = pyotp.TOTP(SECRET).at(at)
    step = totp.step_of(SECRET, code, NOW)
    assert (step is not None) is taken
    if taken:
        assert step == int(at.timestamp()) // 30


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", "  {}{}\n"])
def test_codes_may_be_typed_in_groups(typed: str) -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert totp.step_of(SECRET, typed.format(code[:3], code[3:]), NOW)
    assert totp.step_of(SECRET, code.translate({ord(str(n)): 0xFF10 + n for n in range(10)}), NOW)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345٣", "x" * 100_000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.step_of(SECRET, typed, NOW) is None


def test_secrets_are_kept_encrypted_and_survive_a_new_key() -> None:
    kept = totp.encrypted(SECRET, ("old key",))
    assert SECRET.encode() not in kept
    assert totp.decrypted(kept, ("old key",)) == SECRET
    assert totp.decrypted(kept, ("new key", "old key")) == SECRET
    assert totp.decrypted(kept, ("new key",)) is None
    assert totp.encrypted(SECRET, ("old key",)) != kept


def test_new_secrets_and_codes_differ() -> None:
    assert len({totp.new_secret() for _ in range(20)}) == 20
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == 10 and all(len(code.replace("-", "")) == 16 for code in codes)


def test_a_recovery_code_may_be_typed_as_it_is_read() -> None:
    assert totp.recovery_code_digest("7K3M-Q0ZT-1A2B-3C4D") == totp.recovery_code_digest(" 7k3m qOzt Ia2b3c4d ")
    assert totp.recovery_code_digest("7K3M-Q0ZT-1A2B-3C4D") != totp.recovery_code_digest("7K3M-Q0ZT-1A2B-3C4E")
