"""The 54 official amending texts: what is read of them, what is applied, and what the published text then says."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.amending.applying import apply
from portal.ordinances.amending.checking import checked_words, differences, missing_words
from portal.ordinances.amending.instructions import Amendment
from portal.ordinances.amending.sentences import parse
from portal.ordinances.amending.writing import particle
from portal.ordinances.clauses import Draft
from tests.unit.ordinances import official
from tests.unit.ordinances.before import before

pytestmark = official.needs_data
AMENDMENTS = official.DATA / "ordinances" / "kr_amendments" / "amendment_instructions.jsonl"
REGULATION = official.MARKDOWN / "procedure" / "legislative_affairs_regulation"
XML = official.DATA / "ordinances" / "kr_xml"
#: Its numbered lines in a column of an annex (42) 전기청소기) have no addresses, and are reported.
WITH_LINES_OF_ANNEXES = {"285265"}


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    if not AMENDMENTS.is_file():
        return {}
    lines = AMENDMENTS.read_text("utf-8").splitlines()
    return {row["mst"]: row["amendment_text"] for row in map(json.loads, lines)}


def of_today() -> list[str]:
    """Those of 2026; the others are the constitutions of 1948 to 1987 and an act of 1974 in an older style."""
    return sorted(mst for mst in texts() if mst.startswith("285"))


@lru_cache(maxsize=64)
def amendment(mst: str) -> Amendment:
    return parse(texts()[mst])


def draft(path: Path) -> Draft:
    return readers.read(path.read_bytes(), path.name).draft


def test_there_are_54() -> None:
    assert len(texts()) == 54
    assert len(of_today()) == 42


@pytest.mark.parametrize("mst", of_today())
def test_every_sentence_of_today_is_understood(mst: str) -> None:
    unread = [*amendment(mst).unread, *(line for other in amendment(mst).of_other_laws for line in other.unread)]
    if mst in WITH_LINES_OF_ANNEXES:
        assert all(line.text.startswith(("별표", "별지")) or re.match(r"[0-9]+\) ", line.text) for line in unread), (
            unread
        )
    else:
        assert unread == []
        assert amendment(mst).instructions or amendment(mst).of_other_laws


def test_the_amended_regulation_on_legislative_affairs_is_the_published_one() -> None:
    old, new = draft(REGULATION / "2026-03-03_36161.md"), draft(REGULATION / "2026-03-31_36233.md")
    assert len(differences(old, new)) == 15
    result = apply(old, amendment("285173"))
    assert (result.not_applied, result.notes) == ((), ())
    assert differences(result.draft, new) == []


@pytest.mark.parametrize(("name", "mst", "least"), [
    ("building_sale_decree", "285171", 16), ("carbon_neutral_decree", "285223", 27), ("fire_industry_decree", "285219", 8),
    ("local_public_enterprises_decree", "285217", 8), ("residents_training_decree", "285051", 8),
    ("legislative_affairs_regulation", "285173", 13), ("constitution_1987", "61603", 0),
])  # fmt: skip
def test_published_texts_have_the_words_that_were_ordered(name: str, mst: str, least: int) -> None:
    published = draft(XML / f"{name}_{mst}.xml")
    assert checked_words(amendment(mst), published) >= least
    assert missing_words(amendment(mst), published) == []


def test_words_that_are_not_there_would_be_seen() -> None:
    assert len(missing_words(amendment("285173"), draft(REGULATION / "2026-03-03_36161.md"))) >= 12


def test_the_orders_of_today_do_what_they_say_to_a_text_made_for_them() -> None:
    """Nothing fails but what stands on sheets, inside annexes, or in other texts; every new word is then there."""
    counts: Counter[str] = Counter()
    for mst in of_today():
        for one in (amendment(mst), *amendment(mst).of_other_laws):
            result = apply(before(one), one)
            counts["orders"] += len(one.instructions)
            for failure in result.not_applied:
                first = failure.instruction.targets[0]
                assert first.law or first.parts[0].element in ("tbl", "form"), (mst, str(failure.problem), first)
                counts["not applied"] += 1
            failed = [failure.instruction for failure in result.not_applied]
            missing = [one for one in missing_words(one, result.draft) if one.instruction not in failed]
            assert missing == [], (mst, missing)
    assert counts["orders"] >= 360
    assert counts["not applied"] <= 95


def test_particles_are_those_of_the_official_texts() -> None:
    """Of every "A"를 "B"로 in the texts of today, ours are the same."""
    pattern = re.compile(r'"([^"\n]+)"(을|를) (?:각각 )?"([^"\n]+)"(으로|로)(?=,| 하| 한)')
    same, different = 0, []
    for mst in of_today():
        for old, object_particle, new, to in pattern.findall(texts()[mst]):
            ours = (particle(old, "을", "를").removeprefix(old), particle(new, "으로", "로").removeprefix(new))
            if ours == (object_particle, to):
                same += 1
            else:
                different.append((old, object_particle, new, to, ours))
    assert same >= 230
    assert different == []
