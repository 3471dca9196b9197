"""A publisher corrects a text by hand, aligns a revised one and publishes it, in the browser without JavaScript."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lxml.html
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from portal.accounts.models import Account
from portal.drafts import queries
from portal.drafts.queries import ImportFacts
from portal.kernel.actor import Actor
from portal.ordinances.readers import portal_json
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.unit.drafts.texts import DEMO, MARKDOWN

BROKEN = MARKDOWN.replace("  2\\. 시험의 결과", "  1\\. 시험의 <b>결과</b>\n  2\\. 시험의 기간")
REVISED = MARKDOWN.replace("**②** 제1항에 따른 고지는 문서로 한다.",
                           "**②** 고지의 시기는 시험 전으로 한다.\n\n**③** 제1항에 따른 고지는 문서로 한다.")


@pytest.fixture(params=["ko", "en"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Desk:
    """A publisher with a consultation that is open and has no text yet."""

    def __init__(self, visitor: Visitor, slug: str, consultation_id: int, sessions: sessionmaker[Session]) -> None:
        self.visitor, self.base, self.of, self.sessions = visitor, f"/admin/consultations/{slug}/draft/", (
            consultation_id), sessions

    def text(self) -> ImportFacts:
        with self.sessions() as session:
            found = queries.current_import(session, self.of)
        assert found is not None
        return found

    def version(self) -> int:
        """Of the text under preview; 0 where there is none."""
        with self.sessions() as session:
            found = queries.current_import(session, self.of)
        return 0 if found is None else found.version

    def get(self, path: str = "", **more: Any) -> str:
        return str(self.visitor.get(self.base + path, **more).get_data(as_text=True))

    def post(self, path: str, status: int = 303, **values: Any) -> Any:
        values.setdefault("version", str(self.version()))
        return self.visitor.post(self.base + path, values, status=status, form_at=self.base)

    def fields(self, path: str) -> dict[str, str]:
        """What stands in the form of a page, as a browser would send it."""
        return self.fields_of(self.get(path))

    def fields_of(self, page: str) -> dict[str, str]:
        form = lxml.html.fragment_fromstring(form_of(page), create_parent=True)
        found = {each.get("name", ""): each.get("value", "") for each in form.iter("input")
                 if each.get("type") not in ("checkbox", "radio", "file", "submit")}
        found |= {each.get("name", ""): (each.text or "").removeprefix("\n") for each in form.iter("textarea")}
        for select in form.iter("select"):
            found[select.get("name", "")] = next(each.get("value", "") for each in select.iter("option")
                                                 if "selected" in each.attrib)
        return {name: value for name, value in found.items() if name and name != "csrf_token"}

    def send(self, path: str, status: int, values: dict[str, str]) -> str:
        """Send a form as it was filled in; the page that answers."""
        return str(self.post(path, status, **values).get_data(as_text=True))

    def take(self, words: str, **more: Any) -> None:
        self.post("import", file=(io.BytesIO(words.encode()), "안.md"), **more)


def form_of(page: str) -> str:
    """The form that a page of the text under preview is there for."""
    found = re.search(r'<form class="form".*?</form>', page, re.DOTALL)
    assert found, plain(page)
    return found[0]


@pytest.fixture
def make_desk(sessions: sessionmaker[Session], sign_in: Callable[[Actor], Visitor], clock: TestClock,
              locale: str) -> Callable[..., Desk]:
    def make(**more: Any) -> Desk:
        with sessions() as session:
            ministry = factories.ministry(session, clock())
            actor = factories.staff(session, clock(), ministry, "publisher", name="박공고")
            session.get_one(Account, actor.require_account()).locale = locale
            of = factories.consultation(session, clock(), ministry, with_draft=False, **more)
            session.commit()
            return Desk(sign_in(replace(actor, locale=locale)), of.slug, of.id, sessions)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def revising(desk: Desk) -> Desk:
    """The same with version 1 published and a revised text under preview."""
    desk.take(MARKDOWN)
    desk.post("publish")
    desk.take(REVISED)
    return desk


def plain(page: str) -> str:
    """What is read on a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


