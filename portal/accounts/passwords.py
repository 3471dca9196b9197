"""Passwords: how they are kept (Argon2id) and which are too weak. No rules of composition: length is what counts.

Checking one costs the same whether or not there is an account, so that the time of an answer tells nothing.
Sources: RFC 9106; NIST SP 800-63B-4, 3.1.1.2 (length, a list of common ones, the service's own words, no composition).
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.kernel.i18n import Message, msg, nmsg

SHORTEST: Final = 12
#: Longer ones are refused rather than cut; a sentence fits easily.
LONGEST: Final = 200
#: Stands where no password was set yet; matches nothing.
NO_PASSWORD: Final = "!"  # noqa: S105 - no secret

_hasher = PasswordHasher()
#: One check takes 64 MiB: with so many at once a burst of sign-ins cannot exhaust the memory of a web process.
_at_once = threading.BoundedSemaphore(4)

#: Common passwords of twelve characters and more (shorter ones are refused anyway), without case, digits at the end and
#: signs; Korean ones as they come out of a keyboard in Latin mode too.
_COMMON_WORDS: Final = """
    password passwordpassword passw0rd p@ssw0rd p@ssword pa$$word mypassword newpassword thepassword
    administrator adminadmin adminpassword rootpassword superuser changeme changemenow letmein letmeinnow
    welcome welcomewelcome iloveyou iloveyouiloveyou iloveyouforever qwerty qwertyqwerty qwertyuiop qwertyuiopasdf
    qwertyuiopasdfghjkl qwertyasdfgh asdfghjkl asdfghjklzxcvbnm zxcvbnmasdfghjkl zxcvbnm qwerasdfzxcv qwerasdf
    qazwsx qazwsxedc qazwsxedcrfv 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5y6 qwe123qwe
    abcdefghijkl abcdefghijklm abc123abc123 a1b2c3d4e5f6 dragondragon monkeymonkey sunshine princess football baseball
    trustno1trustno1 starwarsstarwars whateverwhatever internet computer samsung korea seoul republicofkorea
    dkssudgktpdy dkssud tkfkdgody tkfkdgo rlaehdgus qlalfqjsgh dlfekqlalfqjsgh eogksalsrnr
    안녕하세요 사랑해요 비밀번호 대한민국 대한민국만세 아이러브유 개인정보보호 비밀번호입니다
    correcthorsebatterystaple thisismypassword nopassword defaultpassword temporarypassword testpassword testtesttest
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
_ROWS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def normalised(password: str) -> str:
    """The one form of a password: what looks the same is the same (NFKC), whichever keyboard it came from."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """What is kept of a password: Argon2id with its own salt and parameters."""
    with _at_once:
        return _hasher.hash(normalised(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Without an account (`kept` None) the answer is no and takes as long."""
    real = kept is not None and kept != NO_PASSWORD
    with _at_once:
        nobodys = _nobodys_hash()  # made by the first call of a process, whomever it is about
        try:
            found = _hasher.verify(kept if real and kept is not None else nobodys, normalised(password))
        except (VerificationError, InvalidHashError):
            return False
    return found and real


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("nobody signs in with this")


def problems(password: str, email: str) -> list[Message]:
    """Why a new password cannot be taken; nothing when it can."""
    plain = normalised(password)
    if len(plain) < SHORTEST:
        return [nmsg("Use at least %(n)s character. A few words in a row are easy to remember and hard to guess.",
                     "Use at least %(n)s characters. A few words in a row are easy to remember and hard to guess.",
                     SHORTEST)]
    if len(plain) > LONGEST:
        return [nmsg("Use at most %(n)s character.", "Use at most %(n)s characters.", LONGEST)]
    if _tells(plain, email):
        return [msg("The password must not be your e-mail address or the part before the @.")]
    if _common(plain):
        return [msg("This password is among the first that anybody would try. Choose another one, for example a few "
                    "words in a row that have nothing to do with each other.")]
    return []


def _tells(plain: str, email: str) -> bool:
    letters = _letters(plain)
    local = email.partition("@")[0]
    return bool(letters) and letters in {_letters(part) for part in (email, local, local * 2, email.partition("@")[2])}


def _letters(text: str) -> str:
    """Without case, signs, spaces, and digits at the end: `P-assword 2025!` is `password`."""
    return "".join(character for character in text.casefold() if character.isalnum()).rstrip("0123456789")


def _common(plain: str) -> bool:
    folded = plain.casefold()
    if any(_repeats(folded, size) for size in range(1, 5)):
        return True
    if any(folded in row * 2 or folded in row[::-1] * 2 for row in _ROWS):
        return True
    core = folded.rstrip("0123456789!?.,*#@$ ")
    return core in _COMMON or _letters(plain) in _COMMON or folded in _COMMON


def _repeats(text: str, size: int) -> bool:
    """Whether the text is its first `size` characters over and over."""
    unit = text[:size]
    return text == (unit * (len(text) // size + 1))[: len(text)]
