"""What the portal says, in Korean and English: messages, catalogues, Korean particles, dates and numbers.

Below the web nobody writes sentences: services and policies return a `Message` (an English source text with values),
and whoever shows it calls `translate`. Catalogues are the gettext files `translations/<locale>/<area>.po`, read once
per process. This module must not know Flask, requests or who is asking: the locale is a context variable that the web,
a job or a test sets with `use_locale`.

A Korean particle that depends on the sound before it is written in a catalogue as a pair, `%(name)s[을/를]`, and chosen
when the message is shown. Only catalogue text can carry such a marker: a value that contains one stays as typed.
"""

from __future__ import annotations

import html as html_entities
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, cast

from babel import dates, lists, numbers
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from portal.kernel.clock import SEOUL
from portal.settings import folder

LOCALES: Final = ("ko", "en")
DEFAULT_LOCALE: Final = "ko"
SOURCE_LOCALE: Final = "en"

# The regional form decides the commas of a list and of a date ("a, b and c"; "Wed 12 Nov 2025").
_BABEL_LOCALES: Final = {"ko": "ko", "en": "en_GB"}

_current_locale: ContextVar[str] = ContextVar("portal_locale", default=DEFAULT_LOCALE)


# --------------------------------------------------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a message that needs saying how it is shown: a deadline, a grouped number, a list of
    things, a text that stands in both languages."""

    how: Literal["deadline", "number", "list", "both"]
    value: Any


def as_deadline(instant: datetime) -> Shown:
    """The value shown as a deadline (an exclusive midnight as the day before, 24:00)."""
    _require_aware(instant)
    return Shown("deadline", instant)


def as_number(number: int | float | Decimal) -> Shown:
    """The value shown with grouped digits. A plain int is shown without, for it may be a year or an article."""
    return Shown("number", number)


def as_list(items: Iterable[Value]) -> Shown:
    """The values shown as an enumeration in the reader's language."""
    return Shown("list", tuple(items))


def in_both(*, ko: str, en: str) -> Shown:
    """A text that has its own words in each language, as a consultation's title: the reader's, or else the other."""
    return Shown("both", (ko, en))


Value: TypeAlias = "str | int | float | Decimal | date | datetime | Message | Shown | None"


@dataclass(frozen=True, slots=True)
class Message:
    """A text with values, not yet in any language.

    `msgid` is the English source; `plural` and `n` are set for a text that counts (`%(n)s` is then the number, shown
    with grouped digits). Values may be messages; they are shown in the same language. Picklable, comparable, hashable,
    and by `to_json`/`from_json` storable. `str(message)` is the text in the current locale.
    """

    msgid: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    plural: str | None = None
    n: int | None = None
    context: str | None = None

    def __str__(self) -> str:
        return translate(self)

    def to_json(self) -> dict[str, Any]:
        """The message as JSON values; `from_json` gives an equal one."""
        packed: dict[str, Any] = {"msgid": self.msgid}
        if self.values:
            packed["values"] = {name: _value_to_json(value) for name, value in self.values.items()}
        if self.plural is not None:
            packed["plural"], packed["n"] = self.plural, self.n
        if self.context is not None:
            packed["context"] = self.context
        return packed

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> Message:
        """The message that `to_json` packed. Raises KeyError or ValueError on anything else."""
        return cls(
            msgid=packed["msgid"],
            values={name: _value_from_json(value) for name, value in packed.get("values", {}).items()},
            plural=packed.get("plural"),
            n=packed.get("n"),
            context=packed.get("context"),
        )


def msg(msgid: str, /, **values: Value) -> Message:
    """A message: `msg("Filed by %(name)s", name=organisation.name)`."""
    return Message(msgid, values)


def nmsg(singular: str, plural: str, n: int, /, **values: Value) -> Message:
    """A message that counts: `nmsg("%(n)s comment", "%(n)s comments", 3)`."""
    return Message(singular, values, plural=plural, n=n)


def pmsg(context: str, msgid: str, /, **values: Value) -> Message:
    """A message whose English is ambiguous, told apart by a context that nobody reads but the translator."""
    return Message(msgid, values, context=context)


