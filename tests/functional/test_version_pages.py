"""What the public reads of several versions: the old–new table, the marked text, each clause's history, downloads."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.drafts import aligning, queries
from portal.drafts import services as drafts
from portal.jobs.models import Dirty
from portal.ordinances import readers, writers
from portal.ordinances.clauses import Clause, Draft, Kind, Table
from portal.publication import files, jobs, services
from portal.publication.models import Page, PublishedAlignment, PublishedClause, PublishedFile
from portal.publication.rendering import render
from portal.publication.versions import history, versions
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.unit.drafts.texts import ENGLISH, MARKDOWN, demo_part

HOSTILE = "<script>alert(1)</script>"
REVISED = MARKDOWN.replace(
    "**②** 제1항에 따른 고지는 문서로 한다.",
    f"**②** 고지의 시기는 {HOSTILE} 시험 전으로 한다.\n\n**③** 제1항에 따른 고지는 문서 또는 전자문서로 한다.").replace(
    "\n  2\\. 시험의 결과", "")


@dataclass(frozen=True)
class Published:
    of: int
    slug: str


def _publish(session: Session, now: datetime, texts: list[bytes], filename: str, **more: object) -> Published:
    ministry = factories.ministry(session, now)
    kind = {"draft_kind": "partial_amendment"} if "in_force" in more else {}
    of = factories.consultation(session, now, ministry, with_draft=False, **kind)
    publisher = factories.staff(session, now, ministry, "publisher")
    for number, data in enumerate(texts):
        drafts.import_draft(session, publisher, of.id, filename=filename, data=data, now=now,
                            **(more if number == 0 else {}))  # type: ignore[arg-type]
        drafts.publish_version(session, publisher, of.id, rest_as_proposed=True, now=now)
    services.build(session, of.id, now)
    session.flush()
    return Published(of.id, of.slug)


@pytest.fixture(scope="module")
def demo(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    """Both versions of some of the demonstration draft, in two languages."""
    with sessions() as session:
        made = _publish(session, clock(), [demo_part(n, "art_4", "art_13") for n in (1, 2)], "draft.json")
        session.commit()
    return made


@pytest.fixture(scope="module")
def small(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    """Three versions of a small text; English for the first."""
    with sessions() as session:
        made = _publish(session, clock(), [
            MARKDOWN.encode(), REVISED.encode(), REVISED.replace("전자문서", "이메일").encode()], "안.md",
            english=json.dumps(ENGLISH).encode(), english_filename="en.json")
        session.commit()
    return made


@pytest.fixture(scope="module")
def amending(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    """A partial amendment with the text in force."""
    with sessions() as session:
        made = _publish(session, clock(), [REVISED.encode()], "안.md", in_force=MARKDOWN.encode(),
                        in_force_filename="현행.md")
        session.commit()
    return made


def body(visitor: Visitor, path: str, **more: object) -> str:
    return str(visitor.get(path, **more).get_data(as_text=True))  # type: ignore[arg-type]


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


# -------------------------------------------------------------------------------------------------- the old–new table


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_old_new_table(visitor: Visitor, demo: Published, language: str) -> None:
    page = body(visitor, f"/c/{demo.slug}/compare/v1/v2" + ("?lang=en" if language == "en" else ""))
    assert '<th scope="col"' in page and 'scope="rowgroup"' in page and "<caption" in page
    assert "<ins>" in page and ("&lt;신 설&gt;" if language == "ko" else "&lt;new&gt;") in page
    assert f'href="/c/{demo.slug}/v2/a/13' in page
    # An article without a change is left out.
    assert 'id="table-art_13"' in page and 'id="table-art_4"' not in page
    assert ("현행과 같음" in page) == (language == "ko")


def test_every_two_versions_and_only_those(visitor: Visitor, small: Published) -> None:
    base = f"/c/{small.slug}/compare/"
    for older, newer in (("v1", "v2"), ("v2", "v3"), ("v1", "v3")):
        for view in ("", "/text"):
            assert HOSTILE not in body(visitor, f"{base}{older}/{newer}{view}")
    assert "이메일" in body(visitor, base + "v1/v3") and "전자문서" not in plain(body(visitor, base + "v1/v3"))
    for path in ("v2/v1", "v1/v1", "v1/v4", "in-force/v1", "v1/v2/", "v1/v2/other", "x/v2", "v1/v2/files/none.docx"):
        visitor.get(base + path, status=404)
    visitor.get("/c/no-such/compare/v1/v2", status=404)


def test_where_one_text_has_no_english_the_korean_is_shown_and_said(visitor: Visitor, small: Published) -> None:
    page = body(visitor, f"/c/{small.slug}/compare/v1/v2?lang=en")
    assert "One of the two texts has no English." in page and '<td data-label="Version 1" lang="ko">' in page
    text_ = body(visitor, f"/c/{small.slug}/compare/v1/v2/text?lang=en")
    assert '<div class="law marked-text" lang="ko">' in text_
    assert '<div class="law marked-text">' in body(visitor, f"/c/{small.slug}/compare/v1/v2/text")


def test_the_marked_text_holds_both_texts(visitor: Visitor, small: Published, sessions: sessionmaker[Session]) -> None:
    """What is the same with what was deleted is the old text, with what was inserted the new one."""
    with sessions() as session:
        texts = versions(session, small.of)
    lines = texts.marks[1, 2].lines(None)
    for edition, left_out in ((texts.by_number[1], "inserted"), (texts.by_number[2], "deleted")):
        shown = "\n".join("".join(words for kind, words in line["changes_ko"] if kind != left_out) for line in lines)
        for clause in edition.draft.clauses:
            assert (clause.text_ko or "") in shown, clause.eid
    page = body(visitor, f"/c/{small.slug}/compare/v1/v2/text")
    assert "<del>" in page and "<ins>" in page and html.escape(HOSTILE) in page


MERGED = MARKDOWN.replace("""**②** 제1항에 따른 고지는 문서로 한다.""", "").replace(
    "사업자는 다음 각 호의 사항을 알려야 한다.", "사업자는 다음 각 호의 사항을 알려야 하며, 제1항에 따른 고지는 문서로 한다.")


def test_what_was_merged_away_is_struck_where_it_stood(visitor: Visitor, sessions: sessionmaker[Session],
                                                       clock: TestClock) -> None:
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        of = factories.consultation(session, now, ministry, with_draft=False)
        publisher = factories.staff(session, now, ministry, "publisher")
        old = MARKDOWN.replace("고지는 문서로 한다.", "고지는 문서로 한다.\n\n  1\\. 종이\n  2\\. 화면")
        drafts.import_draft(session, publisher, of.id, filename="안.md", data=old.encode(), now=now)
        drafts.publish_version(session, publisher, of.id, now=now)
        seen = drafts.import_draft(session, publisher, of.id, filename="안.md", data=MERGED.encode(), now=now)
        aligning.pair(session, publisher, of.id, "art_2__para_2", "art_2__para_1", as_well=True,
                      version=seen.version, now=now)
        drafts.publish_version(session, publisher, of.id, rest_as_proposed=True, now=now)
        services.build(session, of.id, now)
        texts = versions(session, of.id)
        session.commit()
        slug = of.slug
    assert [pair.change for pair in texts.between(1, 2) if pair.new == "art_2__para_1"] == ["merged", "merged"]
    lines = texts.marks[1, 2].lines(None)
    shown = [line["old"] for line in lines if line["old"]]
    assert sorted(shown) == sorted(clause.eid for clause in texts.by_number[1].draft.clauses)
    source = next(line for line in lines if line["old"] == "art_2__para_2")
    assert (source["change"], source["new"]) == ("merged", None) and source["remark_ko"] == "(제2조제1항으로 통합)"
    page = body(visitor, f"/c/{slug}/compare/v1/v2/text")
    assert "(제2조제1항으로 통합)" in page and "화면" in plain(page)
    # The two paragraphs that were merged, and the two subparagraphs that are gone.
    assert "4곳이 바뀌었습니다." in plain(page)
    assert source["remark_en"] == "(merged into Article 2 (1))"


def test_what_staff_decided_is_what_the_public_sees(sessions: sessionmaker[Session], clock: TestClock,
                                                    visitor: Visitor) -> None:
    now = clock()
    with sessions() as session:
        ministry = factories.ministry(session, now)
        of = factories.consultation(session, now, ministry, with_draft=False)
        publisher = factories.staff(session, now, ministry, "publisher")
        drafts.import_draft(session, publisher, of.id, filename="안.md", data=MARKDOWN.encode(), now=now)
        drafts.publish_version(session, publisher, of.id, now=now)
        seen = drafts.import_draft(session, publisher, of.id, filename="안.md", data=REVISED.encode(), now=now)
        aligning.part(session, publisher, of.id, "art_2__para_2", "art_2__para_3", version=seen.version, now=now)
        drafts.publish_version(session, publisher, of.id, rest_as_proposed=True, now=now)
        services.build(session, of.id, now)
        stored = session.execute(select(PublishedAlignment.new_eid, PublishedAlignment.change).where(
            PublishedAlignment.consultation_id == of.id, PublishedAlignment.old_eid.is_(None))).all()
        assert ("art_2__para_3", "inserted") in [tuple(row) for row in stored]
        session.commit()
        slug = of.slug
    page = plain(body(visitor, f"/c/{slug}/v2/a/2/3"))
    assert "번호 변경" not in page and "제1차 안 · 없음" in " ".join(page.split())


def test_versions_without_a_stored_alignment_are_told_by_their_identities(
        sessions: sessionmaker[Session], small: Published) -> None:
    """Those that were published before alignments were kept."""
    with sessions() as session:
        kept = versions(session, small.of)
        session.execute(text("DELETE FROM publication.alignments WHERE consultation_id = :c"), {"c": small.of})
        told = versions(session, small.of)
        assert {pair.sides: pair.change for pair in told.between(1, 2)} == {
            pair.sides: pair.change for pair in kept.between(1, 2)}
        session.rollback()


# ------------------------------------------------------------------------------------------------- each clause's history


def test_a_clause_in_every_version(visitor: Visitor, small: Published) -> None:
    page = body(visitor, f"/c/{small.slug}/v3/a/2/3")
    shown = plain(page)
    assert "제1차 안 · 제2조제2항 · 최초 조문" in " ".join(shown.split())
    assert "번호 변경" in shown and f'href="/c/{small.slug}/v1/a/2/2"' in page
    english = plain(body(visitor, f"/c/{small.slug}/v3/a/2/3?lang=en"))
    assert "renumbered" in english
    gone = plain(body(visitor, f"/c/{small.slug}/v1/a/2/1/2"))
    assert "삭제됨" in gone
    assert "없음" in plain(body(visitor, f"/c/{small.slug}/v2/a/2/2"))
    # An article shows what changed below it, and what is gone.
    article = body(visitor, f"/c/{small.slug}/v2/a/2")
    assert "하위 조항 변경" in article and "시험의 결과" in article and "<del>" in article


def test_one_version_has_no_history(visitor: Visitor, sessions: sessionmaker[Session], clock: TestClock) -> None:
    with sessions() as session:
        made = _publish(session, clock(), [MARKDOWN.encode()], "안.md")
        session.commit()
        assert history(versions(session, made.of), 1, "art_1") == []
    assert "history__list" not in body(visitor, f"/c/{made.slug}/v1/a/1")
    assert "compare" not in body(visitor, f"/c/{made.slug}/v1/")


# ---------------------------------------------------------------------------------------------------- partial amendment


def test_an_amendment_opens_on_what_it_changes(visitor: Visitor, amending: Published) -> None:
    page = body(visitor, f"/c/{amending.slug}/v1/")
    assert 'id="amendment"' in page and 'id="amended-art_2"' in page and 'id="amended-art_1"' not in page
    assert page.index('id="amendment"') < page.index('id="text"')
    assert f'href="/c/{amending.slug}/compare/in-force/v1"' in page
    table = body(visitor, f"/c/{amending.slug}/compare/in-force/v1")
    assert "현행" in table and "개정안" in table and "&lt;신 설&gt;" in table and HOSTILE not in table
    assert f"/c/{amending.slug}/in-force" not in table  # the text in force has no page of its own
    clause = plain(body(visitor, f"/c/{amending.slug}/v1/a/2/3"))
    assert "현행 조문" in clause and "번호 변경" in clause
    assert "in-force" in body(visitor, f"/c/{amending.slug}/?lang=en")
    visitor.get(f"/c/{amending.slug}/v0/", status=404)


# ------------------------------------------------------------------------------------------------------------ downloads


def test_files_are_made_once_by_the_worker(visitor: Visitor, sessions: sessionmaker[Session], small: Published,
                                           clock: TestClock) -> None:
    now = clock()
    page = body(visitor, f"/c/{small.slug}/v2/files/")
    assert ".docx" not in page and "파일을 만들고 있습니다" in page
    with sessions() as session:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'publication.make_file'"))
        jobs.list_files(session, now=now, consultation_id=small.of)
        waiting = [row.args for row in session.execute(text(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'publication.make_file' ORDER BY id"))]
        marked = select(Dirty.key).where(Dirty.kind == "publication", Dirty.key == small.of)
        before = list(session.scalars(marked))
        wanted = files.wanted(versions(session, small.of))
        # Version 1 has English: its text in both languages, every table in Korean alone.
        assert len(waiting) == len(wanted) == len(writers.FORMATS) * 3 + (len(writers.FORMATS) - 1) + 3 * 4
        for args in waiting:
            jobs.make_file(session, now=now, **args)
        assert session.scalars(marked).all() == before + [small.of] * len(wanted)
        for args in waiting[:3]:  # a job that runs twice does nothing
            jobs.make_file(session, now=now, **args)
        assert len(session.scalars(select(PublishedFile.filename).where(
            PublishedFile.consultation_id == small.of)).all()) == len(wanted)
        jobs.list_files(session, now=now, consultation_id=small.of)
        services.build(session, small.of, now)
        session.commit()
    page = body(visitor, f"/c/{small.slug}/v2/files/?lang=en")
    links = re.findall(r'href="(/c/[^"]+/files/[^"]+)" download', page)
    assert len(links) == len(writers.FORMATS) + 4
    for link in links:
        # Not audited as pages of ours: they are for keeping, and have their style within.
        answer = visitor.client.get(link, base_url=visitor.settings.base_url)
        assert answer.status_code == 200 and "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''" + small.slug)
        assert "max-age=86400" in answer.headers["Cache-Control"] and not answer.headers.getlist("Set-Cookie")
        assert visitor.get(link, status=304, headers={"If-None-Match": answer.headers["ETag"]}).get_data() == b""
    table = body(visitor, f"/c/{small.slug}/compare/v1/v2")
    assert table.count(" download>") == 4
    visitor.get(f"/c/{small.slug}/v2/files/{small.slug}-v1-ko.docx", status=404)
    visitor.get(f"/c/{small.slug}/v9/files/", status=404)


def test_a_file_that_does_not_stand_is_named_and_made_within_an_hour(
        visitor: Visitor, sessions: sessionmaker[Session], amending: Published, clock: TestClock) -> None:
    now = clock()

    def waiting(session: Session, task: str) -> list[dict[str, object]]:
        return [row.args for row in session.execute(text(
            "SELECT args FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo'"
            " AND (args->>'consultation_id')::bigint = :of ORDER BY id"), {"task": task, "of": amending.of})]

    with sessions() as session:
        for version, compared_with, language, of in files.wanted(versions(session, amending.of)):
            if of != "hwpx":
                files.make(session, amending.of, version, compared_with, language, of, now)
        services.build(session, amending.of, now)
        session.commit()
    page = plain(body(visitor, f"/c/{amending.slug}/v1/files/"))
    assert page.count("아직 없는 형식:") == 2 and page.count("한글(HWPX) (한국어)") == 2
    with sessions() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        jobs.find_missing_files(session, now=now)
        assert waiting(session, "publication.list_files") == [{"consultation_id": amending.of}]
        jobs.find_missing_files(session, now=now)  # what is about to be made is not asked for again
        assert len(waiting(session, "publication.list_files")) == 1
        jobs.list_files(session, now=now, consultation_id=amending.of)
        args = waiting(session, "publication.make_file")
        assert [each["kind"] for each in args] == ["hwpx", "hwpx"]
        for each in args:
            jobs.make_file(session, now=now, **each)  # type: ignore[arg-type]
        services.build(session, amending.of, now)
        session.execute(text("DELETE FROM procrastinate_jobs"))
        jobs.find_missing_files(session, now=now)
        assert waiting(session, "publication.list_files") == []
        session.commit()
    assert "아직 없는 형식:" not in body(visitor, f"/c/{amending.slug}/v1/files/")


def test_what_was_stored_by_the_former_release_is_rendered(sessions: sessionmaker[Session], small: Published,
                                                           clock: TestClock) -> None:
    """Until the first build: its facts know nothing of tables, amendments and histories."""
    def stripped(facts: Any) -> Any:
        if isinstance(facts, dict):
            return {name: stripped(value) for name, value in facts.items()
                    if name not in ("amendment", "tables", "history", "older", "amends", "links_ko", "links_en",
                                     "tables_ko", "tables_en")}
        return [stripped(each) for each in facts] if isinstance(facts, list) else facts

    new = ("public/compare.html", "public/compare_text.html", "public/files.html")
    with sessions() as session:
        stored = session.execute(select(Page.template, Page.path, Page.facts, Page.language).where(
            Page.consultation_id == small.of, Page.template.not_in(new))).all()
    assert {row.template for row in stored} == {
        "public/consultation.html", "public/draft.html", "public/beside.html", "public/clause.html"}
    for row in stored:
        assert render(row.template, stripped(row.facts), row.language, row.path, clock(), made_at=clock()).body


def test_what_is_downloaded_is_the_version(sessions: sessionmaker[Session], small: Published, clock: TestClock) -> None:
    """Each format that is read gives back the tree that was published."""
    with sessions() as session:
        version = queries.version(session, small.of, 3)
        draft = queries.draft(session, version)
        for of in ("docx", "hwpx", "akoma_ntoso", "markdown", "portal_json"):
            files.make(session, small.of, 3, "", "ko", of, clock())
            content = session.scalars(select(PublishedFile.content).where(
                PublishedFile.consultation_id == small.of, PublishedFile.version == 3, PublishedFile.compared_with == "",
                PublishedFile.format == of)).one()
            read = readers.read(content).draft
            assert [(clause.eid, clause.text_ko or "") for clause in read.clauses] == [
                (clause.eid, clause.text_ko or "") for clause in draft.clauses], of


FINES = (("위반행위", "근거", "금액", ""), ("", "", "1차", "2차"), ("가. 고지하지 않은 경우", "제2조", "10", "20"),
         ("나. 거짓으로 고지한 경우", "제2조", "30", "40"), ("", "제3조", "50", "60"))
MERGED_CELLS = ((0, 0, 2, 1), (0, 1, 2, 1), (0, 2, 1, 2), (3, 0, 2, 1))


def _with_fines(*rows: tuple[str, ...]) -> bytes:
    annex = Clause("tbl_1", Kind.ANNEX, "별표 1", "과태료의 부과기준", "(제2조 관련)\n비고: 제2조에 따른다.", tables=(
        Table.of_rows(rows, "ko", 1, MERGED_CELLS),))
    article = Clause("art_2", Kind.ARTICLE, "제2조", "고지", "별표 1에 따른다.")
    return writers.write(Draft((article, annex), title_ko="시험법 시행령"), "portal_json")


@pytest.fixture(scope="module")
def fines(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    """Two versions of a table with merged cells, between the lines of an annex."""
    with sessions() as session:
        made = _publish(session, clock(), [_with_fines(*FINES), _with_fines(
            *FINES[:3], ("나. 거짓으로 고지한 경우", "제2조", "30", "45"), *FINES[4:])], "draft.json")
        session.commit()
    return made


def test_tables_stand_in_the_old_new_table_as_tables(visitor: Visitor, fines: Published) -> None:
    page = body(visitor, f"/c/{fines.slug}/compare/v1/v2")
    current, amended = re.findall(r'<div class="table-scroll law-table.*?</div>', page, re.S)
    assert 'aria-label="별표 1 · 제1차 안"' in current and 'aria-label="별표 1 · 제2차 안"' in amended
    assert '<th scope="col" rowspan="2">위반행위</th>' in current and '<th scope="colgroup" colspan="2">금액</th>' in current
    assert plain(current).count("생략") == 2 and '<td colspan="4"><i class="old-new__remark">(현행과 같음)</i></td>' in amended
    assert "<td>30</td>" in amended and re.search(r"<td><del>.*?40.*?</del></td>", current)
    assert re.search(r"<td><ins>.*?45.*?</ins></td>", amended)
    assert "거짓으로 고지한 경우 | " not in page


def test_an_old_new_table_that_was_stored_with_lines_is_rendered(
        sessions: sessionmaker[Session], fines: Published, clock: TestClock) -> None:
    """Before tables stood in its cells."""
    with sessions() as session:
        row = session.execute(select(Page.path, Page.facts, Page.language).where(
            Page.consultation_id == fines.of, Page.template == "public/compare.html", Page.language == "ko")).one()
    for group in row.facts["groups_ko"]:
        for line in (line for each in group["rows"] for side in ("current", "amended") for line in each[side]):
            if line.pop("table") is not None:
                line["runs"] = [["나 | 제2조 | 30 | ", False, False], ["40", True, False]]
    shown = render("public/compare.html", row.facts, row.language, row.path, clock(), made_at=clock()).body.decode()
    assert "나 | 제2조 | 30 | <del>" in shown and "law-table" not in shown


@pytest.mark.parametrize("path", ["compare/v1/v2/text", "v2/tbl/1"])
def test_tables_stand_in_the_marked_text_and_the_history_as_tables(visitor: Visitor, fines: Published, path: str) -> None:
    page = body(visitor, f"/c/{fines.slug}/{path}")
    marked = next(table for table in re.findall(r'<div class="table-scroll law-table.*?</div>', page, re.S)
                  if "<ins>" in table)
    assert 'aria-label="별표 1의 표"' in marked and '<td rowspan="2">나. 거짓으로 고지한 경우</td>' in marked
    assert re.search(r"<td>30</td><td><del>.*?40.*?</del><ins>.*?45.*?</ins></td></tr>\s*<tr><td>제3조</td>", marked)
    assert page.index(marked) < page.index("비고", page.index(marked)) and " | " not in plain(page)


def test_a_marked_text_that_was_stored_with_lines_is_rendered(
        sessions: sessionmaker[Session], fines: Published, clock: TestClock) -> None:
    """Before tables stood between them."""
    with sessions() as session:
        row = session.execute(select(Page.path, Page.facts, Page.language).where(
            Page.consultation_id == fines.of, Page.template == "public/compare_text.html", Page.language == "ko")).one()
    for line in row.facts["lines"]:
        for language in ("ko", "en"):
            del line[f"tables_{language}"]
    shown = render("public/compare_text.html", row.facts, row.language, row.path, clock(), made_at=clock()).body.decode()
    assert "비고:" in shown and "law-table" not in shown


@pytest.mark.parametrize("path", ["v1/tbl/1", "v1/", "v1/beside"])
def test_a_table_stands_between_the_lines_of_its_clause(visitor: Visitor, fines: Published, path: str) -> None:
    page = body(visitor, f"/c/{fines.slug}/{path}")
    assert page.index(" 관련)") < page.index('<th scope="col" rowspan="2">위반행위</th>') < page.index("비고:")
    # The merged cell of the second to last row reaches over the last, which has three cells of its own.
    assert '<td rowspan="2">나. 거짓으로 고지한 경우</td>' in page and "<tr><td>제3조</td>" in page
    # Where no chapter stands above them, articles are the highest headings below the page's own.
    assert path.startswith("v1/tbl") or ('<h2 class="clause__heading"' in page and '<h3 class="clause__heading"' not in page)
    # What stands behind the table cites as what stands before it.
    assert f'href="/c/{fines.slug}/v1/a/2"' in page[page.index("비고:"):page.index("비고:") + 200]


def test_tables_of_annexes_are_published(visitor: Visitor, demo: Published, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        stored = session.scalars(select(PublishedClause.tables).where(
            PublishedClause.consultation_id == demo.of, PublishedClause.version == 1,
            PublishedClause.eid == "tbl_1")).one()
    assert stored and stored[0]["columns_ko"]
    for path in ("v1/tbl/1", "v1/"):
        page = body(visitor, f"/c/{demo.slug}/{path}")
        assert f'<th scope="col">{html.escape(stored[0]["columns_ko"][0])}</th>' in page