# ------------------------------------------------------------------------------------------------------------ importing


def test_a_text_is_pasted_instead_of_uploaded(desk: Desk) -> None:
    desk.get()
    desk.post("import", pasted=MARKDOWN)
    assert desk.text().draft.clause_count == 6 and desk.text().filename == "pasted.txt"
    desk.post("import", pasted="   ", status=422)


def test_the_text_in_force_is_only_for_amendments(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(draft_kind="partial_amendment")
    assert 'name="in_force"' in desk.get()
    desk.take(REVISED, in_force=(io.BytesIO(MARKDOWN.encode()), "현행.md"))
    page = desk.get()
    assert page.count(" checked") == len(desk.text().draft.clauses) - 1 - len(desk.text().outside_notice)
    assert f'href="{desk.base}alignment"' in page
    assert "art_2__para_2" in desk.get("alignment")
    desk.post("marks", act="differing")
    desk.post("drop")
    desk.post("import", 422, pasted='제2조제2항 중 "문서로"를 "서면으로"로 한다.', sentences="y", version="")
    desk.visitor.post(desk.base + "import", {
        "pasted": '제2조제2항 중 "문서로"를 "서면으로"로 한다.', "sentences": "y",
        "in_force": (io.BytesIO(MARKDOWN.encode()), "현행.md")}, form_at=desk.base)
    assert "서면으로" in (desk.text().draft.by_eid["art_2__para_2"].text_ko or "")
    refused = desk.post("import", status=422, file=(io.BytesIO(REVISED.encode()), "안.md"),
                        in_force=(io.BytesIO(b"%PDF"), "x.pdf"))
    assert 'id="in_force-error"' in refused.get_data(as_text=True)
    assert 'name="in_force"' not in make_desk().get()


# ---------------------------------------------------------------------------------------------------- corrected by hand


def test_a_line_finds_its_place(desk: Desk) -> None:
    desk.take(BROKEN)
    [line] = desk.text().not_placed
    assert "&lt;b&gt;결과&lt;/b&gt;" in desk.get()
    form = desk.get(f"place?line={line.key}")
    assert '<option selected value="subparagraph">' in form and 'value="1."' in form
    refused = desk.post("place", 422, line=line.key, kind="subparagraph", number="1.", text="시험의 결과")
    assert 'id="number-error"' in refused.get_data(as_text=True) and "시험의 결과" in refused.get_data(as_text=True)
    answer = desk.post("place", line=line.key, kind="subparagraph", number="1의2.", text="시험의 결과")
    assert answer.headers["Location"] == desk.base + "#art_2__para_1__subpara_1-2"
    assert desk.text().not_placed == ()
    page = desk.get()
    assert f'action="{desk.base}undo"' in page and "박공고" in page
    desk.visitor.get(f"{desk.base}place?line={line.key}", status=404)
    desk.post("undo", act="last")
    assert len(desk.text().not_placed) == 1
    desk.post("undo", 409, act="all")


def test_lines_are_added_and_set_aside(desk: Desk) -> None:
    desk.take(BROKEN)
    line, key = desk.text().not_placed[0].line, desk.text().not_placed[0].key
    desk.post("lines", 422, act="aside")
    desk.post("lines", act="aside", lines=[str(key)])
    assert [each.line for each in desk.text().set_aside] == [line]
    assert "&lt;b&gt;결과&lt;/b&gt;" in desk.get()
    assert any(f": {words}" in plain(desk.get()) for words in (
        f"Line set aside · line {line}", f"줄 제외 · {line}번째 줄"))
    desk.post("lines", 422, act="take", lines=[str(key), "99999999999", "x"])
    desk.post("undo", act="all")
    desk.post("lines", act="take", lines=[str(key)])
    assert desk.text().not_placed == ()


def test_a_clause_is_corrected(desk: Desk) -> None:
    desk.take(MARKDOWN)
    form = desk.get("clause?at=art_2")
    assert 'value="제2조"' in form and 'value="고지"' in form
    words = {"heading_ko": "알림 <i>의무</i>", "text_ko": "", "heading_en": "Notice", "text_en": ""}
    refused = desk.post("clause", 422, at="art_2", act="save", kind="article", number="제1조", **words)
    assert 'id="number-error"' in refused.get_data(as_text=True)
    assert html.escape(words["heading_ko"]) in refused.get_data(as_text=True)
    answer = desk.post("clause", at="art_2", act="save", kind="article", number="제3조", **words)
    assert answer.headers["Location"] == desk.base + "#art_3"
    assert "알림 &lt;i&gt;의무&lt;/i&gt;" in desk.get()
    assert desk.text().draft.by_eid["art_3"].heading_en == "Notice"
    desk.visitor.get(desk.base + "clause?at=art_2", status=404)
    assert 'name="at"' in desk.get("place?at=art_1&line=0")
    desk.visitor.get(desk.base + "place?at=art_1&line=7", status=404)
    desk.post("place", at="art_1", line="0", kind="paragraph", number="①", text="이 영은")
    desk.post("clause", at="art_1__para_1", act="join", kind="", number="")
    desk.post("place", after="art_3", kind="paragraph", number="④", text="더한 항", heading="")
    desk.post("clause", at="art_3", act="drop", kind="", number="")
    assert "art_3" not in desk.text().draft.by_eid
    assert desk.post("clause", 422, at="art_1", act="drop", kind="", number="") is not None
    desk.post("undo", act="all")
    assert desk.text().draft.by_eid["art_2"].heading_ko == "고지"


def test_a_stale_correction_keeps_what_was_typed(desk: Desk) -> None:
    desk.take(MARKDOWN)
    seen = desk.text().version
    desk.post("clause", at="art_1", act="save", kind="article", number="제1조", heading_ko="목적과 범위")
    answer = desk.post("clause", 409, version=str(seen), at="art_1", act="save", kind="article", number="제1조",
                       heading_ko="늦은 제목")
    page = answer.get_data(as_text=True)
    assert "늦은 제목" in page and f'value="{desk.text().version}"' in page
    # Both stand there, so that nobody overwrites a colleague unseen.
    assert "목적과 범위" in page and "박공고" in page
    assert desk.text().draft.by_eid["art_1"].heading_ko == "목적과 범위"
    desk.post("import", 409, version=str(seen), file=(io.BytesIO(MARKDOWN.encode()), "안.md"))
    desk.post("drop", 409, version=str(seen))
    for path, values in (("lines", {"act": "aside", "lines": ["1"]}), ("undo", {"act": "last"})):
        desk.post(path, 409, version=str(seen), **values)


SECOND = "제1항에 따른 고지는 문서로 한다."


def renumber_and_add(desk: Desk) -> None:
    """A colleague makes ② to ③ and adds another ②."""
    desk.post("clause", at="art_2__para_2", act="save", kind="paragraph", number="③", text_ko=SECOND)
    desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="동료가 넣은 항")


