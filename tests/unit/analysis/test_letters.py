"""Letters split into passages: styles that differ, and what is no passage."""

from __future__ import annotations

from itertools import pairwise

import pytest

from portal.analysis.clause_index import ClauseIndex
from portal.analysis.letters import LetterReader, Passage, language_of
from portal.analysis.passages import ClauseModel
from portal.analysis.texts import Tokens
from portal.analysis.tokens import Tokeniser
from tests.support.timing import assert_within
from tests.unit.analysis.small_draft import small_draft


@pytest.fixture(scope="module")
def reader(tokeniser: Tokeniser) -> LetterReader:
    return LetterReader(ClauseModel(ClauseIndex(small_draft(), None, tokeniser)), tokeniser)


class _Blind:
    """Finds words at spaces: what is measured is the splitting."""

    name = "spaces"

    def tokens(self, text: str, language: str) -> Tokens:
        return Tokens(tuple(text.split()[:200]), self.name)


@pytest.fixture(scope="module")
def quick_reader() -> LetterReader:
    return LetterReader(ClauseModel(ClauseIndex(small_draft(), None, _Blind())), _Blind())  # type: ignore[arg-type]


def clauses(passages: list[Passage]) -> list[str | None]:
    return [passage.clause for passage in passages]


_NUMBERED = """수신: 문화체육관광부 도서관정책과
제목: 도서관 시행령안에 대한 의견

안녕하십니까. 가나다도서관친구들입니다.

1. 안 제2조제1항
가. 대출 권수를 10권으로 늘려 주시기 바랍니다.
나. 기간도 14일은 짧으므로 21일로 하여 주십시오.

2. 안 제3조
과태료는 어린이에게 부과하지 않도록 하여 주시기 바랍니다.

감사합니다.
회장 홍길동 드림
전화 02-000-0000, friends@library.example
"""

_ENGLISH = """From: Jane Sample <jane@sample.example>
To: Library Division
Subject: Draft decree

Dear Sir or Madam,

thank you for the opportunity to comment.

On Article 2(2)
Suspension punishes children for what their parents forget. Please replace it by a reminder.

On Article 4
The committee should include two readers among its nine members.

Kind regards,
Jane Sample
Chief Librarian
+1-202-555-0100
"""


def test_numbered_headings_give_their_clause_to_what_stands_below(reader: LetterReader) -> None:
    found = reader.split(_NUMBERED)
    assert clauses(found) == ["art_2__para_1", "art_2__para_1", "art_3"]
    assert all(passage.by == "citation" for passage in found)
    assert found[0].text == "대출 권수를 10권으로 늘려 주시기 바랍니다."


def test_headings_of_an_english_letter(reader: LetterReader) -> None:
    found = reader.split(_ENGLISH)
    assert clauses(found) == ["art_2__para_2", "art_4"]
    assert found[0].text.startswith("Suspension punishes")
    assert found[1].text == "The committee should include two readers among its nine members."


