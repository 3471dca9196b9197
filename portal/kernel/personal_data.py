"""The detector of personal data in text: what can be told by its form, and nothing that cannot.

It finds resident registration numbers, telephone numbers, e-mail addresses, account and card numbers, and business
registration numbers. It goes by form alone: names and postal addresses have none and are left to a person's eyes. It
changes nothing and decides nothing; who calls it refuses, warns or withholds.

A text is read as a person sees it: full-width and other digits count as digits, every dash as a hyphen, and characters
that are not seen (zero-width spaces, joiners, fillers) as absent. All patterns have a fixed upper length, so that the
time grows with the text and with nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from portal.kernel.business_number import is_business_number

#: Stored with each run; a new number where another text would be found, so that older runs can be told and repeated.
DETECTOR_VERSION: Final = 1


class Kind(StrEnum):
    """What was found."""

    RESIDENT_NUMBER = "resident_number"
    EMAIL = "email"
    BUSINESS_NUMBER = "business_number"
    PHONE = "phone"
    ACCOUNT_NUMBER = "account_number"


class Find(NamedTuple):
    """A passage of the text as it was given: `text == given[start:end]`."""

    kind: Kind
    start: int
    end: int
    text: str


def find(text: str) -> list[Find]:
    """All finds, in the order of the text, none overlapping another. Of two readings of the same words the kind that
    weighs more wins: a resident number inside something that looks like an account number is found as what it is."""
    seen, places = _as_seen(text)
    spans: list[tuple[int, int, Kind]] = []
    for kind, pattern, accept in _WITH_NUMBERS if _LONG_NUMBER.search(seen) else _WITHOUT_NUMBERS:
        matches = pattern.finditer(seen)
        found = [match.span(_FIND) for match in matches if accept is None or accept(match[_FIND])]
        if found:
            spans += [(start, end, kind) for start, end in found]
            seen = _blanked(seen, found)
    spans.sort()
    if places is None:
        return [Find(kind, start, end, text[start:end]) for start, end, kind in spans]
    originals = ((places[start], places[end - 1] + 1, kind) for start, end, kind in spans)
    return [Find(kind, start, end, text[start:end]) for start, end, kind in originals]


def find_resident_numbers(text: str) -> list[Find]:
    """The finds that stop a filing: resident registration numbers only (a masked one, `900230-*******`, is none)."""
    return [found for found in find(text) if found.kind is Kind.RESIDENT_NUMBER]


# ------------------------------------------------------------------------------------------------ as a person sees it

_NOT_SEEN: Final = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5")  # Hangul fillers and their like
_DASHES: Final = frozenset("\u2212\u30fc\uff70\u02d7\u00af\u2043\u2500\u2501\u4e00\u3161")
_DOTS: Final = frozenset("\u00b7\u2022\u2024\u2027\u22c5\u30fb\u318d")
_KEPT_SPACES: Final = frozenset("\n\t ")


def _seen_character(character: str) -> str:
    """The one ASCII character that it looks like, nothing where it is not seen, else itself."""
    if character in _NOT_SEEN:
        return ""
    if character in _DASHES:
        return "-"
    if character in _DOTS:
        return "."
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category in ("Cf", "Mn", "Me") or (category == "Cc" and not character.isspace()):
        return ""
    if character.isspace():
        return character if character in _KEPT_SPACES else "\n" if category in ("Cc", "Zl", "Zp") else " "
    plain = unicodedata.normalize("NFKC", character)
    # Circled numbers stay: they number paragraphs, and nobody writes a telephone number with them.
    return plain if len(plain) == 1 and plain.isascii() and not plain.isdigit() else character


def _as_seen(text: str) -> tuple[str, array[int] | None]:
    """The text as seen and, where something is not seen, the place of each of its characters in the given text."""
    if text.isascii() and text.isprintable():
        return text, None
    table = {character: _seen_character(character) for character in set(text)}
    if all(character == seen for character, seen in table.items()):
        return text, None
    seen = text.translate({ord(character): seen for character, seen in table.items()})
    if len(seen) == len(text):
        return seen, None
    unseen = {character for character, seen in table.items() if not seen}
    return seen, array("L", (place for place, character in enumerate(text) if character not in unseen))


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the spans (in order) overwritten, so that a later pass finds nothing in them."""
    parts: list[str] = []
    last = 0
    for start, end in spans:
        parts += (text[last:start], "\x00" * (end - start))
        last = end
    parts.append(text[last:])
    return "".join(parts)