def test_a_stale_correction_follows_its_clause_to_its_new_number(desk: Desk) -> None:
    desk.take(MARKDOWN)
    opened = desk.fields("clause?at=art_2__para_2")
    renumber_and_add(desk)
    page = desk.send("clause", 409, {**opened, "act": "save", "text_ko": "오래 생각한 말"})
    assert "오래 생각한 말" in page and SECOND in page and "동료가 넣은 항" not in form_of(page)
    again = desk.fields_of(page)
    assert again["at"] == "art_2__para_3" and again["text_ko"] == "오래 생각한 말"
    refused = desk.send("clause", 422, {**again, "act": "save"})  # ② is taken by now
    assert 'id="number-error"' in refused and "오래 생각한 말" in refused
    desk.send("clause", 303, {**desk.fields_of(refused), "number": "③", "act": "save"})
    draft = desk.text().draft
    assert draft.by_eid["art_2__para_2"].text_ko == "동료가 넣은 항"
    assert draft.by_eid["art_2__para_3"].text_ko == "오래 생각한 말"


@pytest.mark.parametrize("what", ["left out", "undone", "another file"])
def test_what_was_typed_for_a_clause_that_is_gone_goes_to_no_other(desk: Desk, what: str) -> None:
    desk.take(MARKDOWN)
    if what == "undone":
        desk.post("place", after="art_2__para_2", kind="paragraph", number="③", text="더한 항")
        opened = desk.fields("clause?at=art_2__para_3")
        desk.post("undo", act="last")
        desk.post("place", after="art_2__para_2", kind="paragraph", number="③", text="동료가 넣은 항")
    else:
        opened = desk.fields("clause?at=art_2__para_2")
        if what == "left out":
            desk.post("clause", at="art_2__para_2", act="drop", kind="", number="")
            desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="동료가 넣은 항")
        else:
            desk.take(MARKDOWN.replace(SECOND, "다른 파일의 항"))
    before = desk.text()
    for act in ("save", "join", "drop"):
        page = desk.send("clause", 409, {**opened, "act": act, "text_ko": "오래 생각한 <b>말</b>", "heading_ko": "긴 제목"})
        assert "오래 생각한 &lt;b&gt;말&lt;/b&gt;" in page and "긴 제목" in page and "박공고" in page
        # Nothing on the page can send it again: not for the clause that has the number now, either.
        assert f'action="{desk.base}clause"' not in page and f'href="{desk.base}"' in page
        assert any(words in plain(page) for words in ("no longer in the text", "안에서 없어졌거나", "이제 안에 없습니다"))
    assert desk.text() == before