def _value_to_json(value: Value) -> Any:
    match value:
        case Message():
            return {"message": value.to_json()}
        case Shown(how="deadline"):
            return {"deadline": value.value.isoformat()}
        case Shown(how="number"):
            return {"number": _value_to_json(value.value)}
        case Shown(how="both"):
            return {"both": list(value.value)}
        case Shown():
            return {"list": [_value_to_json(item) for item in value.value]}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case None | str() | int() | float():
            return value
    raise TypeError(f"{type(value).__name__} cannot be a value of a message")


def _value_from_json(packed: Any) -> Value:
    if not isinstance(packed, dict):
        return cast(Value, packed)
    ((kind, inner),) = packed.items()
    match kind:
        case "message":
            return Message.from_json(inner)
        case "deadline":
            return as_deadline(datetime.fromisoformat(inner))
        case "number":
            return Shown("number", _value_from_json(inner))
        case "both":
            return in_both(ko=inner[0], en=inner[1])
        case "list":
            return as_list([_value_from_json(item) for item in inner])
        case "datetime":
            return datetime.fromisoformat(inner)
        case "date":
            return date.fromisoformat(inner)
        case "decimal":
            return Decimal(inner)
    raise ValueError(f"unknown kind of message value: {kind!r}")


# ------------------------------------------------------------------------------------------------------- the locale


def current_locale() -> str:
    """The language of whoever is being answered: one of LOCALES."""
    return _current_locale.get()


@contextmanager
def use_locale(locale: str) -> Iterator[str]:
    """Everything inside is said in this language; the one before is restored afterwards."""
    token = _current_locale.set(known_locale(locale))
    try:
        yield locale
    finally:
        _current_locale.reset(token)


def known_locale(locale: str) -> str:
    """The locale itself, or ValueError when the portal does not speak it."""
    if locale not in LOCALES:
        raise ValueError(f"the portal does not speak {locale!r}")
    return locale


