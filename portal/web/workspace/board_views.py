"""Where to begin: the list of everything that waits, and the board of one consultation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from portal.kernel.i18n import Message, as_deadline, msg, nmsg
from portal.kernel.permissions import SIGNED_IN
from portal.kernel.text import lead_words
from portal.organisations import queries as organisations
from portal.responses import filer_results
from portal.submissions import law_text, queries
from portal.submissions.filing import outside_notice
from portal.submissions.law_text import LawText
from portal.submissions.queries import DeskSummary, Written
from portal.submissions.standing import Standing, standing
from portal.web.access import Context
from portal.web.local_paths import local_path
from portal.web.results import Page, Redirect, page
from portal.web.workspace import clause_search
from portal.web.workspace.area import area
from portal.web.workspace.clause_pane import label, lead
from portal.web.workspace.place import Place, deadline_words, desk_view

_PAST_PER_PAGE = 20
_LEAD = 90


@dataclass(frozen=True)
class Line:
    """One consultation of one organisation in the list: what to do there next. `not_received`: something was written
    that was not filed before the end of the period."""

    summary: DeskSummary
    href: str
    phase: str
    deadline: Message
    next: Message
    next_href: str
    state: str
    results: int
    not_received: bool


@area.view("/", SIGNED_IN)
def overview(c: Context) -> Page | Redirect:
    """My organisations' submissions and open consultations: what to do next, by when. Without an organisation: the ways
    to one, and from there to the page that was asked for."""
    mine = c.actor.member_roles
    following = local_path(request.args.get("next"))
    if not mine:
        return page("workspace/no_organisation.html", following=following, is_staff=c.actor.is_staff,
                    requests=organisations.requests_of(c.session, c.actor.require_account()))
    if following.startswith("/workspace/"):
        return Redirect(following)  # what was missing when it was asked for is there now
    before = request.args.get("before", "")
    below = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    current = [] if below is not None else queries.current_desks(c.session, mine, now=c.now)
    past = queries.past_desks(c.session, mine, now=c.now, before=below, most=_PAST_PER_PAGE + 1)
    more, past = len(past) > _PAST_PER_PAGE, past[:_PAST_PER_PAGE]
    results = filer_results.counts(
        c.session, [s.desk.submission_id for s in (*current, *past) if s.desk.submission_id is not None])
    older = f"/workspace/?before={past[-1].desk.submission_id}" if more else None
    return page(
        "workspace/overview.html", several=len(mine) > 1, newest_url="/workspace/" if below is not None else None,
        current=[_line(c, summary, results) for summary in current],
        past=[_line(c, summary, results) for summary in past], older_url=older)


def _line(c: Context, summary: DeskSummary, results: Mapping[int, int]) -> Line:
    desk = summary.desk
    query = f"?as={desk.organisation_id}" if len(c.actor.member_roles) > 1 else ""
    if desk.named_period is not None:
        query += ("&" if query else "?") + f"period={desk.named_period}"
    base = f"/workspace/{desk.slug}/"
    answered = results.get(desk.submission_id or 0, 0)
    state, words, path = _next(c, summary, answered)
    return Line(summary, base + query, desk.phase(c.now), deadline_words(desk, c), words, base + path + query, state,
                answered, desk.is_over(c.now) and (
                    summary.changed if desk.current_filing_id is not None else summary.comments > 0))


def _next(c: Context, summary: DeskSummary, answered: int) -> tuple[str, Message, str]:
    """The state of a desk, what to do there, and where."""
    desk = summary.desk
    closed = desk.is_over(c.now)
    if desk.is_filed and summary.changed and not closed:
        return "changed", msg("Changed since it was filed: look through it and file again"), "review"
    if answered:
        return "results", nmsg("%(num)s comment has a result: read it", "%(num)s comments have a result: read them",
                               answered), "results"
    if desk.is_filed and summary.filed_at is not None:
        filing = f"filings/{desk.filing_count}"
        if closed:
            return "filed", msg("Filed on %(when)s; the ministry is preparing its responses",
                                when=summary.filed_at), filing
        return "filed", msg("Filed on %(when)s; you can still correct it", when=summary.filed_at), filing
    if desk.withdrawn_at is not None:
        return "withdrawn", msg("Withdrawn on %(when)s", when=desk.withdrawn_at), ""
    if closed:
        return "not_filed", msg("Nothing was filed before the deadline"), ""
    if summary.comments:
        return "writing", nmsg("%(num)s comment is being written: review and file by %(deadline)s",
                               "%(num)s comments are being written: review and file by %(deadline)s", summary.comments,
                               deadline=as_deadline(desk.closes_at)), "review"
    return "none", msg("Open the draft and write the first comment"), ""


# ---------------------------------------------------------------------------------------------------------- the board


@dataclass(frozen=True)
class MyComment:
    """One of my comments in a list. `state`: writing, ready, filed, changed (since it was filed); after the end of the
    period also not_filed, change_not_filed (something was filed, the change was not), and withdrawn (it was filed
    as it stands here, and then withdrawn)."""

    id: int
    href: str
    address: str
    heading: str
    position: str | None
    form: str | None
    lead: str
    language: str
    state: str
    problems: int
    updated_at: Any
    updated_by: str
    standing: Standing


@dataclass(frozen=True)
class BoardClause:
    """A clause on the board with what I wrote on it. `address` is its number with those of the clauses above it."""

    eid: str
    kind: str
    label: str
    address: str
    heading: str
    words: str
    language: str
    depth: int
    takes_comments: bool
    outside_notice: bool
    comments: Sequence[MyComment]


@desk_view("")
def board(c: Context, place: Place) -> Page:
    """The clauses of the draft and what I have written on each; my comments in the order of the law; what is left."""
    desk = place.desk
    law = law_text.newest(c.session, desk.consultation_id)
    written: list[Written] = []
    digests: Mapping[Any, str] = {}
    filings: Sequence[queries.FilingFacts] = ()
    if desk.submission_id is not None:
        written = queries.written_comments(c.session, desk.submission_id, removed=True)
        filings = queries.filings(c.session, desk.submission_id)
        # What is withdrawn can be filed again while the period is open; once it is over, it was filed all the same.
        if desk.current_filing_id is not None and (desk.is_filed or desk.is_over(c.now)):
            digests = queries.filed_digests(c.session, desk.current_filing_id)
    comments = [(item, _mine(c, place, item, digests, law)) for item in written if item.removed_at is None]
    by_clause: dict[str, list[MyComment]] = {}
    for item, shown in comments:
        by_clause.setdefault(law_text.base_eid(item.clause_eid), []).append(shown)
    query, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    clauses = [] if law is None else _clauses(law, desk.scope, query, state, by_clause, c.locale)
    states = Counter(shown.state for _, shown in comments)
    return page(
        "workspace/board.html", place=place, law=law, clauses=clauses, query=query, state=state,
        total=0 if law is None else len(law.clauses), comments=[shown for _, shown in comments],
        whole=by_clause.get(law_text.WHOLE_DRAFT, []),
        removed=[_mine(c, place, item, {}, law) for item in written if item.removed_at is not None], states=states,
        unfiled=len(comments) - states["filed"] - states["withdrawn"], over=desk.is_over(c.now), filings=filings,
        gone=len(set(digests) - {item.uid for item, _ in comments}))


def _mine(c: Context, place: Place, item: Written, digests: Mapping[Any, str], newest: LawText | None) -> MyComment:
    given = item.input
    problems = len(item.problems)
    filed = digests.get(item.uid)
    if filed is not None:
        state = "filed" if filed == item.digest else "changed"
    else:
        state = "writing" if problems else "ready"
    if place.desk.is_over(c.now):
        as_filed = "filed" if place.desk.withdrawn_at is None else "withdrawn"
        state = {"changed": "change_not_filed", "filed": as_filed}.get(state, "not_filed")
    return MyComment(
        item.id, place.url(f"comments/{item.id}"), item.address(c.locale), lead(item.law, item.clause_eid, c.locale),
        given.position, given.proposal_form, lead_words(given.reason or given.proposal_text, _LEAD), given.language,
        state, problems, item.updated_at, item.updated_by,
        standing(item.law, item.clause_eid, newest))


def _clauses(law: LawText, scope: Sequence[str] | None, query: str, state: str, mine: Mapping[str, list[MyComment]],
             locale: str) -> list[BoardClause]:
    rows = []
    for clause in clause_search.found(law, query):
        comments = mine.get(clause.eid, [])
        if (state == "none" and comments) or (state == "writing" and not comments):
            continue
        heading = clause.heading(locale) or ""
        rows.append(BoardClause(
            clause.eid, clause.kind, label(clause, locale), clause.spoken(locale), heading,
            lead_words(clause.text(locale), _LEAD) if clause.text(locale) else "", clause.language(locale),
            _DEPTH.get(clause.kind, 0), clause.takes_comments, outside_notice(clause, scope), comments))
    return rows


_DEPTH = {"paragraph": 1, "subparagraph": 2, "item": 3, "subitem": 4}
