"""Where in the workspace a page stands: which consultation, for which organisation, in which comment period.

All of it is in the address, so that every page can be bookmarked and opened in two tabs for two organisations:
`/workspace/<slug>/…?as=<organisation>&period=<number>`, the query only where there is something to choose. Once a
second comment period has opened, every address names its period; one without is of before, or leads to the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import request

from portal.kernel.errors import NotFoundError, PortalError, RefusedError
from portal.kernel.i18n import Message, as_deadline, msg, nmsg
from portal.kernel.permissions import MEMBER
from portal.kernel.policy import Decision
from portal.submissions import policies, queries
from portal.submissions.queries import Desk
from portal.web.access import Context
from portal.web.results import Page, Result, page
from portal.web.workspace.area import area


@dataclass(frozen=True)
class Place:
    """A page's place, with what may be done there now."""

    desk: Desk
    phase: str
    deadline_words: Message
    writing: Decision
    filing: Decision
    withdrawing: Decision
    several_organisations: bool

    def url(self, path: str = "", **query: Any) -> str:
        """The address of a page of this desk: `url("review")`, `url("comments/7", saved=1)`; with `period`: of the same
        organisation's desk in another comment period."""
        query = {**query, **{name: value for name, value in self.hidden.items() if name not in query}}
        return f"/workspace/{self.desk.slug}/{path}" + (f"?{urlencode(query)}" if query else "")

    @property
    def hidden(self) -> dict[str, Any]:
        """What a GET form has to carry on."""
        kept: dict[str, Any] = {}
        if self.several_organisations:
            kept["as"] = self.desk.organisation_id
        if self.desk.named_period is not None:
            kept["period"] = self.desk.named_period
        return kept


def desk_view(rule: str, *, methods: tuple[str, ...] = ("GET",),
              of_filings: bool = False) -> Callable[[Callable[..., Result]], Any]:
    """Declare a view of a desk: it gets the place that the address names. Whoever belongs to several organisations and
    has not said for which one the page is, is asked first. A page that is `of_filings` leads, where the address names
    no period, to the newest in which there is such a filing, and asks where a receipt may be one of several."""

    def declare(view: Callable[..., Result]) -> Callable[..., Result]:
        @area.view(f"/<slug>/{rule}", MEMBER, methods=methods, endpoint=view.__name__)
        @wraps(view)
        def call(c: Context, slug: str, **more: Any) -> Result:
            if "comment_id" in more:
                desk = queries.desk_of_comment(c.session, slug, more["comment_id"], c.actor.member_roles, now=c.now)
            else:
                organisation_id = _organisation(c)
                if organisation_id is None:
                    return _choose(c, slug)
                period = _number("period")
                filing = int(more.get("number", 1)) if of_filings and period is None else 0
                desk = queries.desk(c.session, slug, organisation_id, now=c.now, period=period, filing=filing)
                if "number" in more and period is None and len(desk.filed_with(filing)) > 1:
                    return _choose_filing(c, desk, filing)
            place = _place(c, desk)
            try:
                return view(c, place, **more)
            except PortalError as error:
                error.ways = error.ways or ((place.url(), msg("To the board")),)
                raise

        return view

    return declare


def _organisation(c: Context) -> int | None:
    """The organisation that the address names, or the only one there is."""
    asked = _number("as")
    if asked is not None:
        policies.require_member(c.actor, asked)
        return asked
    if len(c.actor.member_roles) == 1:
        return next(iter(c.actor.member_roles))
    return None


def _number(name: str) -> int | None:
    raw = request.args.get(name)
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 19):
        raise NotFoundError(msg("This address names nothing that exists."))
    return int(raw)


def _choose(c: Context, slug: str) -> Page:
    if request.method != "GET":
        raise RefusedError(msg("It is not clear for which organisation this was meant."),
                           what_next=msg("Open “My work” and choose the organisation first."),
                           ways=(("/workspace/", msg("My work")),))
    rows = queries.organisations(c.session, c.actor.member_roles)
    query = {name: value for name, value in request.args.items() if name != "as"}
    return page("workspace/choose.html", options=[
        {"href": f"{request.path}?{urlencode({**query, 'as': row.id})}", "kind": row.kind, "name": row.name(c.locale)}
        for row in rows])


def _choose_filing(c: Context, desk: Desk, number: int) -> Page:
    """Which of the filings of this number is meant, each in a period of its own: none is opened in another's place."""
    options = []
    for period in desk.filed_with(number):
        there = queries.desk(c.session, desk.slug, desk.organisation_id, now=c.now, period=period)
        options.append({
            "href": f"{request.path}?{urlencode({**request.args, 'as': desk.organisation_id, 'period': period})}",
            "period": period, "filing": queries.filing(c.session, there.submission_id or 0, number)})
    return page("workspace/choose_filing.html", title=desk.title(c.locale), number=number, options=options)


def _place(c: Context, desk: Desk) -> Place:
    actor, organisation = c.actor, desk.organisation_id
    begun = desk.begun_at or c.now
    return Place(
        desk=desk, phase=desk.phase(c.now), deadline_words=deadline_words(desk, c),
        writing=policies.can_write(actor, organisation, desk.timing, c.now),
        filing=policies.can_file(actor, organisation, desk.timing, begun, c.entered_at),
        withdrawing=policies.can_withdraw(actor, organisation, desk.timing, c.entered_at),
        several_organisations=len(actor.member_roles) > 1)


def deadline_words(desk: Desk, c: Context) -> Message:
    """Until when, or since when, as half a sentence behind the word for the phase."""
    if c.now < desk.opens_at:
        return msg("submissions are taken from %(when)s", when=desk.opens_at)
    left = desk.days_left(c.now)
    if left is None:
        return msg("the comment period ended on %(when)s", when=as_deadline(desk.closes_at))
    if left == 0:
        return msg("until %(when)s: today is the last day", when=as_deadline(desk.closes_at))
    return nmsg("until %(when)s, %(num)s day left", "until %(when)s, %(num)s days left", left,
                when=as_deadline(desk.closes_at))
