"""What a publisher types, in its one form; and the addresses and prefixes that are suggested for it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.consultations import entries
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.kernel.errors import InvalidError

NOW = datetime(2025, 12, 31, 20, 0, tzinfo=UTC)  # the new year has begun in Korea

TITLES = st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z ,'\-0-9]{0,120}", fullmatch=True))


@settings(deadline=None)
@given(TITLES, st.from_regex(r"[a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,3}", fullmatch=True))
def test_what_is_suggested_can_be_entered(title: str, ministry: str) -> None:
    slug = entries.suggested_slug(title, ministry, NOW)
    prefix = entries.suggested_prefix(title, ministry, NOW)
    clean = entries.checked_basics(Basics("legislative_notice", "enactment", "가", "", slug, prefix))
    assert (clean.slug, clean.number_prefix) == (slug, prefix)


@settings(deadline=None)
@given(TITLES, st.integers(0, 5))
def test_what_is_suggested_is_free(title: str, tries: int) -> None:
    taken: list[str] = []
    for _ in range(tries):
        slug = entries.suggested_slug(title, "msit", NOW, taken)
        assert slug not in taken
        taken.append(slug)


@pytest.mark.parametrize(("title", "slug", "prefix"), [
    ("Draft Enforcement Decree of the AI Basic Act", "ai-basic-2026", "AIB-2026"),
    ("Café Hygiene Act", "cafe-hygiene-2026", "CH-2026"), ("", "msit-2026", "MSIT-2026"),
    ("인공지능 기본법", "msit-2026", "MSIT-2026"), ("The Act", "msit-2026", "MSIT-2026")])
def test_suggestions(title: str, slug: str, prefix: str) -> None:
    assert entries.suggested_slug(title, "msit", NOW) == slug
    assert entries.suggested_prefix(title, "msit", NOW) == prefix


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_notice(text: str) -> None:
    clean = entries.checked_notice(Notice(main_content_ko=text, reason_en=text))
    assert "\x00" not in clean.main_content_ko
    assert entries.checked_notice(clean) == clean
    clean.main_content_ko.encode()


@settings(deadline=None)
@given(st.text(max_size=100))
def test_only_web_addresses_are_taken(text: str) -> None:
    try:
        clean = entries.checked_notice(Notice(gazette_url=text)).gazette_url
    except InvalidError:
        clean = ""
    assert clean == "" or re.match(r"https?://\S+$", clean)


def test_too_long_is_too_long() -> None:
    with pytest.raises(InvalidError) as refusal:
        entries.checked_notice(Notice(main_content_ko="가" * 50_001, notice_number="1" * 301))
    assert set(refusal.value.problems) == {"main_content_ko", "notice_number"}


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_no_notice_outside_the_calendar(year: int) -> None:
    with pytest.raises(InvalidError):
        entries.checked_period(PeriodEntry(date(year, 1, 1), 40))


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(InvalidError):
        entries.checked_rule(Rule("never"))
