"""Writing amending sentences: each form of proposed wording as a drafter would put it, and what applying it gives
back."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from portal.ordinances import readers
from portal.ordinances.amending.applying import Applied, apply
from portal.ordinances.amending.sentences import parse_sentences
from portal.ordinances.amending.writing import amending_sentence, particle
from portal.ordinances.clauses import Clause, Draft, Status
from portal.ordinances.problems import InvalidProposal
from portal.ordinances.proposals import Form, Proposal, clause_text, occurrences, problems
from portal.ordinances.proposals import apply as proposed
from tests.unit.ordinances.small_draft import clause

DRAFT = Draft(
    (
        clause("chp_1", "", heading_ko="총칙"),
        clause("art_1", "이 영은 시험의 사항을 정한다. 다만, 시험의 예외는 제외한다.", "This Decree sets out a test.", parent="chp_1",
               heading_ko="목적"),
        clause("art_2", "", parent="chp_1", heading_ko="의무"),
        clause("art_2__para_1", "사업자는 다음 각 호를 지킨다."),
        clause("art_2__para_1__subpara_1", "알릴 것"),
        clause("art_2__para_1__subpara_2", "다음 각 목을 적을 것"),
        clause("art_2__para_1__subpara_2__point_ga", "이름"),
        clause("art_2__para_1__subpara_2__point_ga__sub_1", "성"),
        clause("art_2__para_1__subpara_2__point_ga__sub_2", "이름자"),
        clause("art_2__para_1__subpara_2__point_na", "주소"),
        clause("art_2__para_1__subpara_2__point_da", "그 밖의 사항"),
        clause("art_2__para_2", "장관은 3년마다 점검하고, 3년마다 공개한다. 이 경우 의견을 듣는다."),
        clause("art_2__para_3", "점검은 고시로 정한다."),
        clause("art_2__para_4", "공개는 누리집에 한다."),
        clause("chp_2", "", heading_ko="보칙"),
        clause("art_3", "사업자는 기록을 3년간 보존한다.", parent="chp_2", heading_ko="보존"),
        clause("art_3-2", "기록의 열람은 고시로 정한다.", parent="chp_2", heading_ko="열람"),
        clause("addenda", "이 영은 공포한 날부터 시행한다."),
        clause("tbl_1", "1. 일반기준에 따른다.", heading_ko="과태료"),
    ),
    title_ko="시험 시행령",
)  # fmt: skip


def write(eid: str, form: Form, text: str = "", old: str = "", occurrence: int | None = None, **more: bool) -> str:
    return amending_sentence(DRAFT, eid, Proposal(form, "ko", text, old, occurrence), **more)


@pytest.mark.parametrize(("eid", "old", "new", "sentence"), [
    ("art_3", "3년간", "5년간", '안 제3조 중 "3년간"을 "5년간"으로 한다.'),
    ("art_3", "기록을 ", "", '안 제3조 중 "기록을"을 삭제한다.'),
    ("art_1", "예외는", "긴급한 예외는", '안 제1조 단서 중 "예외는"을 "긴급한 예외는"으로 한다.'),
    ("art_2__para_2", "의견을", "전문가의 의견을", '안 제2조제2항 후단 중 "의견을"을 "전문가의 의견을"로 한다.'),
    ("art_2__para_1", "사업자는", "누구든지", '안 제2조제1항 각 호 외의 부분 중 "사업자는"을 "누구든지"로 한다.'),
    ("art_2__para_1__subpara_2", "적을", "기록할", '안 제2조제1항제2호 각 목 외의 부분 중 "적을"을 "기록할"로 한다.'),
    ("art_2__para_1__subpara_2__point_ga", "이름", "성명", '안 제2조제1항제2호가목1) 및 2) 외의 부분 중 "이름"을 "성명"으로 한다.'),
    ("chp_2", "보칙", "보칙 등", '안 제2장의 제목 "보칙"을 "보칙 등"으로 한다.'),
    ("tbl_1", "일반기준", "개별기준", '안 별표 1 중 "일반기준"을 "개별기준"으로 한다.'),
])  # fmt: skip
def test_a_fragment(eid: str, old: str, new: str, sentence: str) -> None:
    assert write(eid, Form.FRAGMENT, new, old) == sentence


def test_as_much_is_quoted_as_makes_the_place_clear() -> None:
    sentence = write("art_2__para_2", Form.FRAGMENT, "5년", "3년", 2)
    assert sentence == '안 제2조제2항 전단 중 "점검하고, 3년"을 "점검하고, 5년"으로 한다.'


def test_only_the_clause_that_is_meant_is_changed() -> None:
    """Words that stand in the sub-items too: the sentence names the opening words alone."""
    sentence = write("art_2__para_1__subpara_2__point_ga", Form.FULL_TEXT, "성명")
    result = apply(DRAFT, parse_sentences(sentence))
    assert result.not_applied == ()
    assert {one.eid for one in result.draft.clauses if one != DRAFT.by_eid[one.eid]} == {
        "art_2__para_1__subpara_2__point_ga"
    }


def test_a_text_in_force_is_named_without_an() -> None:
    assert write("art_3", Form.FRAGMENT, "5년간", "3년간", of_draft=False).startswith("제3조 중")


@pytest.mark.parametrize(("eid", "text", "sentence"), [
    ("art_3", "사업자는 기록을 5년간 보존해야 한다.", '안 제3조 중 "3년간"을 "5년간"으로, "보존한다"를 "보존해야 한다"로 한다.'),
    ("art_2__para_3", "점검의 방법은 고시로 정한다.", '안 제2조제3항 중 "점검"을 "점검의 방법"으로 한다.'),
    ("art_2__para_3", "③ 점검은 부령으로 정한다.", '안 제2조제3항 중 "고시로"를 "부령으로"로 한다.'),
    ("art_3", "누구든지 열람할 수 있다.", "안 제3조를 다음과 같이 한다.\n\n제3조(보존) 누구든지 열람할 수 있다."),
    ("art_2__para_1__subpara_1", "다음 각 목\n가. 하나\n나. 둘",
     "안 제2조제1항제1호를 다음과 같이 한다.\n\n  1. 다음 각 목\n    가. 하나\n    나. 둘"),
    ("art_2__para_1", "누구나 모두 이를 따라야 한다:", "안 제2조제1항 각 호 외의 부분을 다음과 같이 한다.\n\n  누구나 모두 이를 따라야 한다:"),
])  # fmt: skip
def test_a_full_text_is_said_as_shortly_as_is_clear(eid: str, text: str, sentence: str) -> None:
    written = write(eid, Form.FULL_TEXT, text)
    assert _gives(apply(DRAFT, parse_sentences(written)), eid, text)
    assert written == sentence


def test_two_places_in_two_parts_of_a_clause() -> None:
    sentence = write("art_1", Form.FULL_TEXT, "이 영은 실험의 사항을 정한다. 다만, 시험의 결과는 제외한다.")
    assert sentence == '안 제1조 본문 중 "시험"을 "실험"으로 하고, 같은 조 단서 중 "예외"를 "결과"로 한다.'


@pytest.mark.parametrize(("eid", "text", "sentence"), [
    ("art_3", "사업자는 기록을 3년간 보존한다. 다만, 소상공인은 제외한다.",
     "안 제3조에 단서를 다음과 같이 신설한다.\n\n  다만, 소상공인은 제외한다."),
    ("art_2__para_3", "점검은 고시로 정한다. 이 경우 의견을 듣는다.", "안 제2조제3항에 후단을 다음과 같이 신설한다.\n\n  이 경우 의견을 듣는다."),
    ("art_2__para_1__subpara_1", "알릴 것. 다만, 소상공인은 제외한다.",
     "안 제2조제1항제1호에 단서를 다음과 같이 신설한다.\n\n  다만, 소상공인은 제외한다."),
    ("art_2__para_1", "사업자는 다음 각 호를 지킨다. 다만, 소상공인은 제외한다.",
     "안 제2조제1항 각 호 외의 부분에 단서를 다음과 같이 신설한다.\n\n  다만, 소상공인은 제외한다."),
])  # fmt: skip
def test_a_sentence_that_is_only_added(eid: str, text: str, sentence: str) -> None:
    written = write(eid, Form.FULL_TEXT, text)
    assert written == sentence
    assert apply(DRAFT, parse_sentences(written)).draft.by_eid[eid].text_ko == text


def test_a_line_of_an_article_is_changed_in_its_paragraph() -> None:
    text = clause_text(DRAFT, "art_2", "ko") or ""
    assert (
        write("art_2", Form.FULL_TEXT, text.replace("누리집에", "관보에"))
        == '안 제2조제4항 중 "누리집"을 "관보"로 한다.'
    )


@pytest.mark.parametrize(("after", "text", "sentence"), [
    ("after_art_3-2", "새 조", "안 제4조를 다음과 같이 신설한다.\n\n제4조 새 조"),
    ("after_art_1", "제1조의2(정의) 뜻은 다음과 같다.", "안 제1조의2를 다음과 같이 신설한다.\n\n제1조의2(정의) 뜻은 다음과 같다."),
    ("after_art_2", "새 조", "안 제1장에 제2조의2를 다음과 같이 신설한다.\n\n제2조의2 새 조"),
    ("after_art_3", "새 조", "안 제3조의2를 제3조의3으로 하고, 제3조의2를 다음과 같이 신설한다.\n\n제3조의2 새 조"),
    ("after_art_2__para_4", "새 항", "안 제2조에 제5항을 다음과 같이 신설한다.\n\n  ⑤ 새 항"),
    ("after_art_2__para_3", "새 항", "안 제2조제4항을 제5항으로 하고, 같은 조에 제4항을 다음과 같이 신설한다.\n\n  ④ 새 항"),
    ("after_art_2__para_2", "새 항",
     "안 제2조제3항 및 제4항을 각각 제4항 및 제5항으로 하고, 같은 조에 제3항을 다음과 같이 신설한다.\n\n  ③ 새 항"),
    ("after_art_2__para_1", "② 새 항",
     "안 제2조제2항부터 제4항까지를 각각 제3항부터 제5항까지로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n\n  ② 새 항"),
    ("after_art_2__para_1__subpara_2", "8. 새 호", "안 제2조제1항에 제3호를 다음과 같이 신설한다.\n\n  3. 새 호"),
    ("after_art_2__para_1__subpara_1", "새 호", "안 제2조제1항에 제1호의2를 다음과 같이 신설한다.\n\n  1의2. 새 호"),
    ("after_art_2__para_1__subpara_2__point_na", "새 목",
     "안 제2조제1항제2호다목을 라목으로 하고, 같은 호에 다목을 다음과 같이 신설한다.\n\n    다. 새 목"),
    ("after_art_2__para_1__subpara_2__point_ga__sub_2", "새것", "안 제2조제1항제2호가목에 3)을 다음과 같이 신설한다.\n\n      3) 새것"),
    ("after_art_2__para_1__subpara_2__point_ga__sub_1", "새것",
     "안 제2조제1항제2호가목2)를 3)으로 하고, 같은 목에 2)를 다음과 같이 신설한다.\n\n      2) 새것"),
    ("after_art_2__para_1__subpara_2", "3. 새 호\n4. 또 하나",
     "안 제2조제1항에 제3호 및 제4호를 각각 다음과 같이 신설한다.\n\n  3. 새 호\n  4. 또 하나"),
    ("after_art_2__para_1__subpara_1", "1. 새 호\n2. 또 하나",
     "안 제2조제1항에 제1호의2 및 제1호의3을 각각 다음과 같이 신설한다.\n\n  1의2. 새 호\n  1의3. 또 하나"),
    ("after_art_2__para_3", "① 하나\n② 둘",
     "안 제2조제4항을 제6항으로 하고, 같은 조에 제4항 및 제5항을 각각 다음과 같이 신설한다.\n\n  ④ 하나\n  ⑤ 둘"),
    ("after_art_1", "제○조(정의) 뜻은 다음과 같다.", "안 제1조의2를 다음과 같이 신설한다.\n\n제1조의2(정의) 뜻은 다음과 같다."),
    ("after_art_2__para_1", "3. 새 호", "안 제2조제1항에 제3호를 다음과 같이 신설한다.\n\n  3. 새 호"),
    ("after_art_3", "② 새 항", "안 제3조 제목 외의 부분을 제1항으로 하고, 같은 조에 제2항을 다음과 같이 신설한다.\n\n  ② 새 항"),
])  # fmt: skip
def test_a_new_clause_has_its_number_and_makes_room(after: str, text: str, sentence: str) -> None:
    written = write(after, Form.NEW_CLAUSE, text)
    assert written == sentence
    result = apply(DRAFT, parse_sentences(written))
    assert result.not_applied == ()
    assert len(result.draft.clauses) > len(DRAFT.clauses)


@pytest.mark.parametrize(("eid", "sentence"), [
    ("art_2__para_2", "안 제2조제2항을 삭제한다."), ("art_3", "안 제3조를 삭제한다."), ("art_2__para_1__subpara_1", "안 제2조제1항제1호를 삭제한다."),
    ("art_2__para_1__subpara_2__point_ga", "안 제2조제1항제2호가목을 삭제한다."), ("chp_2", "안 제2장(제3조부터 제3조의2까지)을 삭제한다."),
])  # fmt: skip
def test_a_deletion(eid: str, sentence: str) -> None:
    written = write(eid, Form.DELETION)
    assert written == sentence
    result = apply(DRAFT, parse_sentences(written))
    assert result.not_applied == () and result.draft.by_eid[eid].status is Status.DELETED


def test_an_instruction_is_quoted_as_prose() -> None:
    assert (
        write("art_3", Form.INSTRUCTION, "기간을 줄일 것") == "안 제3조를 다음의 취지로 수정한다.\n\n  기간을 줄일 것"
    )
    assert write("doc", Form.INSTRUCTION, "쉽게 쓸 것") == "안 전체를 다음의 취지로 수정한다.\n\n  쉽게 쓸 것"
    assert write("after_art_3", Form.INSTRUCTION, "열람") == "안 제3조 다음에 다음의 취지로 규정을 신설한다.\n\n  열람"


@pytest.mark.parametrize(("form", "text", "old", "sentence"), [
    (Form.FRAGMENT, "an experiment", "a test", "In Article 1, “a test” is replaced by “an experiment”."),
    (Form.FRAGMENT, "", "sets out", "In Article 1, “sets out” is deleted."),
    (Form.FULL_TEXT, "This Decree is short.", "", "Article 1 is replaced by the following:\n\n  This Decree is short."),
    (Form.DELETION, "", "", "Article 1 is deleted."),
    (Form.INSTRUCTION, "Say more.", "", "Article 1 is to be amended to the following effect:\n\n  Say more."),
])  # fmt: skip
def test_the_same_in_english(form: Form, text: str, old: str, sentence: str) -> None:
    assert amending_sentence(DRAFT, "art_1", Proposal(form, "en", text, old)) == sentence


def test_a_new_clause_in_english() -> None:
    proposal = Proposal(Form.NEW_CLAUSE, "en", "A new rule.")
    assert (
        amending_sentence(DRAFT, "after_art_1", proposal)
        == "After Article 1, the following is inserted:\n\n  A new rule."
    )


def test_a_proposal_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidProposal):
        write("art_3", Form.FRAGMENT, "가", "없는 말")
    with pytest.raises(InvalidProposal):
        write("art_99", Form.DELETION)


@pytest.mark.parametrize(("words", "consonant", "vowel", "said"), [
    ("264", "을", "를", "264를"), ("271", "으로", "로", "271로"), ("청(서를 포함한다)", "으로", "로", "청(서를 포함한다)으로"),
    ("제2항", "을", "를", "제2항을"), ("기간ㆍ", "으로", "로", "기간ㆍ으로"), ("(이하 한다)", "으로", "로", "(이하 한다)로"), ("제8호", "을", "를", "제8호를"), ("가목", "으로", "로", "가목으로"),
])  # fmt: skip
def test_particles(words: str, consonant: str, vowel: str, said: str) -> None:
    assert particle(words, consonant, vowel) == said


# ------------------------------------------------------------------------------------------------------------
# properties

_WORDS = ("이용자", "사업자에게", "정하는", "30일", "이내에", "「행정절차법」에", "다만,", "이 경우", "제3항에", "위원회의", "들어", "알려야", "한다.", "50퍼센트",
          '(이하 "통지"라 한다)', "및", "또는", "1명", "(제1호는", "제외한다)", "가.", "1.")  # fmt: skip
_phrases = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)


@lru_cache(maxsize=1)
def demonstration() -> Draft:
    path = Path(__file__).parents[3] / "portal" / "demo" / "data" / "draft_v1.json"
    return readers.read(path.read_bytes(), path.name).draft


def _leaves() -> list[Clause]:
    return [
        one for one in demonstration().clauses if one.is_main_text and one.status is Status.IN_FORCE and one.text_ko
    ]


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _gives(result: Applied, eid: str, text: str) -> bool:
    if result.not_applied:
        return False
    address = result.draft.by_eid[eid]
    below = [f"{one.label} {one.text_ko}" for one in result.draft.subtree(eid) if one.eid != eid]
    said = _plain(" ".join([address.text_ko or "", *below]))
    old_below = (
        [f"{one.label} {one.text_ko}" for one in DRAFT.subtree(eid) if one.eid != eid] if eid in DRAFT.by_eid else []
    )
    return said in (_plain(text), _plain(" ".join([text, *old_below])), _plain(text.partition(" ")[2]))


def _written(eid: str, proposal: Proposal) -> Applied:
    assume(not problems(proposal, demonstration(), eid))
    sentence = amending_sentence(demonstration(), eid, proposal)
    amendment = parse_sentences(sentence)
    assert amendment.unread == (), sentence
    assert amendment.instructions, sentence
    result = apply(demonstration(), amendment)
    assert result.not_applied == (), (sentence, [str(failure.problem) for failure in result.not_applied])
    return result


_slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@_slow
@given(st.data())
def test_writing_a_random_change_of_words_and_applying_it_gives_the_changed_text(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(_leaves()))
    text = one.text_ko or ""
    words = text.split(" ")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(words)))
        match data.draw(st.sampled_from(["insert", "replace", "delete"])):
            case "insert":
                words.insert(place, data.draw(_phrases))
            case "replace" if place < len(words):
                words[place] = data.draw(_phrases)
            case "delete" if place < len(words):
                del words[place]
    new = " ".join(words)
    assume("\n" not in text and not _reads_otherwise(new))
    result = _written(one.eid, Proposal(Form.FULL_TEXT, "ko", new))
    assert _plain(result.draft.by_eid[one.eid].text_ko) == _plain(new)
    others = [clause for clause in demonstration().clauses if clause.eid != one.eid]
    assert all(result.draft.by_eid[clause.eid] == clause for clause in others)


def _reads_otherwise(text: str) -> bool:
    return text.startswith(("가.", "1.", "("))  # a bracket behind the number of an article is its heading


@_slow
@given(st.data(), st.one_of(st.just(""), _phrases))
def test_writing_a_random_fragment_and_applying_it_gives_the_changed_text(data: st.DataObject, new: str) -> None:
    one = data.draw(st.sampled_from(_leaves()))
    text = one.text_ko or ""
    start = data.draw(st.integers(0, len(text) - 1))
    old = text[start : start + data.draw(st.integers(1, 20))]
    assume(old.strip())
    places = occurrences(text, old)
    occurrence = data.draw(st.integers(1, len(places))) if len(places) > 1 else None
    proposal = Proposal(Form.FRAGMENT, "ko", new, old, occurrence)
    assume(not problems(proposal, demonstration(), one.eid))
    wanted = proposed(proposal, text)
    assume(wanted and not _reads_otherwise(wanted))
    result = _written(one.eid, proposal)
    assert _plain(result.draft.by_eid[one.eid].text_ko) == _plain(wanted)


@_slow
@given(st.data(), _phrases)
def test_a_new_clause_anywhere_is_added_and_nothing_else_is_lost(data: st.DataObject, text: str) -> None:
    assume(not _reads_otherwise(text))
    one = data.draw(st.sampled_from(_leaves()))
    result = _written(f"after_{one.eid}", Proposal(Form.NEW_CLAUSE, "ko", text))
    before = Counter(_plain(clause.text_ko) for clause in demonstration().clauses)
    now = Counter(_plain(clause.text_ko) for clause in result.draft.clauses)
    assert not before - now
    assert (now - before)[_plain(text)] == 1
    assert len(result.draft.clauses) == len(demonstration().clauses) + 1


@_slow
@given(st.data())
def test_a_deletion_anywhere_leaves_the_number(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(_leaves()))
    result = _written(one.eid, Proposal(Form.DELETION, "ko"))
    assert result.draft.by_eid[one.eid].status is Status.DELETED
