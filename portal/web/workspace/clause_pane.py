"""What an editor or a list shows of the clause that a comment stands at: its parents' opening words, its own text with
what stands below it, in both languages. Only makes plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from portal.drafts.queries import ClauseFacts
from portal.ordinances import addresses
from portal.ordinances.clauses import HEADINGS
from portal.submissions.filing import outside_notice
from portal.submissions.law_text import AFTER, WHOLE_DRAFT, LawText, spoken

_MOST_BELOW: Final = 60
#: Kinds whose number hangs to the left of their words.
_HANGING: Final = {"paragraph": 0, "subparagraph": 1, "item": 2, "subitem": 3}


@dataclass(frozen=True)
class ClausePane:
    """The clause (of a place behind a clause: that clause) in the languages that it has; empty for the whole draft."""

    address: str
    heading: str
    after: bool
    whole_draft: bool
    deleted: bool
    outside_notice: bool
    public_path: str
    parents: Sequence[dict[str, str]]
    languages: Sequence[dict[str, Any]]
    more_below: int


def clause_pane(law: LawText, eid: str, slug: str, locale: str, scope: Sequence[str] | None) -> ClausePane:
    """The pane for an address that this text has. `scope`: the clauses that the comment period is about, if not all."""
    clause = law.clause(eid)
    public = f"/c/{slug}/v{law.number}/"
    if eid == WHOLE_DRAFT or clause is None:
        return ClausePane(spoken(eid, locale), "", False, True, False, False, public, (), (), 0)
    below = law.below(eid)
    if clause.kind in HEADINGS:
        below = tuple(each for each in below if each.kind in HEADINGS or each.kind == "article")
    # Of the clause before a new one its end is what matters.
    shown = below[-1:] if eid.startswith(AFTER) else below[:_MOST_BELOW]
    parents = [{"label": label(parent, locale), "href": public + parent.path, "text": _opening(parent, locale)}
               for parent in law.ancestors(eid)]
    order = ("en", "ko") if locale == "en" else ("ko", "en")
    languages = [{"code": code, "rows": [_row(each, clause, code) for each in (clause, *shown)]}
                 for code in order if code == "ko" or _has_english((clause, *shown))]
    return ClausePane(
        spoken(eid, locale), clause.heading(locale) or "", eid.startswith(AFTER), False, not clause.takes_comments,
        outside_notice(clause, scope), public + clause.path, parents, languages, len(below) - len(shown))


def label(clause: ClauseFacts, locale: str) -> str:
    """The number of a clause as it is printed in the reader's language."""
    if locale == "en":
        return clause.label_en or addresses.parse(clause.eid).english_label
    return clause.label


def _row(each: ClauseFacts, top: ClauseFacts, language: str) -> dict[str, Any]:
    heading = each.heading_en if language == "en" else each.heading_ko
    words = each.text_en if language == "en" else each.text_ko
    start = _HANGING.get(top.kind, 0)
    return {"eid": each.eid, "kind": each.kind, "label": label(each, language), "heading": heading or "",
            "text": words or "", "depth": max(0, _HANGING.get(each.kind, 0) - start), "current": each is top}


def _has_english(clauses: Sequence[ClauseFacts]) -> bool:
    return any(clause.text_en or clause.heading_en for clause in clauses)


def _opening(clause: ClauseFacts, locale: str) -> str:
    heading = clause.heading(locale) or ""
    words = clause.text(locale)
    return f"({heading}) {words}".strip() if heading and clause.kind == "article" else heading or words


def lead(law: LawText, eid: str, locale: str) -> str:
    """The heading of the article that an address lies in, else the clause's first words: what tells it in a list. Of a
    place behind a clause nothing: what would stand there has no name yet."""
    clause = law.clause(eid)
    if clause is None or eid.startswith(AFTER):
        return ""
    for each in (clause, *reversed(law.ancestors(eid))):
        if each.kind == "article" and (heading := each.heading(locale)):
            return heading
    return clause.heading(locale) or clause.text(locale)
