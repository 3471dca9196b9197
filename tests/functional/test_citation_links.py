"""What a draft cites of itself are links to the clauses that it means, wherever its words are read."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session, sessionmaker

from portal.drafts import services as drafts
from portal.kernel.templating import linked
from portal.ordinances.clauses import Clause, Draft, Kind
from portal.publication import services
from portal.publication.citations import Citations
from tests import factories
from tests.conftest import TestClock
from tests.support.client import Visitor
from tests.unit.drafts.texts import MARKDOWN

CITING = MARKDOWN.replace("제1항에 따른 고지는 문서로 한다.", "제1항제2호 및 같은 항 제1호, 제1조 <b>및 이 영에 따른 고지는 "
                          "「시험법」 제3조와 법 제4조, 제9조에 따른다.")
REVISED = CITING.replace("제1항제2호 및", "제2조제1항제1호 및").replace("이 영은 공포한 날부터", "제2조는 공포한 날부터")
ENGLISH = {"title": "Enforcement Decree of the Testing Act", "chapters": {}, "provisions": {
    "art_2__para_2": {"heading": None, "text": "The notice under paragraph (1) 2 and Article 1 follows Article 3 of the "
                                               "Consumer Act."}}}
_LINK = re.compile(r'<a class="reference" href="([^"]+)" title="([^"]+)">([^<]+)</a>')


@dataclass(frozen=True)
class Published:
    slug: str
    amendment: str


@pytest.fixture(scope="module")
def published(sessions: sessionmaker[Session], clock: TestClock) -> Published:
    """Two versions of a text that cites, the second in English, too; and a partial amendment."""
    with sessions() as session:
        ministry = factories.ministry(session, clock())
        publisher = factories.staff(session, clock(), ministry, "publisher")
        of = factories.consultation(session, clock(), ministry, with_draft=False)
        for words in (CITING, REVISED):
            drafts.import_draft(session, publisher, of.id, filename="안.md", data=words.encode(), now=clock(),
                                english=json.dumps(ENGLISH).encode(), english_filename="en.json")
            drafts.publish_version(session, publisher, of.id, rest_as_proposed=True, now=clock())
        other = factories.consultation(session, clock(), ministry, with_draft=False, draft_kind="partial_amendment")
        drafts.import_draft(session, publisher, other.id, filename="안.md", data=REVISED.encode(), now=clock(),
                            in_force=CITING.encode(), in_force_filename="현행.md")
        drafts.publish_version(session, publisher, other.id, rest_as_proposed=True, now=clock())
        for each in (of, other):
            services.build(session, each.id, clock())
        session.commit()
        return Published(of.slug, other.slug)


def links(visitor: Visitor, path: str) -> list[tuple[str, str, str]]:
    page = visitor.get(path).get_data(as_text=True)
    assert "<b>및" not in page
    return [(html.unescape(href), name, words) for href, name, words in _LINK.findall(page)]


@pytest.mark.parametrize("page", ["v1/", "v1/beside", "v1/a/2", "v1/a/2/2"])
def test_korean_words_lead_to_the_clauses(visitor: Visitor, published: Published, page: str) -> None:
    base = f"/c/{published.slug}/v1/"
    found = links(visitor, f"/c/{published.slug}/{page}")
    own = [(f"{base}a/2/1/2", "제2조제1항제2호", "제1항제2호"), (f"{base}a/2/1/1", "제2조제1항제1호", "같은 항 제1호"),
           (f"{base}a/1", "제1조", "제1조")]
    assert found[:3] == own
    # Neither another law's clause, nor one that there is not, nor the text itself.
    assert not any("시험법" in words or "제4조" in words or "제9조" in words or "이 영" in words for *_, words in found)
    for href, *_ in found:
        visitor.get(href)


def test_english_words_lead_to_the_clauses_in_english(visitor: Visitor, published: Published) -> None:
    base = f"/c/{published.slug}/v1/"
    expected = [(f"{base}a/2/1/2?lang=en", "paragraph (1) 2"), (f"{base}a/1?lang=en", "Article 1")]
    for page in ("?lang=en", "a/2/2?lang=en", "beside?lang=en"):
        found = [(href, words) for href, _, words in links(visitor, base + page) if "제" not in words]
        assert found[:2] == expected, page
    assert "title=\"Article 2 (1) 2\"" in visitor.get(base + "a/2/2?lang=en").get_data(as_text=True)


def test_beside_another_version_old_words_lead_to_the_old_one(visitor: Visitor, published: Published) -> None:
    base = f"/c/{published.slug}/"
    for view in ("compare/v1/v2", "compare/v1/v2/text", "v2/a/2/2"):
        found = {(href, words) for href, _, words in links(visitor, base + view)}
        assert (f"{base}v1/a/2/1/2", "제1항제2호") in found, view
        assert (f"{base}v2/a/2/1/1", "제2조제1항제1호") in found, view
    # The number that a line of the table begins with is the clause's own.
    assert not re.search(r'<p class="old-new__line[^"]*">(<(ins|del)>)?<a', visitor.get(
        base + "compare/v1/v2").get_data(as_text=True))
    # What both say is said of the newer text where it stands once, and of each where it stands twice.
    once = {href for href, _, words in links(visitor, base + "compare/v1/v2/text") if words == "제1조"}
    twice = {href for href, _, words in links(visitor, base + "compare/v1/v2") if words == "제1조"}
    assert once == {f"{base}v2/a/1"} and twice == {f"{base}v1/a/1", f"{base}v2/a/1"}


def test_the_text_in_force_has_no_pages_to_lead_to(visitor: Visitor, published: Published) -> None:
    found = links(visitor, f"/c/{published.amendment}/compare/in-force/v1")
    assert found and all(href.startswith(f"/c/{published.amendment}/v1/") for href, *_ in found)


def test_a_range_leads_to_its_first_clause_and_names_the_last() -> None:
    draft = Draft((*(Clause(f"art_{n}", Kind.ARTICLE, f"제{n}조", text_ko="말") for n in range(1, 5)),))
    found = Citations(3, draft)
    assert found.links("art_1", "제2조부터 제4조까지와 이 조", "ko") == [[0, 11, "v3/a/2", "제2조 – 제4조"]]
    # A citation that is cut by a change is no link; one that is not stands in its own piece.
    assert found.of_pieces("art_1", ["제", "2조와 ", "제3조"], "ko") == [[], [], [[0, 3, "v3/a/3", "제3조"]]]
    assert found.of_pieces("art_1", ["제", "2조"], "ko") == []


def test_everything_but_the_links_is_escaped() -> None:
    made = linked('<i>&제1조"</i>', [(4, 7, 'v1/a/1"', "<제1조>")], "/c/x/")
    assert made == ('&lt;i&gt;&amp;<a class="reference" href="/c/x/v1/a/1&#34;" title="&lt;제1조&gt;">제1조</a>&#34;'
                    "&lt;/i&gt;")
    assert linked("a<b", [], "/") == "a&lt;b"