@pytest.mark.parametrize("letter", [_NUMBERED, _ENGLISH])
def test_spans_are_those_of_the_letter_and_neither_overlap_nor_hold_a_signature(
    reader: LetterReader, letter: str
) -> None:
    found = reader.split(letter)
    assert all(letter[one.start : one.end] == one.text for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    together = " ".join(one.text for one in found)
    for aside in ("홍길동", "friends@", "Jane", "Librarian", "수신", "Subject", "thank you", "안녕"):
        assert aside not in together


def test_the_subject_changes_within_a_paragraph(reader: LetterReader) -> None:
    found = reader.split(
        "한 사람에게 5권만 빌려주지 말고 10권을 60일 동안 빌려주십시오. 끝으로 운영위원회 위원의 임기는 2년이 아니라 3년이 좋겠습니다."
    )
    assert clauses(found) == ["art_2__para_1", "art_4"]


def test_each_row_of_a_table_is_a_passage(reader: LetterReader) -> None:
    found = reader.split(
        "조문 | 의견 | 이유\n제2조제2항 | 대출 정지를 경고로 바꿔 주십시오 | 실수로 늦는 사람이 많습니다\n"
        "제3조 | 과태료를 10만원 이하로 낮춰 주십시오 | 도서 값보다 비쌉니다"
    )
    assert clauses(found) == ["art_2__para_2", "art_3"]


def test_what_officials_say_in_minutes_is_no_passage(reader: LetterReader) -> None:
    found = reader.split(
        "도서관 시행령안 간담회\n\n(과장) 과태료의 취지를 설명함.\n\n(도서관협회) 과태료 30만원은 지나치므로 낮춰 주십시오.\n\n"
        "(사무관) 과태료는 다시 검토하겠음."
    )
    assert [passage.text for passage in found] == ["과태료 30만원은 지나치므로 낮춰 주십시오."]


def test_in_minutes_a_sentence_of_an_official_is_no_passage_nor_part_of_one(reader: LetterReader) -> None:
    found = reader.split(
        "Minutes of the meeting on libraries\n\nThe readers ask for a committee of twelve members. "
        "The director said that nine members were enough for a committee."
    )
    assert [passage.text for passage in found] == ["The readers ask for a committee of twelve members."]


def test_what_is_asked_for_twice_and_announced_is_two_passages(reader: LetterReader) -> None:
    found = reader.split(
        "한 사람에게 10권을 빌려주십시오.\n\n과태료 30만원은 지나치므로 낮춰 주십시오. 또한 과태료를 어린이에게는 부과하지 말아 주십시오."
        "\n\n운영위원회 위원의 임기를 3년으로 하여 주십시오."
    )
    assert clauses(found) == ["art_2__para_1", "art_3", "art_3", "art_4"]


def test_introductions_are_left_out(reader: LetterReader) -> None:
    found = reader.split(
        "가나다독서회는 도서관을 아끼는 사람들이 모였습니다.\n\n과태료도 문제입니다. 도서를 훼손한 사람에게 부과하는 30만원 이하의 과태료를 "
        "어린이에게는 부과하지 말아 주십시오."
    )
    assert clauses(found) == ["art_3"]
    assert "가나다독서회" not in found[0].text and "부과하지 말아" in found[0].text


@pytest.mark.parametrize("heading", ["2. 과태료에 대하여", "제3조"])
def test_an_item_is_one_passage_with_its_reasons(reader: LetterReader, heading: str) -> None:
    item = "과태료 30만원은 지나칩니다. 10만원으로 낮추어 주십시오. 도서 한 권은 2만원입니다. 어린이에게는 큰돈입니다."
    assert [passage.text for passage in reader.split(f"의견서\n\n{heading}\n{item}\n")] == [item]


def test_marks_tell_of_every_sentence(reader: LetterReader) -> None:
    paragraph, item = reader.marks("과태료를 낮추어 주십시오. 위원도 늘려 주십시오.\n\n1. 임기는 3년으로 하여 주십시오.")
    for (spans, inside, begins), sentences in ((paragraph, 2), (item, 1)):
        assert len(spans) == len(inside) == len(begins) == sentences
        assert not begins[0].any()


def test_each_line_is_a_paragraph_unless_lines_are_broken_where_they_are_full(reader: LetterReader) -> None:
    lines = "과태료를 어린이에게는 부과하지 말아 주십시오.\n운영위원회 위원의 임기를 3년으로 하여 주십시오."
    assert clauses(reader.split(lines)) == ["art_3", "art_4"]
    broken = "도서관에 두는 운영위원회 위원 9명의 임기를 지금과 같이 2년으로 하지 말고\n3년으로 하여 주십시오."
    assert [passage.text for passage in reader.split(broken)] == [broken]


def test_quoted_lines_of_a_mail_are_read_without_their_marks(reader: LetterReader) -> None:
    found = reader.split("> 과태료를 없애 주십시오.\n\n> 위원의 임기를 3년으로 늘려 주십시오.")
    assert clauses(found) == ["art_3", "art_4"]
    assert found[0].text.startswith("과태료")


@pytest.mark.parametrize("letter", ["", "\n\n", "🙂" * 50, "감사합니다.\n홍길동 드림", "Dear all,\n\nKind regards,\nJane"])
def test_a_letter_without_a_comment_has_no_passage(reader: LetterReader, letter: str) -> None:
    assert reader.split(letter) == []


def test_the_language_of_a_text_is_that_of_most_of_it() -> None:
    assert language_of("AI 서비스 provider의 의무") == "ko"
    assert language_of("The term 과태료 means an administrative fine in this decree") == "en"


@pytest.mark.parametrize("piece", [
    "과태료를 낮춰 주십시오. ", "1) ", "> ", "가", "Article 2(2) ", "| ", "a@b.", "\n", "(", "제2조 및 ", "안녕", "Dear ", "다.",
    "□ 가\n - 나\n",
])  # fmt: skip
def test_time_grows_with_the_length_only(quick_reader: LetterReader, piece: str) -> None:
    letter = (piece * (100_000 // len(piece)))[:100_000]
    assert_within(6.0, lambda: quick_reader.split(letter), rounds=2)


def test_time_grows_with_the_number_of_items_below_one(quick_reader: LetterReader) -> None:
    letter = "□ 다음을 고쳐 주시기 바람\n" + " - 나 바람\n" * 20_000
    assert_within(3.5, lambda: quick_reader.marks(letter), rounds=2)


def test_items_without_a_verb_are_items_and_no_headings(reader: LetterReader) -> None:
    found = reader.split(
        "검토의견\n\n1. 제3조 관련\n ○ 과태료를 어린이에게는 부과하지 않기 바람\n\n2. 제4조 관련\n ○ 위원 임기를 3년으로 연장 필요\n"
    )
    assert clauses(found) == ["art_3", "art_4"]
    assert [one.text for one in found] == ["과태료를 어린이에게는 부과하지 않기 바람", "위원 임기를 3년으로 연장 필요"]


def test_a_problem_its_proposal_and_its_reason_are_one_passage(reader: LetterReader) -> None:
    korean = (
        "1. 제3조 관련\n ○ (현행) 도서를 훼손한 사람에게 30만원 이하의 과태료\n ○ (문제점) 어린이에게 지나침\n"
        " ○ (개선의견) 어린이는 제외하여 주시기 바람\n\n2. 제4조 관련\n [의견] 위원을 늘려 주십시오.\n [사유] 일이 많습니다.\n"
    )
    first, second = reader.split(korean)
    assert (first.clause, second.clause) == ("art_3", "art_4")
    assert first.text == "어린이에게 지나침\n ○ (개선의견) 어린이는 제외하여 주시기 바람"
    assert second.text == "위원을 늘려 주십시오.\n [사유] 일이 많습니다."
    english = "Article 3\nComment: The fine is too high.\nProposal: Halve it.\n\nComment: It is not clear who is fined.\n"
    assert [one.text for one in reader.split(english)] == [
        "The fine is too high.\nProposal: Halve it.", "It is not clear who is fined.",
    ]  # fmt: skip


@pytest.mark.parametrize("quoted", [
    "(현행)\n도서를 훼손한 사람에게는 30만원 이하의 과태료를 부과하여야 한다.\n다만, 어린이에게도 부과하여야 한다.\n",
    "(현행) 도서를 훼손한 사람에게는 30만원 이하의\n과태료를 부과하여야 한다.\n",
    "[현행]\n - 도서를 훼손하면 30만원 이하의 과태료\n - 위원의 임기는 2년으로 하여야 함\n",
    " ○ (현행)\n   - 도서를 훼손하면 30만원 이하의 과태료\n",
])  # fmt: skip
def test_words_of_the_draft_are_no_passage_wherever_their_lines_end(reader: LetterReader, quoted: str) -> None:
    comment = "어린이에게는 부과하지 말아 주십시오."
    assert [one.text for one in reader.split(f"제3조\n{quoted}(의견)\n{comment}\n")] == [comment]
    assert [one.text for one in reader.split(f"제3조\n{quoted}\n{comment}\n")] == [comment]


def test_english_words_of_the_draft_are_no_passage(reader: LetterReader) -> None:
    quoted = "Current text:\nA fine of up to 300,000 won must be imposed on a person\nwho damages a book.\n"
    found = reader.split(f"Article 3\n{quoted}Comment: The fine is too high for children.\n")
    assert [one.text for one in found] == ["The fine is too high for children."]


@pytest.mark.parametrize("comment", [
    "→ 10만원 이하로 하향 요청", "- 10만원 이하로 하향 요청", "우리 협회: 10만원 이하로 하향 요청", "어린이에게는 지나치므로 낮추어 주십시오.",
])  # fmt: skip
@pytest.mark.parametrize("quoted", ["(현행) 30만원 이하의 과태료를 부과한다.", "○ 현행:\n30만원 이하의 과태료를 부과한다."])
def test_a_comment_below_words_of_the_draft_is_found_without_a_label(
    reader: LetterReader, quoted: str, comment: str
) -> None:
    (found,) = reader.split(f"제3조\n{quoted}\n{comment}\n")
    assert comment.endswith(found.text)


def test_a_heading_below_words_of_the_draft_is_a_heading(reader: LetterReader) -> None:
    for quoted in ("(현행)\n도서를 훼손한 사람에게는 과태료를 부과하여야 한다.\n", "(현행)\n"):
        assert clauses(reader.split(f"{quoted}1. 제4조 관련\n ○ 임기를 3년으로 연장 필요\n")) == ["art_4"]


@pytest.mark.parametrize("letter", [
    "[의견]\n - 과태료를 10만원으로 인하 필요\n[사유]\n - 어린이에게는 큰돈임\n",
    " ○ [의견]\n   - 과태료를 10만원으로 인하 필요\n ○ [사유]\n   - 어린이에게는 큰돈임\n",
    "Comment:\n- The fine of the draft is too high.\nReason:\n- Children have no money.\n",
    "[의견]\n① 과태료가 지나치게 높습니다.\n[사유]\n① 어린이에게는 큰돈입니다.\n",
])  # fmt: skip
def test_what_is_marked_below_a_label_is_what_the_label_says(reader: LetterReader, letter: str) -> None:
    (one,) = reader.split(f"제3조\n 1. 앞의 의견은 과태료를 늘리는 것입니다.\n\n제3조\n{letter}")[1:]
    assert one.clause == "art_3"
    assert letter.strip().endswith(one.text) and one.text.count("\n") == 2


def test_a_numbered_heading_below_a_label_is_a_heading(reader: LetterReader) -> None:
    found = reader.split("[검토의견]\n1. 제3조 관련\n ○ 과태료를 10만원으로 인하 필요\n2. 제4조 관련\n ○ 임기를 3년으로 연장 필요\n")
    assert clauses(found) == ["art_3", "art_4"]


def test_what_stands_below_an_item_belongs_to_it_unless_it_is_counted(reader: LetterReader) -> None:
    one = "과태료를 낮추어 주시기 바람\n   - 어린이에게는 큰돈임\n   ⇒ 10만원으로 하향 요청"
    assert [passage.text for passage in reader.split(f"□ 제3조\n ㅇ {one}\n")] == [one]
    counted = "□ 의견\n 1) 다음 두 조를 고쳐 주시기 바람\n  가. 제3조의 과태료를 낮추기 바람\n  나. 제4조의 임기를 늘리기 바람\n"
    assert clauses(reader.split(counted))[-2:] == ["art_3", "art_4"]


def test_a_citation_at_the_head_of_a_paragraph_holds_for_all_of_it(reader: LetterReader) -> None:
    found = reader.split("Art. 3: Thirty is too much. Children have no money.\n\nArt. 4: Two years. That is short.\n")
    assert clauses(found) == ["art_3", "art_4"]
    assert [one.text for one in found] == [
        "Art. 3: Thirty is too much. Children have no money.", "Art. 4: Two years. That is short.",
    ]  # fmt: skip


def test_short_rows_of_a_table_count_where_they_cite(reader: LetterReader) -> None:
    found = reader.split("조항\t의견\t이유\n제3조\t과태료 인하\t어린이 부담\n제4조\t임기 연장\t잦은 교체\n")
    assert clauses(found) == ["art_3", "art_4"]


def test_lines_broken_behind_a_number_or_before_a_name_go_on(reader: LetterReader) -> None:
    mail = (
        "> 1. The fine in this draft is far too high for a child who cannot\n> pay it. Please halve it.\n>\n"
        "> 2. Members of the committee who serve the libraries of\n> Seoul should serve three years, please.\n"
    )
    found = reader.split(mail)
    assert clauses(found) == ["art_3", "art_4"]
    assert found[0].text.startswith("The fine") and found[0].text.endswith("halve it.")
    assert found[1].text.startswith("Members") and found[1].text.endswith("years, please.")


def test_headings_that_count_comments_are_headings(reader: LetterReader) -> None:
    found = reader.split("의견 1. 벌칙\n과태료 30만원은 큰돈입니다.\n\n의견 2. 위원회\n위원의 임기가 너무 짧습니다.\n")
    assert [one.text for one in found] == ["과태료 30만원은 큰돈입니다.", "위원의 임기가 너무 짧습니다."]


def test_notes_below_a_letter_are_no_passages(reader: LetterReader) -> None:
    asked = "과태료 30만원은 도서 값보다 비싸므로[1] 낮춰 주십시오."
    found = reader.split(f"{asked}\n\n[1] 도서 한 권은 2만원이고 과태료는 30만원입니다.\n")
    assert [passage.text for passage in found] == [asked]
    superscript = "과태료 30만원은 도서 값보다 비싸므로 낮춰 주십시오.¹"
    found = reader.split(f"{superscript}\n\n1) 도서 한 권은 2만원이고 과태료는 30만원입니다.\n")
    assert [passage.text for passage in found] == [superscript]


def test_an_item_with_the_sign_of_a_note_is_none(reader: LetterReader) -> None:
    found = reader.split("1) 과태료를 낮춰 주십시오.\n2) 위원의 임기를 3년으로 하여 주십시오.")
    assert clauses(found) == ["art_3", "art_4"]


def test_labels_may_end_with_a_full_stop_and_what_describes_the_background_is_left_out(reader: LetterReader) -> None:
    found = reader.split(
        "TOPIC 1. FINES\n\nBackground. Our readers are children of six to ten.\n"
        "Issue. A fine of 300,000 won is too high for damaged books.\nRequest. Please halve the fine.\n"
    )
    assert [passage.text for passage in found] == [
        "A fine of 300,000 won is too high for damaged books.\nRequest. Please halve the fine."
    ]


def test_in_minutes_speakers_follow_line_by_line(reader: LetterReader) -> None:
    found = reader.split(
        "도서관 시행령안 설명회 회의록\n\n도서관협회: 과태료 30만원은 지나치므로 낮춰 주십시오.\n과장: 과태료는 다시 검토하겠습니다.\n"
        "독서연대: 운영위원회 위원의 임기를 3년으로 하여 주십시오.\n"
    )
    assert clauses(found) == ["art_3", "art_4"]


def test_a_row_of_a_table_belongs_to_the_clause_in_its_first_cells(reader: LetterReader) -> None:
    found = reader.split(
        "번호 | 조문 | 의견\n1 | 제4조 | 위원회가 제3조에 따른 과태료도 심의하게 하여 주십시오\n"
        "2 | 제3조 | 과태료를 낮춰 주십시오\n"
    )
    assert clauses(found) == ["art_4", "art_3"]


@pytest.mark.parametrize("date", ["2026년 3월 2일", "2026. 3. 2.", "2 March 2026", "March 2, 2026"])
def test_a_date_below_a_letter_begins_its_signature_and_one_above_does_not(reader: LetterReader, date: str) -> None:
    asked = "과태료를 어린이에게는 부과하지 말아 주십시오."
    assert [passage.text for passage in reader.split(f"{asked}\n\n{date}\n가나다 정책위원회\n")] == [asked]
    assert [passage.text for passage in reader.split(f"{date}\n\n{asked}\n")] == [asked]


def test_what_stands_under_a_heading_of_no_comment_is_left_out(reader: LetterReader) -> None:
    found = reader.split(
        "1. 들어가며\n저희 모임은 도서관 시행령안의 과태료에 관심이 많습니다.\n\n2. 과태료에 대하여\n과태료를 낮춰 주십시오.\n\n"
        "3. 맺음말\n도서관이 더 좋아지기를 바랍니다.\n"
    )
    assert [passage.text for passage in found] == ["과태료를 낮춰 주십시오."]


_ASKING = "제3조의 과태료를 없애 주시기 바랍니다."


@pytest.mark.parametrize("head", [
    "문화체육관광부 장관 귀하\n\n                2026년 3월 2일",
    "도서관 담당자님께",
    "Books & Readers Ltd\nSample Street 4, Sampleton\n\nTo the Ministry of Culture\n        9 March 2026\n\nDear Sir or Madam,",
    "16 March 2026\n\nThe Minister of Culture\nRepublic of Korea\n\nDear Minister",
])  # fmt: skip
def test_the_head_of_a_letter_is_neither_passage_nor_heading(reader: LetterReader, head: str) -> None:
    letter = f"{head}\n\n저희는 책을 읽는 모임입니다.\n\n{_ASKING}"
    assert [one.text for one in reader.split(letter)] == [_ASKING]
    assert {unit.heading for unit in reader._units(letter)} == {""}


def test_sentences_about_the_letter_ask_for_nothing(reader: LetterReader) -> None:
    letter = (
        "지난 설명회에서 뵈었던 가나다모임입니다. 그때 말씀드린 것을 글로 정리해 보냅니다. 두서없더라도 이해 부탁드립니다.\n\n"
        f"{_ASKING}\n\n위 의견을 검토하여 주시기 바랍니다."
    )
    assert [one.text for one in reader.split(letter)] == [_ASKING]
    english = (
        "We run three libraries. Please permit us a few comments. We apologise if something has been misunderstood.\n\n"
        "Please delete the fine in Article 3.\n\nWe would be glad to come and explain."
    )
    assert [one.text for one in reader.split(english)] == ["Please delete the fine in Article 3."]


@pytest.mark.parametrize(("letter", "passages"), [
    ("We are a library.\n\nThe ministry should delete the fine in Article 3", 1),
    ("과방위 의견을 반영하여 제3조의 과태료를 없애 주시기 바랍니다.", 1),
    ("위 내용을 반영하여 제3조의 과태료를 50만원으로 낮춰 주시기 바랍니다.", 1),
    ("Under Article 3 a reader must be heard in response to the notice before a fine is imposed.", 1),
    ("Operators should apologise for mistakes instead of paying the fine in Article 3.", 1),
    ("- 제3조 과태료 감경 요청\n- 제2조 대출 정지 기간 단축 요청\n\n존경하는 장관님, 위와 같이 의견을 냅니다.", 2),
    ("Please delete the fine in Article 3\n\nPlease shorten the suspension in Article 2\n\n"
     "Dear Minister, these are our wishes.", 2),
])  # fmt: skip
def test_requests_are_no_head_of_a_letter_and_not_about_it(reader: LetterReader, letter: str, passages: int) -> None:
    assert len(reader.split(letter)) == passages


@pytest.mark.parametrize("heading", ["1. Acme Inc. Comments on Article 3", "2. Comments on Art. Three"])
def test_an_abbreviation_ends_no_sentence_of_a_heading(reader: LetterReader, heading: str) -> None:
    letter = f"{heading}\n\nPlease delete the fine."
    assert {unit.heading for unit in reader._units(letter)} == {heading}


def test_a_full_line_in_which_a_sentence_ends_is_no_heading(reader: LetterReader) -> None:
    letter = (
        "독서 문화를 위해 애쓰시는 귀 부처에 존경을 표합니다. 우리 모임은\n올해 도서관 세 곳을 둘러보았습니다. "
        "연체한 어린이에게도 대출을 정지하는\n일은 너무 무거우니 정지 기간을 줄여 주십시오.\n"
    )
    assert {unit.heading for unit in reader._units(letter)} == {""}
    assert clauses(reader.split(letter)) == ["art_2__para_2"]


def test_korean_lines_are_as_wide_as_they_are_shown(reader: LetterReader) -> None:
    """A syllable takes two columns: a line with Latin letters has more characters and is no wider."""
    letter = (
        "Library OPAC system ABC 연동 기능 안내를 위하여 우리\n대출 정지 기간이 지나치게 길다는 말을 자주 듣고\n있으므로 이를 줄여 주시기 바랍니다.\n"
    )
    assert {unit.heading for unit in reader._units(letter)} == {""}


@pytest.mark.parametrize("letter", [
    "어린이는 제3조와 제4조의 적용을 받지 않도록 제2조 다음에 한 조를 넣어 주시기 바랍니다.",
    "We ask for a new article after Article 2 which exempts children from Articles 3 and 4.",
    "1. Article 3\n\nWe ask for a new article after Article 2 which exempts children.",
])  # fmt: skip
def test_a_new_article_that_is_asked_for_stands_behind_the_one_named(reader: LetterReader, letter: str) -> None:
    assert [(one.clause, one.by) for one in reader.split(letter)] == [("after_art_2", "citation")]