# ----------------------------------------------------------------------------------------------------------- patterns
# Each pattern's first group, `find`, is the passage; whatever stands before it is context. Two things keep them fast on
# hostile text: every repetition is bounded, and possessive where it could be tried in several ways; and each pattern
# begins with a set of characters (what may not stand before it is looked at afterwards), so that the engine skips all
# other places.


def _one_of(korean: str, english: str = "") -> str:
    """A pattern for one of these words. Korean ones also match decomposed, as text pasted from a Mac comes; English
    ones (patterns that begin with a small letter) match in any case, as whole words."""
    first = set()
    branches = []
    for word in korean.split():
        for form in dict.fromkeys((word, unicodedata.normalize("NFD", word))):
            first.add(form[0])
            branches.append(f"(?<={form[0]}){form[1:]}")
    pattern = f"(?<![A-Za-z])(?:{'|'.join(branches)})"
    if english:
        branches = [f"(?<=[{word[0]}{word[0].upper()}]){word[1:]}" for word in english.split()]
        first.update(word[0] for word in english.split())
        first.update(word[0].upper() for word in english.split())
        pattern += f"|(?<=[A-Za-z])(?<![A-Za-z][A-Za-z])(?i:{'|'.join(branches)})(?![A-Za-z])"
    return f"[{''.join(sorted(first))}](?:{pattern})"


# Between a context word and its number: any characters, and up to three short numbers that stand alone (a floor).
_UP_TO_THE_NUMBER: Final = r"[^0-9\n]{0,30}+(?:[0-9]{1,4}+(?![ \-.]{0,2}[0-9])[^0-9\n]{1,15}+){0,3}+"

_FIND: Final = 1

#: Seven digits close together: without them only an e-mail address can be found.
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ \-./()~\t\n]{0,6}[0-9]){6}")

_RESIDENT: Final = re.compile(
    r"(?P<find>[0-9](?<![0-9][0-9])"
    r"(?!(?<=[A-Za-z][0-9])[0-9]{12}[A-Za-z])"  # thirteen digits between letters are a piece of a digest or a key
    r"(?:[0-9]{5}(?:[ \t]{0,2}-\s{0,2}|[ \t]{1,2}|)[1-8][0-9]{6}"
    r"|(?: [0-9]){5} ?- ?[1-8](?: [0-9]){6}"  # spread over the boxes of a form
    r"))(?![0-9])"
)

# The local part has 64 characters at most (RFC 5321).
_EMAIL: Final = re.compile(
    r"(?P<find>[A-Za-z0-9](?<![A-Za-z0-9][A-Za-z0-9])[A-Za-z0-9._%+\-]{0,63}+"
    r"(?:@|[ ]?[\[(][ ]?(?:at|AT|@|골뱅이)[ ]?[\])][ ]?)"
    r"(?:[A-Za-z0-9가-힣][A-Za-z0-9가-힣\-]{0,62}\.){1,6}"
    r"(?:[A-Za-z][A-Za-z0-9\-]{1,23}|한국))"
)

_BUSINESS_IN_CONTEXT: Final = re.compile(
    _one_of("사업자 납세번호", "business biz brn registration") + _UP_TO_THE_NUMBER
    + r"(?P<find>[0-9]{3}[ \-.]{0,2}[0-9]{2}[ \-.]{0,2}[0-9]{5})(?![ \-]?[0-9])"
)
_BUSINESS_SHAPE: Final = re.compile(r"(?P<find>[0-9](?<![0-9\-][0-9])[0-9]{2}-[0-9]{2}-[0-9]{5})(?!-?[0-9])")

_GAP: Final = r"(?:[ \t]{0,2}[\-./)~][ \t]{0,2}\n?|[ \t]{1,2})"
_AREA: Final = r"(?:1[016-9]|2|[3-6][1-5]|44|70|80|50[0-9])"
_LOCAL: Final = rf"{_GAP}?[0-9]{{3,4}}{_GAP}?[0-9]{{4}}"
_FROM_ABROAD: Final = rf"82{_GAP}(?:\(?0\)?{_GAP}?)?{_AREA}{_LOCAL}"
_PHONE: Final = re.compile(
    r"(?P<find>[+(02-9](?<![0-9^][+(0-9])(?:"
    # +1 202-555-0143; a plus before a bare quantity (+1000000) has no gap
    r"(?<=\+)(?=[0-9]{1,3}[ \-.()/]|[0-9]{10})[0-9](?:[ \-.()/]{0,3}[0-9]){6,14}+"
    rf"|(?<=0)(?:{_AREA}{_LOCAL}|0{_FROM_ABROAD})"
    rf"|(?<=\()(?:0{_AREA}\)[ ]{{0,2}}[0-9]{{3,4}}{_GAP}?|[2-9][0-9]{{2}}\)[ ]?[2-9][0-9]{{2}}[\-. ])[0-9]{{4}}"
    rf"|(?<=8){_FROM_ABROAD[1:]}"
    r"|(?<=[2-9])[0-9]{2}(?P<gap>[\-.])[2-9][0-9]{2}(?P=gap)[0-9]{4}"
    r"))(?![0-9])"
)
_NO_DATE: Final = r"(?!(?:19|20)[0-9]{2}[ ]?[.\-/])"
_PHONE_IN_CONTEXT: Final = re.compile(
    _one_of(
        "전화 연락처 휴대폰 휴대전화 핸드폰 팩스 직통 대표번호 고객센터 콜센터 내선",
        r"tel(?:ephone)? phone mobile cell fax h\.?p call whatsapp",
    )
    + rf"[^0-9\n]{{0,14}}+(?P<find>{_NO_DATE}[0-9](?:[ \-.()]{{0,2}}[0-9]){{6,12}}+)(?![0-9])"
)