def test_what_was_typed_stands_there_when_the_whole_text_is_gone(desk: Desk) -> None:
    desk.take(MARKDOWN)
    opened = {path: desk.fields(path) for path in ("clause?at=art_1", "place?after=art_1", "paste")}
    desk.post("drop")
    for path, field in (("clause", "text_ko"), ("place", "text"), ("paste", "pasted")):
        values = next(each for name, each in opened.items() if name.startswith(path))
        assert "오래 생각한 말" in desk.send(path, 404, {**values, field: "오래 생각한 말"})
    desk.take(MARKDOWN)
    page = desk.send("import", 409, {"version": "0", "pasted": "# 붙여 넣은\n긴 안"})
    assert "# 붙여 넣은\n긴 안" in page


def test_a_stale_addition_or_division_follows_its_clause(desk: Desk) -> None:
    desk.take(MARKDOWN.replace(SECOND, SECOND + "\n둘째 줄"))
    whole = desk.text().draft.by_eid["art_2__para_2"].text_ko
    added, divided = desk.fields("place?after=art_2__para_2"), desk.fields("place?at=art_2__para_2&line=1")
    words = {"kind": "paragraph", "number": "⑤", "text": "오래 생각한 말"}
    desk.post("clause", at="art_2__para_2", act="save", kind="paragraph", number="③", text_ko=whole)
    desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="동료가 넣은 항\n그 둘째 줄")
    for opened, name in ((added, "after"), (divided, "at")):
        page = desk.send("place", 409, {**opened, **words})
        again = desk.fields_of(page)
        assert again[name] == "art_2__para_3" and again["text"] == "오래 생각한 말"
        assert "그 둘째 줄" not in form_of(page)
    # Words that are no longer the same are not divided where somebody looked at others.
    desk.post("clause", at="art_2__para_3", act="save", kind="paragraph", number="③", text_ko="가\n나")
    page = desk.send("place", 409, {**divided, **words})
    assert "오래 생각한 말" in page and f'action="{desk.base}place"' not in page
    desk.post("clause", at="art_2__para_3", act="drop", kind="", number="")
    for opened in (added, divided):
        page = desk.send("place", 409, {**opened, **words})
        assert "오래 생각한 말" in page and f'action="{desk.base}place"' not in page
    assert not any("오래 생각한" in (clause.text_ko or "") for clause in desk.text().draft.clauses)