# ------------------------------------------------------------------------------------------------------- catalogues


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one language: (context, msgid) to the texts of its plural forms (one, for Korean)."""

    locale: str
    texts: Mapping[tuple[str | None, str], tuple[str, ...]]

    def text(self, msgid: str, *, plural: str | None = None, n: int | None = None, context: str | None = None) -> str:
        """The raw text with its placeholders; the source text where there is no translation."""
        forms = self.texts.get((context, msgid))
        if forms is None or not any(forms):
            return msgid if plural is None or n == 1 else plural
        return forms[min(len(forms) - 1, 0 if n in (None, 1) else 1)]


def read_catalogue(locale: str, translations: Path) -> Catalogue:
    """All `<translations>/<locale>/*.po` as one catalogue. Fuzzy entries count as untranslated; of two files that
    translate one text differently the first by name wins (`portal.kernel.catalogues` reports it as an error)."""
    texts: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for path in sorted((translations / locale).glob("*.po")):
        with path.open("rb") as file:
            entries = read_po(file, locale=locale, abort_invalid=True)
        for entry in entries:
            if not entry.id or entry.fuzzy:
                continue
            msgid = entry.id if isinstance(entry.id, str) else entry.id[0]
            forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
            if any(forms):
                texts.setdefault((entry.context, msgid), forms)
    return Catalogue(locale, texts)


_catalogues: dict[str, Catalogue] = {}
_catalogues_lock = threading.Lock()


def catalogue(locale: str | None = None) -> Catalogue:
    """The catalogue of a language (of the current one when none is named), read once per process."""
    locale = known_locale(locale) if locale is not None else current_locale()
    found = _catalogues.get(locale)
    if found is None:
        with _catalogues_lock:
            found = _catalogues.get(locale)
            if found is None:
                found = _catalogues[locale] = read_catalogue(locale, folder("translations"))
    return found


def forget_catalogues() -> None:
    """Read the catalogues anew at the next message (after a translator's change, in development)."""
    with _catalogues_lock:
        _catalogues.clear()


# ------------------------------------------------------------------------------------------------- showing messages


def translate(message: Message | str, locale: str | None = None) -> str:
    """The message in a language (the current one when none is named). A str is taken as text that is ready: it is
    returned as it is, never looked up, for a person may have typed it."""
    if isinstance(message, str):
        return message
    chosen = catalogue(locale)
    raw = chosen.text(message.msgid, plural=message.plural, n=message.n, context=message.context)
    return fill(raw, with_number(message.values, message.n), chosen.locale)


def with_number(values: Mapping[str, Any], n: int | None) -> Mapping[str, Any]:
    """The values of a counting message: its number is there as `n` and as `num`, with grouped digits."""
    return values if n is None else {"n": as_number(n), "num": as_number(n), **values}


def gettext(msgid: str, /, **values: Value) -> str:
    """The text in the current language."""
    return translate(Message(msgid, values))


def ngettext(singular: str, plural: str, n: int, /, **values: Value) -> str:
    """The text for a number of things, in the current language."""
    return translate(Message(singular, values, plural=plural, n=n))


def pgettext(context: str, msgid: str, /, **values: Value) -> str:
    """The text in the current language, its source told apart by a context."""
    return translate(Message(msgid, values, context=context))


def show(value: Any, locale: str | None = None) -> str:
    """A value as it stands in a text: a message translated, a date or an instant formatted, the rest by `str`."""
    match value:
        case Message():
            return translate(value, locale)
        case Shown(how="deadline"):
            return format_deadline(value.value, locale)
        case Shown(how="number"):
            return format_number(value.value, locale)
        case Shown(how="both"):
            korean, english = value.value
            return str((english or korean) if (locale or current_locale()) == "en" else (korean or english))
        case Shown():
            return format_list(value.value, locale)
        case datetime():
            return format_datetime(value, locale=locale)
        case date():
            return format_date(value, locale)
    return str(value)


_PLACEHOLDER_OR_MARKER = re.compile(
    r"%\((?P<name>\w+)\)(?P<format>[-+ #0]*\d*(?:\.\d+)?[sdif])"
    r"|(?P<percent>%%)"
    r"|\[(?P<consonant>[가-힣]{1,4})/(?P<vowel>[가-힣]{1,4})\]"
)


class _Gap(NamedTuple):
    """What a catalogue text leaves open, with the words before it: a value in its format, or a particle in two forms
    that stands as `name` where it is none of ours."""

    before: str
    name: str
    format: str
    forms: tuple[str, str] | None


@lru_cache(4_096)
def _gaps(raw: str) -> tuple[tuple[_Gap, ...], str, bool]:
    """The gaps of a catalogue text, the words behind the last one, and whether a particle is among them."""
    gaps: list[_Gap] = []
    before, end = "", 0
    for match in _PLACEHOLDER_OR_MARKER.finditer(raw):
        before += raw[end : match.start()]
        end = match.end()
        if match["percent"]:
            before += "%"
            continue
        if match["name"] is not None:
            gaps.append(_Gap(before, match["name"], match["format"], None))
        else:
            gaps.append(_Gap(before, match[0], "", (match["consonant"], match["vowel"])))
        before = ""
    return tuple(gaps), before + raw[end:], any(gap.forms for gap in gaps)


def fill(raw: str, values: Mapping[str, Any], locale: str, *, html: bool = False) -> str:
    """A catalogue text with its values put in and its particles chosen.

    With `html`, the text is HTML as the catalogue has it and each value is escaped (or kept, when it is Markup); the
    answer is Markup then, and a particle listens to the words, not to the tags. Raises KeyError for a missing value.
    """
    gaps, rest, listening = _gaps(raw)
    if not gaps:
        return Markup(rest) if html else rest  # noqa: S704 - catalogue text is ours
    parts: list[str] = []  # what comes out
    heard: list[str] = []  # the same without escapes and tags: what a particle listens to
    for before, name, written, forms in gaps:
        parts.append(before)
        if listening:
            heard.append(_without_tags(before) if html else before)
        if forms is not None:
            particle = choose_particle("".join(heard), *forms)
            if particle is None:
                particle = name  # no particle of ours: square brackets that the text means
            parts.append(particle)
            heard.append(particle)
            continue
        if name not in values:
            raise KeyError(f"the text {raw!r} needs the value {name!r}")
        value = values[name]
        if written == "s":
            shown = value if html and hasattr(value, "__html__") else show(value, locale)
        else:
            shown = f"%{written}" % value
        parts.append(str(escape(shown)) if html else shown)
        if listening:
            heard.append(_without_tags(shown) if hasattr(shown, "__html__") else shown)
    parts.append(rest)
    filled = "".join(parts)
    return Markup(filled) if html else filled  # noqa: S704 - catalogue text is ours, every value is escaped above


_TAG = re.compile(r"<[^<>]*>")


def _without_tags(markup: str) -> str:
    return html_entities.unescape(_TAG.sub("", markup))


# -------------------------------------------------------------------------------------------------------- particles

PARTICLES: Final = frozenset(
    {
        ("은", "는"),
        ("이", "가"),
        ("을", "를"),
        ("과", "와"),
        ("으로", "로"),
        ("으로서", "로서"),
        ("으로써", "로써"),
        ("이라", "라"),
        ("이라고", "라고"),
        ("이라는", "라는"),
        ("이란", "란"),
        ("이며", "며"),
        ("이고", "고"),
        ("이나", "나"),
        ("아", "야"),
    }
)

Sound: TypeAlias = Literal["vowel", "rieul", "consonant"]


def choose_particle(before: str, consonant: str, vowel: str) -> str | None:
    """The form that follows the sound of `before`; both, as in 을(를), where nothing tells the sound; None when the
    pair is no particle."""
    if (consonant, vowel) not in PARTICLES:
        return None
    sound = last_sound(before)
    if sound is None:
        return f"({consonant[0]}){vowel}" if consonant.endswith(vowel) else f"{consonant}({vowel})"
    if sound == "rieul" and consonant.startswith("으로"):
        return vowel
    return vowel if sound == "vowel" else consonant


# Korean names of the Latin letters that do not end in a vowel: 엘 엠 엔 알.
_LETTER_SOUNDS: Final[Mapping[str, Sound]] = {"l": "rieul", "m": "consonant", "n": "consonant", "r": "rieul"}
# 영 일 이 삼 사 오 육 칠 팔 구
_DIGIT_SOUNDS: Final[Sequence[Sound]] = (
    "consonant", "rieul", "vowel", "consonant", "vowel", "vowel", "consonant", "rieul", "rieul", "vowel",
)
_LISTENED_CHARACTERS: Final = 80
_CLOSED_GROUP = re.compile(r"(?<=[^\s(])\s*\((?!(?:주|유|합)\))[^()]*\)$")
_COMPANY_SUFFIX = re.compile(r"\((?:주|유|합)\)$")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?$")
_DAY_OF_A_DATE = re.compile(r"\d{4}\. \d{1,2}\. \d{1,2}\.$")
_TIME_OF_DAY = re.compile(r"(?<!\d)\d{1,2}:(\d\d)(:\d\d)?$")
_LATIN_WORD = re.compile(r"[A-Za-z]+$")
_VOWEL_SYMBOLS: Final = "%°+²³"  # 퍼센트, 도, 플러스, 제곱, 세제곱 as they are spoken with their unit


def last_sound(text: str) -> Sound | None:
    """The sound that a Korean reader hears last in the text, or None where that cannot be told.

    Closing quotes and brackets are silent. A round-bracketed addition is silent as a whole, for a particle follows the
    word that it explains: 제3조(목적)를; but (주) is read.
    """
    tail = unicodedata.normalize("NFKC", text[-_LISTENED_CHARACTERS:]).rstrip()
    while tail:
        if _COMPANY_SUFFIX.search(tail):
            return "vowel"  # 주식회사, 유한회사, 합자회사
        if group := _CLOSED_GROUP.search(tail):
            tail = tail[: group.start()].rstrip()
            continue
        if _DAY_OF_A_DATE.search(tail):
            return "rieul"  # 12일
        if clock := _TIME_OF_DAY.search(tail):
            return "vowel" if clock[1] == "00" or clock[2] else "consonant"  # 24시, 3초, 3분
        last = tail[-1]
        if "가" <= last <= "힣":
            final = (ord(last) - 0xAC00) % 28
            return "vowel" if final == 0 else "rieul" if final == 8 else "consonant"
        if last.isdecimal():
            return _number_sound(tail)
        if plain := _LATIN_WORD.search(_without_accents(tail)):
            return _latin_sound(plain[0])
        if last in _VOWEL_SYMBOLS:
            return "vowel"
        if unicodedata.category(last)[0] in "PZS":
            tail = tail[:-1].rstrip()
            continue
        return None
    return None


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _number_sound(text: str) -> Sound:
    match = _NUMBER.search(text)
    digits = match[0] if match else text[-1]
    whole = digits.replace(",", "")
    zeros = len(whole) - len(whole.rstrip("0"))
    if "." in whole or zeros == 0 or zeros == len(whole):
        return _DIGIT_SOUNDS[int(whole[-1])]
    # 십 백 천 만 억 and 경 end in a consonant; 조, 10^12 and up to 10^15, does not.
    return "vowel" if 12 <= zeros < 16 else "consonant"


def _latin_sound(word: str) -> Sound:
    """How the word ends when spoken in Korean: letter by letter (AI, LLM), or as a loan word (그룹, 구글, 서버)."""
    lower = word.lower()
    if len(word) == 1 or (word.isupper() and len(word) <= 5) or not re.search(r"[aeiouy]", lower):
        return _LETTER_SOUNDS.get(lower[-1], "vowel")
    if re.search(r"(?:l|le)$", lower):
        return "rieul"
    if re.search(r"(?:m|n|ng|[aeiou][mn]e)$", lower):
        return "consonant"
    # A stop after one short vowel becomes a final consonant (앱, 인터넷, 퍼블릭); after another consonant or a long
    # vowel it gets a vowel of its own (캠프, 리포트, 클라우드).
    if re.search(r"(?:^|[^aeiou])[aeiouy](?:c|ck|p|t|b)$|ook$|oup$", lower):
        return "consonant"
    return "vowel"


# ---------------------------------------------------------------------------------------------------------- formats


def _require_aware(instant: datetime) -> datetime:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs its time zone: a naive datetime is refused")
    return instant


def seoul_date(moment: date) -> date:
    """The day in Korea: of an instant, or the date itself. A naive datetime is refused."""
    if isinstance(moment, datetime):
        return _require_aware(moment).astimezone(SEOUL).date()
    if not isinstance(moment, date):
        raise TypeError(f"not a day: {moment!r}")  # Babel would take None for today
    return moment


def format_date(day: date, locale: str | None = None) -> str:
    """`2025. 11. 12.(수)`, `Wed 12 Nov 2025`; of an instant the day in Korea."""
    locale = locale or current_locale()
    if locale == "ko":
        return str(dates.format_date(seoul_date(day), "y. M. d.(EEE)", locale="ko"))
    return str(dates.format_date(seoul_date(day), "EEE d MMM y", locale="en"))


def format_datetime(instant: datetime, seconds: bool = False, locale: str | None = None, *, zone: bool = True) -> str:
    """`2025. 11. 12.(수) 14:03 (한국 시각)`, `Wed 12 Nov 2025, 14:03 KST`; `zone=False` where a heading names it."""
    locale = locale or current_locale()
    local = _require_aware(instant).astimezone(SEOUL)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if locale == "ko":
        return f"{format_date(local, locale)} {clock}{' (한국 시각)' if zone else ''}"
    return f"{format_date(local, locale)}, {clock}{' KST' if zone else ''}"


def format_deadline(instant: datetime, locale: str | None = None) -> str:
    """An exclusive end as a person reads it: midnight is the day before at 24:00 (`2025. 12. 22.(월) 24:00`,
    `Mon 22 Dec 2025, 24:00 KST`)."""
    locale = locale or current_locale()
    local = _require_aware(instant).astimezone(SEOUL)
    day, clock = local.date(), f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if local.time() == time(0):
        day, clock = day - timedelta(days=1), "24:00"
    return f"{format_date(day, locale)} {clock}" if locale == "ko" else f"{format_date(day, locale)}, {clock} KST"


def format_number(number: int | float | Decimal, locale: str | None = None) -> str:
    """`12,345`; a fraction keeps up to three places."""
    if type(number) is int:  # by far the most, and both languages group alike
        return f"{number:,}"
    return str(numbers.format_decimal(number, locale=_BABEL_LOCALES[locale or current_locale()]))


def format_list(items: Iterable[Value], locale: str | None = None) -> str:
    """`a, b and c`; `a, b 및 c`."""
    locale = locale or current_locale()
    return str(lists.format_list([show(item, locale) for item in items], locale=_BABEL_LOCALES[locale]))