_ACCOUNT_IN_CONTEXT: Final = re.compile(
    _one_of(
        "계좌 입금 송금 은행 예금주 농협 신협 수협 우체국 새마을금고 카드번호",
        "account(?:s|no)? acct a/c bank deposit swift remit(?:tance)?",
    )
    + _UP_TO_THE_NUMBER
    + rf"(?P<find>{_NO_DATE}[0-9](?:[ ]?-[ ]?[0-9]|[ ]?[0-9]){{9,15}}+)(?![ \-]?[0-9])"
)
# Shapes of Korean banks that nothing else has: 6-2-6, 3-3-6, 1xxx-3-6, 3-6-5, 3-2-6, 3-4-4-2, 3-6-2-3, 3333-2-7.
_ACCOUNT_SHAPE: Final = re.compile(
    r"(?P<find>[0-9](?<![0-9\-][0-9])(?:"
    r"[0-9]{5}-[0-9]{2}-[0-9]{6}"
    r"|[0-9]{2}-(?:[0-9]{2,3}-[0-9]{6}|[0-9]{6}-[0-9]{5}|[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{6}-[0-9]{2}-[0-9]{3})"
    r"|(?<=1)[0-9]{3}-[0-9]{3}-[0-9]{6}|(?<=3)333-[0-9]{2}-[0-9]{7}"
    r"))(?!-?[0-9])"
)
_CARD: Final = re.compile(
    r"(?P<find>[0-9](?<![0-9][0-9])(?<![0-9][\- ][0-9])"
    r"[0-9]{3}(?P<gap>[\- ]?)[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4})(?![\- ]?[0-9])"
)
_IBAN: Final = re.compile(
    r"(?P<find>[A-Z](?<![A-Za-z0-9][A-Z])[A-Z][0-9]{2}"
    r"(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?))(?![A-Za-z0-9])"
)


def _has_check_digit(number: str) -> bool:
    return is_business_number(number.replace("-", ""))


def _is_card(number: str) -> bool:
    """The check digit of ISO/IEC 7812 (Luhn)."""
    digits = [int(character) for character in number if character.isdigit()]
    doubled = (digit * 2 for digit in digits[-2::-2])
    return (sum(digits[::-2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0 and any(digits)


def _is_iban(number: str) -> bool:
    """The check digits of ISO 13616 (mod 97)."""
    plain = number.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


_Pass: TypeAlias = tuple[Kind, re.Pattern[str], Callable[[str], bool] | None]

_WITHOUT_NUMBERS: Final[tuple[_Pass, ...]] = ((Kind.EMAIL, _EMAIL, None),)
_WITH_NUMBERS: Final[tuple[_Pass, ...]] = (
    (Kind.RESIDENT_NUMBER, _RESIDENT, None),
    *_WITHOUT_NUMBERS,
    (Kind.BUSINESS_NUMBER, _BUSINESS_IN_CONTEXT, None),
    (Kind.BUSINESS_NUMBER, _BUSINESS_SHAPE, _has_check_digit),
    (Kind.ACCOUNT_NUMBER, _CARD, _is_card),
    (Kind.ACCOUNT_NUMBER, _IBAN, _is_iban),
    (Kind.PHONE, _PHONE, None),
    (Kind.PHONE, _PHONE_IN_CONTEXT, None),
    (Kind.ACCOUNT_NUMBER, _ACCOUNT_IN_CONTEXT, None),
    (Kind.ACCOUNT_NUMBER, _ACCOUNT_SHAPE, None),
)