def test_a_stale_place_for_a_line_is_not_one_for_another_file(desk: Desk) -> None:
    desk.take(BROKEN)
    opened = desk.fields(f"place?line={desk.text().not_placed[0].key}")
    desk.post("clause", at="art_1", act="save", kind="article", number="제1조", heading_ko="목적과 범위")
    again = desk.fields_of(desk.send("place", 409, {**opened, "number": "1의2."}))
    assert again["number"] == "1의2." and again["line"] == opened["line"]
    desk.take(BROKEN.replace("<b>결과</b>", "다른 말"))
    page = desk.send("place", 409, {**opened, "number": "1의2.", "text": "오래 생각한 말"})
    assert "오래 생각한 말" in page and f'action="{desk.base}place"' not in page
    assert len(desk.text().not_placed) == 1


def test_stale_english_lines_go_to_no_other_clause(desk: Desk) -> None:
    desk.take(MARKDOWN)
    opened = desk.fields("paste?at=art_2__para_2")
    renumber_and_add(desk)
    again = desk.fields_of(desk.send("paste", 409, {**opened, "pasted": "In writing."}))
    assert again["at"] == "art_2__para_3" and again["pasted"] == "In writing."
    desk.send("paste", 303, again)
    assert desk.text().draft.by_eid["art_2__para_3"].text_en == "In writing."
    desk.post("clause", at="art_2__para_3", act="drop", kind="", number="")
    page = desk.send("paste", 409, {**opened, "pasted": "In writing again."})
    assert "In writing again." in page and f'action="{desk.base}paste"' not in page


def test_a_clause_is_added_behind_everything_below_the_one_before_it(desk: Desk) -> None:
    desk.take(MARKDOWN.replace("**②**", "**③**"))
    page = desk.get("place?after=art_2__para_1")
    # Two places are shown, one on either side of what stands below ①.
    assert page.count("place-mark") == 2
    assert page.index("place-mark") < page.index("시험의 결과") < page.rindex("place-mark")
    assert '<option selected value="paragraph">' in page
    desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="더한 항")
    kept = ["chp_1", "art_1", "art_2", "art_2__para_1", "art_2__para_1__subpara_1", "art_2__para_1__subpara_2"]
    assert [clause.eid for clause in desk.text().draft.clauses] == [*kept, "art_2__para_2", "art_2__para_3", "addenda"]
    desk.post("undo", act="last")
    # One of a lower kind belongs to it; and what stands below passes to the new one where that is said.
    desk.post("place", after="art_2__para_1", kind="subparagraph", number="1의2.", text="더한 호")
    assert "art_2__para_1__subpara_1-2" in desk.text().draft.by_eid
    desk.post("undo", act="last")
    desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="더한 항", takes="y")
    assert {"art_2__para_2__subpara_1", "art_2__para_2__subpara_2"} <= set(desk.text().draft.by_eid)


def test_taking_all_back_costs_no_more_for_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.take(MARKDOWN)
    read: list[int] = []
    whole = portal_json.read_document
    monkeypatch.setattr(portal_json, "read_document", lambda document: (read.append(1), whole(document))[1])
    costs = []
    for times in (2, 9):
        for n in range(times):
            desk.post("clause", at="art_1", act="save", kind="article", number="제1조", heading_ko=f"제목 {n}")
        version = desk.version()
        token = desk.visitor.token(desk.base)
        read.clear()
        desk.post("undo", act="all", version=str(version), csrf_token=token)
        costs.append(len(read))
        assert desk.text().corrections == () and desk.text().draft.by_eid["art_1"].heading_ko == "목적"
    assert costs[0] == costs[1]


def test_english_is_pasted(desk: Desk) -> None:
    desk.take(MARKDOWN)
    assert "(1)" in desk.get("paste") and "제2조" in desk.get("paste?at=art_2")
    refused = desk.post("paste", 422, pasted="Article 1 (Purpose) The purpose.\nArticle 9 (Stray) Nowhere.")
    assert "Article 9 (Stray)" in refused.get_data(as_text=True) and 'id="pasted-error"' in refused.get_data(as_text=True)
    desk.post("paste", pasted="Article 1 (Purpose)\r\nThe purpose.")
    assert "The purpose." in desk.get("?view=both")
    desk.post("paste", at="art_2__para_2", pasted="In writing.")
    assert desk.text().draft.by_eid["art_2__para_2"].text_en == "In writing."
    desk.post("english/drop")
    assert desk.text().draft.by_eid["art_1"].text_en is None


