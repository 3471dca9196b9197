"""The redline: exact to the last space, readable by a lawyer, the same in the browser, and never slow."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ordinances.clauses import Language
from portal.ordinances.korean_words import split_word
from portal.ordinances.redline import ChangeKind, redline, spoken
from tests.support.timing import assert_within
from tests.unit.ordinances.write_redline_vectors import PATH

SCRIPT = Path(__file__).parents[3] / "static" / "js" / "redline.js"
VECTORS: list[dict[str, Any]] = json.loads(PATH.read_text("utf-8"))


def marked(old: str, new: str, language: Language = "ko") -> str:
    """The redline in one line: [-deleted-]{+inserted+}."""
    pieces = {"same": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return "".join(pieces[change.kind].format(change.text) for change in redline(old, new, language))


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("사업자를 보호한다.", "사업자가 보호한다.", "사업자[-를-]{+가+} 보호한다."),
    ("사업자는 보호한다.", "사업자를 보호한다.", "사업자[-는-]{+를+} 보호한다."),
    ("사업자를 보호한다.", "이용자를 보호한다.", "[-사업자-]{+이용자+}를 보호한다."),
    ("사업자를 지원하는 경우", "이용자를 보호하는 경우", "[-사업자를 지원-]{+이용자를 보호+}하는 경우"),
    ("지원한다.", "지원할 수 있다.", "지원[-한다-]{+할 수 있다+}."),
    ("전문가를 위촉한다.", "전문가의 의견을 들어 위촉한다.", "전문가[-를-]{+의 의견을 들어+} 위촉한다."),
    ("위험평가를 한다", "영향평가를 한다", "[-위험평가-]{+영향평가+}를 한다"),
    ("처리결과를 통지", "처리결과에 대한 통지", "처리결과[-를-]{+에 대한+} 통지"),
    ("제3조제1항에 따른", "제4조제2항에 따른", "[-제3조제1항-]{+제4조제2항+}에 따른"),
    ("30일 이내", "60일 이내", "[-30-]{+60+}일 이내"),
    ("개발ㆍ이용되는", "개발ㆍ활용되는", "개발ㆍ[-이용-]{+활용+}되는"),
    ("이 영은 공포한 날부터 시행한다.", "이 영은 공포 후 6개월이 경과한 날부터 시행한다.",
     "이 영은 공포[-한-]{+ 후 6개월이 경과한+} 날부터 시행한다."),
    ("이용 및 보호", "이용 및 활용 및 보호", "이용 및 {+활용 및 +}보호"),
    ("인공지능 사업자", "인공지능사업자", "[-인공지능 사업자-]{+인공지능사업자+}"),
    ("가나다 라마바", "사아자 차카타", "[-가나다 라마바-]{+사아자 차카타+}"),
])  # fmt: skip
def test_korean_reads_as_a_lawyer_would_mark_it(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("The operator shall notify the user.", "The operator shall notify users in writing.",
     "The operator shall notify [-the user-]{+users in writing+}."),
    ("within 30 days", "within 60 days", "within [-30-]{+60+} days"),
    ("any of the following items, which", "any of the following items which", "any of the following items[-,-] which"),
    ("사업자를", "사업자가", "[-사업자를-]{+사업자가+}"),
])  # fmt: skip
def test_english_by_word_and_punctuation(old: str, new: str, expected: str) -> None:
    assert marked(old, new, "en") == expected


def test_a_rewritten_text_is_shown_as_a_whole() -> None:
    old = "국가 및 지방자치단체는 기업의 활동을 지원하고 필요한 시책을 세운다"
    new = "정부는 중소기업이 하는 사업에 드는 경비를 예산의 범위에서 대거나 빌려준다"
    assert [change.kind for change in redline(old, new)] == [ChangeKind.DELETED, ChangeKind.INSERTED]


_texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([
        "사업자를", "사업자가", "이용자", "지원하는", "지원한다", ".", ",", " ", "  ", "\n", "제3조제1항", "30일",
        "AI를", "the", "of", "Act", "「법」", "을", "하는", "😀", "\u3000", "漢字", "①",
    ]), max_size=25).map("".join),
)  # fmt: skip


@given(_texts, _texts, st.sampled_from(["ko", "en"]))
def test_nothing_is_lost_and_nothing_is_added(old: str, new: str, language: Language) -> None:
    changes = redline(old, new, language)
    assert "".join(change.text for change in changes if change.kind is not ChangeKind.INSERTED) == old
    assert "".join(change.text for change in changes if change.kind is not ChangeKind.DELETED) == new
    assert all(change.text for change in changes)
    assert all(a.kind is not b.kind for a, b in itertools.pairwise(changes))
    if old == new:
        assert [change.kind for change in changes] == ([ChangeKind.SAME] if old else [])


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12))
def test_a_word_is_its_stem_and_suffixes(word: str) -> None:
    pieces = split_word(word)
    assert "".join(pieces) == word
    assert all(pieces)


@pytest.mark.parametrize(("word", "pieces"), [
    ("사업자를", ["사업자", "를"]), ("위원회에서는", ["위원회", "에서", "는"]), ("지원하는", ["지원", "하는"]),
    ("국가가", ["국가", "가"]), ("처리결과", ["처리결과"]), ("전문가", ["전문가"]), ("영향평가", ["영향평가"]),
    ("인허가", ["인허가"]), ("권한을", ["권한", "을"]), ("법을", ["법", "을"]), ("있을", ["있을"]), ("을", ["을"]),
    ("서울로", ["서울", "로"]), ("기준으로", ["기준", "으로"]),
])  # fmt: skip
def test_particles_and_endings(word: str, pieces: list[str]) -> None:
    assert split_word(word) == pieces


def test_spoken() -> None:
    changes = redline("사업자를 보호한다.", "사업자가 보호한다.")
    assert spoken(changes, "ko") == ["사업자", "삭제 “를”", "삽입 “가”", " 보호한다."]
    assert spoken(changes, "en")[1:3] == ["deleted “를”", "inserted “가”"]


def test_the_vectors_are_what_python_makes() -> None:
    assert len(VECTORS) > 90
    for vector in VECTORS:
        changes = redline(vector["old"], vector["new"], vector["language"])
        assert [[change.kind.value, change.text] for change in changes] == vector["changes"], vector


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there: the browser tests run the same vectors")
def test_the_browser_makes_the_same() -> None:
    source = f"""
        import {{ redline, spoken }} from {json.dumps(SCRIPT.as_uri())};
        let input = "";
        for await (const chunk of process.stdin.setEncoding("utf8")) input += chunk;
        console.log(JSON.stringify(JSON.parse(input).map(({{ old: oldText, new: newText, language }}) => {{
            const changes = redline(oldText, newText, language);
            return [changes.map(({{ kind, text }}) => [kind, text]), spoken(changes, language)];
        }})));
    """
    cases = VECTORS + _random_cases(400)
    done = subprocess.run(["node", "--input-type=module", "-e", source], input=json.dumps(cases), capture_output=True,
                          text=True, check=True, timeout=60)  # fmt: skip
    for case, (made, said) in zip(cases, json.loads(done.stdout), strict=True):
        changes = redline(case["old"], case["new"], case["language"])
        assert made == [[change.kind.value, change.text] for change in changes], case
        assert said == spoken(changes, case["language"])


def _random_cases(count: int) -> list[dict[str, Any]]:
    """Sentences of the vectors, changed at random: the seed is fixed, so that a failure can be looked at."""
    chance = random.Random(20251112)
    words = [word for vector in VECTORS for word in str(vector["old"]).split(" ")]
    letters = "가나다을를은는 한하는제1조23항,. ABc\n「」ㆍ·①漢é😀\"\u3000\u200b\u00a0이라"
    cases = []
    for _ in range(count):
        old = [chance.choice(words) for _ in range(chance.randrange(20))]
        new = list(old)
        for _ in range(chance.randrange(8)):
            place = chance.randrange(len(new) + 1)
            new[place : place + chance.randrange(3)] = [
                chance.choice(words), "".join(chance.choices(letters, k=chance.randrange(6))),
            ][: chance.randrange(3)]  # fmt: skip
        cases.append({"old": " ".join(old), "new": " ".join(new), "language": chance.choice(["ko", "en"])})
    return cases


@cache
def _words(count: int, seed: int) -> str:
    """So many words, the same for the same seed."""
    chance = random.Random(seed)
    stems = [f"{first}{second}" for first in "사업이용기관자료정보통신" for second in "자무료관계획업"]
    return " ".join(chance.choice(stems) + chance.choice(["를", "는", "의", "에서", "하는", ""]) for _ in range(count))


@pytest.mark.parametrize(("old", "new"), [
    (_words(1400, 1)[:5000], _words(1400, 2)[:5000]), (_words(1400, 1)[:5000], _words(1400, 1)[500:5000]),
    ("가" * 5000, "나" * 5000), ("하는" * 2500, "되는" * 2500), ("가 " * 2500, "나 가 " * 1600),
    (",." * 2500, ".;" * 2500),
])  # fmt: skip
def test_five_thousand_characters_take_about_a_tenth_of_a_second(old: str, new: str) -> None:
    assert_within(0.12, lambda: redline(old, new, "ko"), rounds=5)


@pytest.mark.parametrize("made", [
    lambda: (_words(14000, 1)[:50000], _words(14000, 2)[:50000]), lambda: ("가 " * 25000, "나 가 " * 12500),
    lambda: ("가" * 50000, "나" * 50000), lambda: ("1가," * 16000, "2가;" * 16000),
    lambda: ("하는" * 25000, "되는" * 25000), lambda: (_words(150_000, 1), _words(150_000, 2)),
], ids=["words", "one word", "one syllable", "numbers", "endings", "400,000 characters"])  # fmt: skip
def test_long_texts_do_not_hang(made: Callable[[], tuple[str, str]]) -> None:
    old, new = made()
    assert_within(10, lambda: redline(old, new, "ko"))
