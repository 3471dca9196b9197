"""What a publisher types into the steps of making a consultation: put into canonical form and checked for shape.

Whether something is *missing* for the announcement is another question (`portal.consultations.requirements`): a step
can be saved half done. Nothing here knows what is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from portal.consultations.models import CONSULTATION_KINDS, DRAFT_KINDS
from portal.kernel import public_words
from portal.kernel.clock import SEOUL
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import Message, msg
from portal.kernel.text import LINE_LIMIT, TEXT_LIMIT, typed

#: Last parts of addresses that are pages of ours, so that no consultation can hide one.
RESERVED_SLUGS: Final = frozenset({"new", "holidays", "consultations", "organisation", "organisations", "receipts",
                                   "invitations", "staff", "mails", "queue"})
#: Years in which a notice can start: what the calendar of public holidays knows or can compute.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
COMMENTS_APPEAR: Final = ("after_close", "as_screened")

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PREFIX: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
_SLUG_LIMIT: Final = 80
_PREFIX_LIMIT: Final = 20
#: Words that every title of a draft has, and that therefore tell nothing in an address.
_FILLER: Final = frozenset({"a", "an", "and", "act", "decree", "draft", "enforcement", "etc", "for", "in", "of", "on",
                            "the", "to", "proposed", "partial", "full", "amendment", "framework"})


@dataclass(frozen=True)
class Basics:
    """What the consultation is: the first step."""

    kind: str
    draft_kind: str
    title_ko: str
    title_en: str = ""
    slug: str = ""
    number_prefix: str = ""


@dataclass(frozen=True)
class Notice:
    """The words of the notice."""

    notice_number: str = ""
    gazette_number: str = ""
    gazette_url: str = ""
    legal_basis_ko: str = ""
    legal_basis_en: str = ""
    reason_ko: str = ""
    reason_en: str = ""
    main_content_ko: str = ""
    main_content_en: str = ""
    receiving_body_ko: str = ""
    receiving_body_en: str = ""
    method_ko: str = ""
    method_en: str = ""


@dataclass(frozen=True)
class Rule:
    """What is published when, and which steps a response passes."""

    comments_appear: str = "after_close"
    responses_while_open: bool = False
    technical_review: bool = False
    legal_review: bool = False


@dataclass(frozen=True)
class PeriodEntry:
    """A comment period as it is set: the day of the notice, the days it runs, and what allows it to be short."""

    starts_on: date
    days: int
    short_period_record: str = ""


_ONE_LINE: Final = frozenset({"kind", "draft_kind", "title_ko", "title_en", "slug", "number_prefix", "notice_number",
                              "gazette_number", "gazette_url", "comments_appear"})

#: An address elsewhere: a run of thirteen digits in it (the time of an entry, say) is nobody's number.
NO_WORDS: Final = frozenset({"gazette_url"})

Entry = TypeVar("Entry", Basics, Notice, Rule, PeriodEntry)


def _canonical(entry: Entry) -> tuple[Entry, dict[str, list[Message]]]:
    """The entry with every text in canonical form, and the texts that are too long or may not be kept."""
    problems: dict[str, list[Message]] = {}
    texts: dict[str, Any] = {}
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, str):
            one_line = field.name in _ONE_LINE
            read = typed(value, limit=LINE_LIMIT if one_line else TEXT_LIMIT, one_line=one_line)
            texts[field.name] = read.text
            if stopping := list(read.problems) if field.name in NO_WORDS else public_words.stopping(read):
                problems[field.name] = stopping
    return replace(entry, **texts), problems


def invalid(problems: dict[str, list[Message]]) -> InvalidError:
    """The refusal of an entry, naming the fields."""
    return InvalidError(msg("Some of what you entered cannot be taken."), problems)


def checked_basics(entry: Basics) -> Basics:
    """The basics in canonical form. Raises InvalidError naming the fields."""
    clean, problems = _canonical(entry)
    clean = replace(clean, number_prefix=clean.number_prefix.upper())
    if clean.kind not in CONSULTATION_KINDS:
        problems.setdefault("kind", []).append(msg("Choose the kind of notice."))
    if clean.draft_kind not in DRAFT_KINDS:
        problems.setdefault("draft_kind", []).append(msg("Choose the kind of draft."))
    if not clean.title_ko:
        problems.setdefault("title_ko", []).append(msg("Enter the title in Korean."))
    if clean.slug and (not _SLUG.fullmatch(clean.slug) or len(clean.slug) > _SLUG_LIMIT):
        problems.setdefault("slug", []).append(
            msg("An address has small Latin letters, digits and single hyphens, at most %(limit)s characters: "
                "ai-basic-act-decree.", limit=_SLUG_LIMIT))
    if clean.slug in RESERVED_SLUGS:
        problems.setdefault("slug", []).append(msg("This address is used by a page of the portal. Choose another."))
    if clean.number_prefix and (not _PREFIX.fullmatch(clean.number_prefix) or len(clean.number_prefix) > _PREFIX_LIMIT):
        problems.setdefault("number_prefix", []).append(
            msg("A number prefix has capital Latin letters, digits and single hyphens, at most %(limit)s characters: "
                "AIBA-2026.", limit=_PREFIX_LIMIT))
    if problems:
        raise invalid(problems)
    return clean


def checked_notice(entry: Notice) -> Notice:
    """The notice in canonical form. Raises InvalidError naming the fields."""
    clean, problems = _canonical(entry)
    if clean.gazette_url and not _is_web_address(clean.gazette_url):
        problems.setdefault("gazette_url", []).append(msg("Enter the whole address, beginning with https://."))
    if problems:
        raise invalid(problems)
    return clean


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not re.search(r"\s", value)


def checked_rule(entry: Rule) -> Rule:
    """The publication rule. Raises InvalidError for a code that there is not."""
    if entry.comments_appear not in COMMENTS_APPEAR:
        raise invalid({"comments_appear": [msg("Choose when comments appear.")]})
    return entry


def checked_period(entry: PeriodEntry) -> PeriodEntry:
    """The period with its record in canonical form. Raises InvalidError when that is too long, and for a day on which
    this portal can hardly give notice."""
    clean, problems = _canonical(entry)
    if not FIRST_YEAR <= clean.starts_on.year <= LAST_YEAR:
        problems["starts_on"] = [msg("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR)]
    if problems:
        raise invalid(problems)
    return clean


def _telling_words(title: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return [word for word in re.findall(r"[A-Za-z0-9]+", plain.replace("'", "")) if word.lower() not in _FILLER]


def suggested_slug(title_en: str, ministry_slug: str, now: datetime, taken: Sequence[str] = ()) -> str:
    """An address made of the telling words of the English title, else of the ministry and the year; not a taken one."""
    year = now.astimezone(SEOUL).year
    words: list[str] = []
    for word in _telling_words(title_en):
        if len("-".join([*words, word.lower(), str(year)])) > 48 or len(words) == 5:
            break
        words.append(word.lower())
    base = "-".join([*words, str(year)] if words else [ministry_slug.strip("-") or "notice", str(year)])
    return _first_free(base, taken)


def suggested_prefix(title_en: str, ministry_slug: str, now: datetime, taken: Sequence[str] = ()) -> str:
    """The initials of the telling words and the year: `AITF-2026`; not a taken one."""
    year = now.astimezone(SEOUL).year
    words = _telling_words(title_en)[:4]
    initials = "".join(word if word.isupper() and len(word) <= 4 else word[0] for word in words).upper()[:8]
    if not initials:
        initials = re.sub(r"[^A-Za-z0-9]", "", ministry_slug).upper()[:8] or "NOTICE"
    return _first_free(f"{initials}-{year}", taken)


def _first_free(base: str, taken: Sequence[str]) -> str:
    names = set(taken)
    name, n = base, 1
    while name in names:
        n += 1
        name = f"{base}-{n}"
    return name