# ------------------------------------------------------------------------------------------------------------ alignment


def pairs(page: str) -> list[tuple[str, str]]:
    return re.findall(r'name="old" value="([^"]*)"><input type="hidden" name="new" value="([^"]*)"', page)


def test_the_alignment_is_walked_through(revising: Desk) -> None:
    desk = revising
    first = desk.get("alignment")
    assert pairs(first) == [("", "art_2__para_2"), ("art_2__para_2", "art_2__para_3")]
    answer = desk.post("alignment", act="confirm", old="", new="art_2__para_2", show="open")
    assert answer.headers["Location"].endswith("draft/alignment?show=open&page=1#p-art_2__para_3.art_2__para_2")
    assert pairs(desk.get("alignment")) == [("art_2__para_2", "art_2__para_3")]
    assert len(pairs(desk.get("alignment?show=changed"))) == 2
    assert len(pairs(desk.get("alignment?show=all"))) == len(desk.text().draft.clauses)
    desk.post("alignment", act="apart", old="art_2__para_2", new="art_2__para_3")
    assert ("art_2__para_2", "") in pairs(desk.get("alignment?show=changed"))
    assert "Article 2 (2) and Article 2 (3) are two clauses" in plain(desk.get("alignment")) or (
        "제2조제2항과 제2조제3항은 서로 다른 조항" in plain(desk.get("alignment")))
    desk.post("alignment", act="undo")
    desk.post("alignment", act="rest")
    assert pairs(desk.get("alignment")) == []
    # Whoever takes it back is told what it was, and that it is one.
    assert any(f": {words}" in plain(desk.get("alignment")) for words in ("Article 2 (3) confirmed", "제2조제3항 확인"))
    desk.post("alignment", 409, act="rest")
    desk.post("alignment", act="undo_all")
    desk.post("alignment", act="rest")
    assert any(f": {words}" in plain(desk.get("alignment")) for words in ("2 changes confirmed", "변경 2건 확인"))
    desk.post("alignment", act="undo")
    assert len(pairs(desk.get("alignment"))) == 2
    for values in ({"act": "nonsense"}, {"act": "apart", "old": "art_1", "new": "art_2"},
                   {"act": "confirm", "old": "art_1", "new": "art_2"}):
        desk.post("alignment", 422, **values)
    desk.post("alignment", 409, act="rest", version="1")
    desk.get("alignment?show=zzz&page=99999")


def test_a_clause_is_paired_otherwise(revising: Desk) -> None:
    desk = revising
    page = desk.get("alignment/pair?new=art_2__para_2")
    assert 'value="art_2__para_2"' in page and 'name="chosen"' in page
    desk.post("alignment/pair", 422, new="art_2__para_2", old="", other="없는 조항")
    refused = desk.post("alignment/pair", 422, new="art_2__para_2", old="", other="제99조")
    assert 'value="제99조"' in refused.get_data(as_text=True)
    desk.post("alignment/pair", new="art_2__para_2", old="", other="제2조제2항", as_well="y")
    assert pairs(desk.get("alignment?show=changed")) == [
        ("art_2__para_2", "art_2__para_2"), ("art_2__para_2", "art_2__para_3")]
    desk.post("alignment", act="undo")
    desk.post("alignment/pair", old="art_2__para_2", new="", chosen="art_2__para_2")
    assert ("", "art_2__para_3") in pairs(desk.get("alignment?show=changed"))
    desk.visitor.get(desk.base + "alignment/pair?new=art_77", status=404)


