"""Which format a file is, what encodings are read, what is refused; and an English text laid over a draft."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.ordinances import readers
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import source
from portal.ordinances.readers.english_by_eid import lay_over
from portal.ordinances.readers.history import split_notes
from portal.ordinances.writers import portal_json as writer
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL

MARKDOWN = "# 시험 시행령\n##### 제1조 (목적)\n이 영은 시험이다.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("filename", [None, "안.md", "안.txt"])
def test_markdown_in_every_encoding(encoding: str, filename: str | None) -> None:
    reading = readers.read(MARKDOWN.encode(encoding), filename)
    assert reading.source_format == "legalize_markdown"
    assert reading.draft.title_ko == "시험 시행령"
    assert reading.draft.by_eid["art_1"].text_ko == "이 영은 시험이다."


def test_json_is_known_by_its_content() -> None:
    reading = readers.read(b"\n " + writer.write(SMALL), "draft.md")
    assert reading.source_format == "portal_json"
    assert reading.draft == SMALL


@pytest.mark.parametrize(("data", "filename", "message"), [
    (b"", None, "The file is empty."),
    (b" \n\t", None, "The file is empty."),
    (b"x" * (source.MAX_BYTES + 1), None, "The file is larger than 20 MB."),
    (b"x" * (source.MAX_TEXT_BYTES + 1), None, "The file is larger than 8 MB."),
    (b"PK\x03\x04\x00\x00", "안.hwpx", "The file cannot be unpacked: it may be cut short or damaged."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "안.hwp",
     "This is a file of an old format (HWP or DOC). Save it as HWPX or DOCX and try again."),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00", "안.pdf",
     "This is a PDF. Use the file that it was made from, or paste its text as plain text."),
    (b"<html><body>\xec\xa0\x9c1\xec\xa1\xb0</body></html>", "안.html",
     "This is a web page. Paste its text, or use the file that it was made from."),
    (b"<other/>", "안.xml", "This XML file is no text of law: it has no element “법령”."),
    ("<법령><조문>".encode(), "안.xml", "The file is no well-formed XML: it may be cut short or damaged."),
    (b"abc\x00def", None, "The file is not a text file."),
    (b"\xff\xfe\x00", None, "The file is not a text file."),
    (b"caf\xe9 au lait\n", None,
     "The file is in no encoding that we can read. Save it as UTF-8 or CP949 and try again."),
    ("그냥 글".encode(), None,
     "The file holds no clause: no line of it begins an article, such as “제1조 (목적)”."),
    ("# 제목\n글\n".encode(), "안.md",
     "The file holds no clause: no line of it begins an article, such as “제1조 (목적)”."),
    (b"{}", None, "This JSON file is no draft: it has no title or no clauses."),
    (b"[1]", None, "This JSON file is no draft: it has no title or no clauses."),
    (b"abc", "draft.json", "This is no valid JSON: line 1, column 1."),
    (b'{"provisions": {}}', None,
     "This is an English text by clause address. Import the Korean text first and add this one beside it."),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_plain_words(data: bytes, filename: str | None, message: str) -> None:
    with pytest.raises(UnreadableDraft) as caught:
        readers.read(data, filename)
    assert str(caught.value) == message
    assert caught.value.msgid % caught.value.values == message


@pytest.mark.parametrize("title", ["<입법예고안>", "< 시험 시행령안 >", "<법령안>", "<개정 2020.1.1>", "<1안>"])
def test_a_pasted_text_may_begin_with_a_bracket(title: str) -> None:
    reading = readers.read(f"{title}\n제1조(목적) 글\n".encode())
    assert reading.source_format == "plain_text"
    assert reading.draft.by_eid["art_1"].text_ko == "글"


def test_a_format_can_be_named() -> None:
    assert readers.read_as("legalize_markdown", MARKDOWN.encode()).draft.clause_count == 1
    assert readers.read_as("portal_json", writer.write(SMALL)).draft == SMALL
    with pytest.raises(ValueError, match="no format"):
        readers.read_as("pdf", b"")


@pytest.mark.parametrize(("text", "expected"), [
    ("글이다. <개정 2012.2.10>", ("글이다.", ("<개정 2012.2.10>",))),
    ("글이다.<개정 1970ㆍ6ㆍ18>", ("글이다.", ("<개정 1970ㆍ6ㆍ18>",))),
    ("삭제 <2009.4.22>", ("삭제", ("<2009.4.22>",))),
    ("글 <신설 2009.1.1, 2010.1.1> <개정 2011.1.1> ", ("글", ("<신설 2009.1.1, 2010.1.1>", "<개정 2011.1.1>"))),
    ("글\n[본조신설 2011.6.30]", ("글", ("[본조신설 2011.6.30]",))),
    ("글 [종전 제3조는 제4조로 이동 <2020.1.1>]", ("글", ("[종전 제3조는 제4조로 이동 <2020.1.1>]",))),
    ("글 [제3조에서 이동, 종전 제4조는 제5조로 이동]", ("글", ("[제3조에서 이동, 종전 제4조는 제5조로 이동]",))),
    ("시행한다. <단서 생략>", ("시행한다. <단서 생략>", ())),
    ("7년[법인인 경우만 해당한다]", ("7년[법인인 경우만 해당한다]", ())),
    ("<개정 2012.2.10> 글", ("<개정 2012.2.10> 글", ())),
    ("", ("", ())),
    (">", (">", ())),
])  # fmt: skip
def test_marks_of_history(text: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert split_notes(text) == expected


def _english(**changes: Any) -> bytes:
    document = {
        "title": "English title",
        "note": "unofficial",
        "chapters": {"제1장 총칙": "Chapter I Opening", "제9장 없음": "Chapter IX None"},
        "provisions": {
            "art_1": {"heading": "Aim", "text": "New text."},
            "art_3": {"text": "The rest by notice."},
            "art_9": {"heading": "Lost", "text": "Nowhere."},
        },
        "addenda": [{"label": "Addenda", "text": "In force."}],
    } | changes
    return json.dumps(document, ensure_ascii=False).encode()


def test_english_is_laid_over_the_draft() -> None:
    overlay = lay_over(SMALL, _english())
    clauses = overlay.draft.by_eid
    assert (clauses["art_1"].heading_en, clauses["art_1"].text_en) == ("Aim", "New text.")
    assert (clauses["art_3"].heading_en, clauses["art_3"].text_en) == (None, "The rest by notice.")
    assert (clauses["chp_1"].label_en, clauses["chp_1"].heading_en) == ("Chapter I", "Opening")
    assert clauses["art_1"].text_ko == SMALL.by_eid["art_1"].text_ko
    assert (overlay.draft.title_en, overlay.draft.note_en) == ("English title", "unofficial")
    assert [(left.path, left.text) for left in overlay.not_fitted] == [
        ("provisions.art_9", "Lost Nowhere."), ("chapters.제9장 없음", "Chapter IX None"), ("addenda[0]", "In force."),
    ]  # fmt: skip
    assert overlay.without_english == ()


@pytest.mark.parametrize(("data", "message"), [
    (_english(provisions={"art_1": "text"}), "provisions.art_1 must hold a heading and a text."),
    (_english(provisions={"art_1": {"text": 5}}), "provisions.art_1 must hold a heading and a text."),
    (_english(chapters={"제1장 총칙": None}), "chapters must be an object of texts."),
    (_english(provisions=[]), "This is no English text by clause address: it has no “provisions”."),
    (b"[]", "This is no English text by clause address: it has no “provisions”."),
])  # fmt: skip
def test_a_broken_english_text_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableDraft) as caught:
        lay_over(SMALL, data)
    assert str(caught.value) == message


@pytest.mark.parametrize(("decree", "number"), [(official.DECREE_1, 36053), (official.DECREE_2, 36506)])
@official.needs_data
def test_the_english_of_the_ai_decree_fits_all_of_it(decree: Any, number: int) -> None:
    draft = readers.read(decree.read_bytes()).draft
    overlay = lay_over(draft, (official.MAPPING / f"ai_decree_{number}_en.json").read_bytes())
    assert overlay.without_english == ()
    assert {left.path.partition("[")[0] for left in overlay.not_fitted} == {"addenda"}
    assert overlay.draft.languages == ("ko", "en")
    assert overlay.draft.by_eid["chp_3__sec_1"].label_en == "Section 1"
