"""The portal's own JSON: what is written is read back, and a file that breaks the shape is refused by the path."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.ordinances.clauses import Clause, Draft, Status
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import portal_json
from portal.ordinances.writers import portal_json as writer
from tests.unit.ordinances import official
from tests.unit.ordinances.small_draft import SMALL, clause


@pytest.mark.parametrize("path", [official.DRAFT_1, official.DRAFT_2], ids=["v1", "v2"])
@official.needs_data
def test_the_demonstration_drafts_are_written_as_they_were_read(path: Any) -> None:
    data = path.read_bytes()
    reading = portal_json.read(data)
    assert writer.write(reading.draft) == data
    assert reading.draft.languages == ("ko", "en")
    assert reading.not_placed == ()


@official.needs_data
def test_the_demonstration_draft_is_a_tree() -> None:
    draft = portal_json.read(official.DRAFT_1.read_bytes()).draft
    assert draft.clause_count == 347
    assert [above.eid for above in draft.ancestors("art_12__para_1__subpara_2")] == [
        "chp_3", "chp_3__sec_1", "art_12", "art_12__para_1",
    ]  # fmt: skip
    section = draft.by_eid["chp_3__sec_1"]
    assert (section.label, section.heading_ko, section.label_en) == ("제1절", "인공지능산업을 위한 기반", "Section 1")
    assert section.heading_en == "Foundation for Artificial Intelligence Industry"
    assert [child.eid for child in draft.children("addenda")] == ["addenda__art_1", "addenda__art_2"]
    table = draft.by_eid["tbl_2"].table
    assert table is not None
    assert table.columns("ko")[0] == "위반행위"
    assert table.rows("en")[0][2] == "500"


def test_everything_comes_back() -> None:
    data = writer.write(SMALL)
    assert portal_json.read(data).draft == SMALL
    assert writer.write(portal_json.read(data).draft) == data


def test_headings_of_one_label_are_told_apart() -> None:
    draft = Draft((
        clause("part_1", heading_ko="총칙"),
        clause("part_1__chp_1", heading_ko="통칙"),
        clause("art_1", "하나", parent="part_1__chp_1"),
        clause("part_1__chp_2", heading_ko="삭제", status=Status.DELETED),
        clause("part_2", heading_ko="물권"),
        clause("part_2__chp_1", heading_ko="통칙"),
        clause("art_2", "둘", parent="part_2__chp_1"),
        clause("part_3", heading_ko="빈 편"),
    ), title_ko="제목")  # fmt: skip
    document = writer.as_json(draft)
    assert document["clauses"][1]["chapter_eid"] == "part_2__chp_1"
    assert portal_json.read_document(document).draft == draft
    del document["clauses"][1]["chapter_eid"]
    with pytest.raises(UnreadableDraft, match=r"clauses\[1\].chapter: several chapters"):
        portal_json.read_document(document)


def test_a_paragraph_may_be_printed_either_way() -> None:
    draft = Draft((clause("art_1"), clause("art_1__para_16", "글", label="<16>")), title_ko="제목")
    assert portal_json.read(writer.write(draft)).draft == draft


def test_texts_are_kept_in_nfc() -> None:
    document = json.loads(writer.write(SMALL))
    document["clauses"][0]["text_ko"] = "\u1112\u1161\u11ab"
    assert portal_json.read(json.dumps(document).encode()).draft.by_eid["art_1"].text_ko == "한"


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        keys: list[Any] = [int(key) if key.isdigit() else key for key in path.split(".")]
        place: Any = document
        for key in keys[:-1]:
            place = place[key]
        if value is DELETE:
            del place[keys[-1]]
        else:
            place[keys[-1]] = value

    return change


DELETE = object()


def _append(key: str, source: int) -> Callable[[dict[str, Any]], None]:
    return lambda document: document[key].append(copy.deepcopy(document[key][source]))


@pytest.mark.parametrize(("change", "message"), [
    (_set("clauses", {}), "clauses must be a list."),
    (_set("clauses.0", "x"), "clauses[0] must be an object."),
    (_set("clauses.1.text_ko", 7), "clauses[1].text_ko must be a text or null."),
    (_set("clauses.1.label", None), "clauses[1].label must be a text."),
    (_set("clauses.1.text_ko", DELETE), "clauses[1]: the key “text_ko” is missing."),
    (_set("clauses.1.comment", ""), "clauses[1]: the key “comment” is not known here."),
    (_set("author", ""), "$: the key “author” is not known here."),
    (_set("annexes", DELETE), "$: the key “annexes” is missing."),
    (_set("version", 0), "version must be a whole number from 1."),
    (_set("version", True), "version must be a whole number from 1."),
    (_set("clauses.1.eid", "art_x"), "clauses[1].eid is not the eId of a clause."),
    (_set("clauses.1.eid", "doc"), "clauses[1].eid is not an eId for this list of clauses."),
    (_set("clauses.1.eid", "tbl_9"), "clauses[1].eid is not an eId for this list of clauses."),
    (_set("clauses.1.eid", "addenda__art_9"), "clauses[1].eid is not an eId for this list of clauses."),
    (_set("addenda.1.eid", "art_9"), "addenda[1].eid is not an eId for this list of clauses."),
    (_set("annexes.0.eid", "art_9"), "annexes[0].eid is not the eId of an annex or a form."),
    (_set("chapters.0.eid", "art_9"), "chapters[0].eid is not the eId of a part, chapter, section or subsection."),
    (_set("clauses.1.kind", "item"), "clauses[1].kind must be “article”."),
    (_set("clauses.1.label", "제3조"), "clauses[1].label must be “제2조”."),
    (_set("clauses.3.label", "2."), "clauses[3].label must be “1.”."),
    (_set("clauses.2.parent", "art_1"), "clauses[2].parent must be “art_2”."),
    (_set("clauses.2.parent", None), "clauses[2].parent must be “art_2”."),
    (_set("clauses.1.parent", "chp_1"), "clauses[1].parent must be “null”."),
    (_set("clauses.1.chapter", "제9장"), "clauses[1].chapter names no chapter of this file."),
    (_set("clauses.1.chapter_eid", "chp_1-2"), "clauses[1].chapter_eid is not the eId of a chapter with this label."),
    (_set("clauses.0.chapter", "제1장의2 보칙"), "clauses[1].chapter goes back to an earlier chapter."),
    (_set("chapters.1.label_ko", "제2장 보칙"), "chapters[1].label_ko must begin with “제1장의2”."),
    (_set("chapters.1.parent", "chp_1"), "chapters[1].parent must be “null”."),
    (_set("clauses.6.status", "gone"), "clauses[6].status must be “in_force” or “deleted”."),
    (_set("clauses.6.notes", "x"), "clauses[6].notes must be a list."),
    (_set("annexes.0.table.rows.0.ko", ["x"]),
     "annexes[0].table.rows[0].ko must have 2 cells, as many as there are columns."),
    (_set("annexes.0.table.rows.0.ko", DELETE), "annexes[0].table.rows[0]: the key “ko” is missing."),
    (_set("addenda.1.parent", "art_1"), "addenda[1].parent must be “null”."),
    (_append("clauses", 7), "clauses[8]: there is a clause with the eId “art_3” already."),
    (_append("addenda", 0), "addenda[2]: there is a clause with the eId “addenda” already."),
    (_append("annexes", 0), "annexes[2]: there is a clause with the eId “tbl_1” already."),
    (_set("clauses", []), "The file holds no clause: there is no article in its list of clauses."),
])  # fmt: skip
def test_a_broken_file_is_refused_by_the_path(change: Callable[[dict[str, Any]], None], message: str) -> None:
    document = json.loads(writer.write(SMALL))
    change(document)
    with pytest.raises(UnreadableDraft) as caught:
        portal_json.read_document(document)
    assert str(caught.value) == message


def test_a_chapter_may_be_empty() -> None:
    document = json.loads(writer.write(SMALL))
    document["clauses"][7]["chapter"] = "제1장 총칙"
    draft = portal_json.read_document(document).draft
    assert draft.children("chp_1-2") == ()
    assert draft.by_eid["art_3"].parent == "chp_1"
    assert draft.clauses.index(draft.by_eid["chp_1-2"]) == draft.clauses.index(draft.by_eid["art_3"]) + 1


@pytest.mark.parametrize(("text", "message"), [
    ("{", "This is no valid JSON: line 1, column 2."),
    ('{"a":\n x}', "This is no valid JSON: line 2, column 2."),
    ("[" * 100_000, "This is no valid JSON: line 1, column 1."),
    ('{"version": ' + "1" * 5000 + "}", "This is no valid JSON: line 1, column 1."),
    ('{"a": 1, "a": 2}', "The key “a” stands twice in one object."),
    ('{"a": NaN}', "“NaN” is no JSON value."),
    ("7", "$ must be an object."),
])  # fmt: skip
def test_what_is_no_json_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UnreadableDraft) as caught:
        portal_json.read(text.encode())
    assert str(caught.value) == message


def test_a_name_that_is_no_label_stays_whole() -> None:
    draft = replace(SMALL, clauses=(replace(SMALL.clauses[0], label_en="", heading_en="Opening"), *SMALL.clauses[1:]))
    assert portal_json.read(writer.write(draft)).draft == draft
    plain = replace(SMALL.clauses[0], heading_en=None)
    assert writer.as_json(replace(SMALL, clauses=(plain, *SMALL.clauses[1:])))["chapters"][0]["label_en"] == "Chapter I"
    without: Clause = replace(SMALL.clauses[0], heading_en=None, text_en=None)
    assert writer.as_json(replace(SMALL, clauses=(without, *SMALL.clauses[1:])))["chapters"][0]["label_en"] is None