def test_a_whole_is_paired_with_one_of_its_own_parts(revising: Desk) -> None:
    desk = revising
    for old, new in (("art_2__para_1__subpara_1", "art_2"), ("art_2", "chp_1"), ("art_2", "art_2__para_1"),
                     ("art_2__para_1", "art_2")):
        desk.post("alignment/pair", new=new, old="", chosen=old)
        assert (old, new) in pairs(desk.get("alignment?show=all"))
        desk.post("alignment", act="undo")
    desk.post("alignment/pair", new="art_2", old="", chosen="art_2__para_1")
    desk.post("alignment", act="rest")
    desk.post("publish")
    with desk.sessions() as session:
        assert [version.number for version in queries.versions(session, desk.of)] == [1, 2]


def test_a_stale_pairing_is_of_no_other_clause(revising: Desk) -> None:
    desk = revising
    opened = desk.fields("alignment/pair?new=art_2__para_2")
    desk.post("clause", at="art_2__para_2", act="save", kind="paragraph", number="④", text_ko="고지의 시기는 시험 전으로 한다.")
    desk.post("place", after="art_2__para_1", kind="paragraph", number="②", text="동료가 넣은 항")
    again = desk.fields_of(desk.send("alignment/pair", 409, {**opened, "other": "제2조제1항"}))
    assert (again["new"], again["other"]) == ("art_2__para_4", "제2조제1항")
    desk.post("clause", at="art_2__para_4", act="drop", kind="", number="")
    page = desk.send("alignment/pair", 409, {**opened, "other": "제2조제1항"})
    assert "제2조제1항" in page and f'action="{desk.base}alignment/pair"' not in page


def test_whoever_publishes_is_told_what_is_left_open(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(draft_kind="partial_amendment")
    desk.take(MARKDOWN)
    desk.post("publish")
    desk.take(BROKEN.replace("이 영은", "이 대통령령은"))
    under = [clause.eid for clause in desk.text().draft.clauses if clause.eid != "art_1"]
    assert "draft/#art_1" not in desk.get()
    desk.post("marks", act="save", under=under)
    page = desk.get()
    assert 'draft/#art_1"' in page and page.count('href="' + desk.base + '"') >= 1


def test_nothing_is_published_that_nobody_looked_at(revising: Desk) -> None:
    desk = revising
    assert 'name="rest"' in desk.get()
    refused = desk.post("publish", 422)
    assert 'id="rest-error"' in refused.get_data(as_text=True)
    desk.post("publish", rest="y")
    desk.visitor.get(desk.base + "alignment", status=404)
    with desk.sessions() as session:
        assert [version.number for version in queries.versions(session, desk.of)] == [1, 2]


def test_without_an_earlier_text_there_is_nothing_to_align(desk: Desk) -> None:
    desk.visitor.get(desk.base + "alignment", status=404)
    desk.take(MARKDOWN)
    desk.visitor.get(desk.base + "alignment", status=404)
    assert "draft/alignment" not in desk.get()


def test_a_long_alignment_is_paged_and_costs_few_statements(desk: Desk) -> None:
    for name in ("draft_v1.json", "draft_v2.json"):
        desk.post("import", file=(io.BytesIO((DEMO / name).read_bytes()), name))
        if name == "draft_v1.json":
            desk.post("publish")
    statements: list[str] = []
    engine = desk.visitor.app.extensions["portal.engines"][0]
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    page = desk.get("alignment?show=all&page=2")
    assert len(pairs(page)) == 40 and 'rel="next"' in page and 'rel="prev"' in page
    assert len(statements) < 16


def test_only_publishers_of_the_ministry_come_here(revising: Desk, sessions: sessionmaker[Session], clock: TestClock,
                                                   sign_in: Callable[[Actor], Visitor]) -> None:
    with sessions() as session:
        reviewer = factories.staff(session, clock(), factories.ministry(session, clock()), "reviewer")
        stranger = factories.staff(session, clock(), factories.ministry(session, clock()), "publisher")
        session.commit()
    for path in ("", "clause?at=art_1", "place?after=art_1", "paste", "alignment", "alignment/pair?new=art_1"):
        assert sign_in(reviewer).client.get(
            revising.base + path, base_url=revising.visitor.settings.base_url).status_code == 403
        assert sign_in(stranger).client.get(
            revising.base + path, base_url=revising.visitor.settings.base_url).status_code in (403, 404)
