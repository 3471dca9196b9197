"""What the machine proposes for a consultation: its analyses, and lists of what they found. It decides nothing: every
segment stays where it is until a person accepts something."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from flask import request

from portal.kernel.errors import ConflictError, InvalidError, PortalError, StateError
from portal.kernel.i18n import Message, msg, nmsg, translate
from portal.kernel.permissions import REVIEWER, STAFF
from portal.responses import queries as responses
from portal.review import clause_index, code_list, policies, search, services
from portal.review import queries as review
from portal.review.clause_index import ClauseIndex, unit
from portal.review.desk import Desk
from portal.submissions.law_text import spoken
from portal.suggestions import proposals, queries, runs
from portal.suggestions.queries import Run, SharedWords
from portal.web.access import Context
from portal.web.results import Bytes, Page, Redirect, page
from portal.web.review import suggested
from portal.web.review.area import area, desk, edge, number, numbers, written

#: So many shared passages, dismissed suggestions and clusters with fitting segments stand on the first page.
_FOLDED: Final = 10
#: So many of the segments that share a passage are named.
NAMED: Final = 6


def versions(posted: Collection[str]) -> dict[int, int]:
    """What a form says of the versions that its page showed: `<id>-<version>`."""
    found = {}
    for each in posted:
        of, _, version = each.partition("-")
        if (one := number(of)) is not None and (its := number(version)) is not None:
            found[one] = its
    return found


@area.view("/<slug>/suggestions/", STAFF)
def suggestions(c: Context, slug: str) -> Page:
    """Everything that is proposed. A constant number of statements."""
    return suggestions_page(c, desk(c, slug))


def suggestions_page(c: Context, of: Desk, *, problem: PortalError | None = None,
                     chosen: Collection[int] = ()) -> Page:
    """The page of suggestions; with what went wrong, and what was chosen, where an act did not succeed."""
    clauses = clause_index.index(c.session, of.id)
    counts = queries.counts(c.session, of.id)
    clause = request.args.get("clause", "")
    units = _units(c, of, clauses) if counts.proposals.get("open") else []
    clause = clause if clause in units else ""
    sort = "law" if request.args.get("sort") == "law" else "size"
    cards = queries.proposals(c.session, of.id, sort=sort, after=edge(request.args.get("after")),
                              clauses=clauses.below(clause) if clause else ())
    campaigns = queries.campaigns(c.session, of.id)
    fitting = queries.fitting(c.session, of.id, size=_FOLDED)
    passages = queries.shared_passages(c.session, of.id, size=_FOLDED)
    base = f"{of.url}suggestions/"
    kept = "".join([f"&clause={clause}" if clause else "", "&sort=law" if sort == "law" else ""])
    said = [quote.segment_id for card in cards.items for quote in card.quotes]
    shared = [each for passage in passages.items for each in passage.segment_ids[:NAMED]]
    return page(
        "review/suggestions.html", status=200 if problem is None else problem.status, desk=of, base=base,
        run=run_shown(queries.runs(c.session, of.id)), on=c.portal.settings.analysis, counts=counts,
        triage=policies.can_triage(c.actor, of), cards=cards, campaigns=campaigns, fitting=fitting, passages=passages,
        answers=responses.of_clusters(c.session, [each.id for each in fitting.items]),
        whose=queries.whose(c.session, of.id, [*said, *shared]), place=spoken, named=NAMED, clause=clause,
        units=[(each, spoken(each, c.locale)) for each in units], sort=sort, kept=kept, problem=problem, chosen=chosen,
        first_url=f"{base}?{kept.removeprefix('&')}#clusters" if request.args.get("after") else None,
        next_url=f"{base}?after={written(cards.next)}{kept}#clusters" if cards.next else None)


def _units(c: Context, of: Desk, clauses: ClauseIndex) -> list[str]:
    """The articles about which something is proposed, in the order of the law."""
    found = {unit(each.eid) for each in queries.places(c.session, of.id)}
    return sorted(found, key=lambda each: (clauses.order(each), each))


@area.view("/<slug>/suggestions/campaigns/", STAFF)
def open_campaigns(c: Context, slug: str) -> Page:
    """All open campaigns."""
    of = desk(c, slug)
    base = f"{of.url}suggestions/campaigns/"
    found = queries.campaigns(c.session, of.id, after=edge(request.args.get("after")))
    return page("review/suggestions_campaigns.html", desk=of, base=f"{of.url}suggestions/", found=found, place=spoken,
                first_url=base if request.args.get("after") else None,
                next_url=f"{base}?after={written(found.next)}" if found.next else None)


@area.view("/<slug>/suggestions/passages", STAFF)
def shared_passages(c: Context, slug: str) -> Page:
    """All passages that stand word for word in several segments."""
    of = desk(c, slug)
    base = f"{of.url}suggestions/passages"
    found = queries.shared_passages(c.session, of.id, after=edge(request.args.get("after")))
    ids = [each for passage in found.items for each in _of(passage)]
    return page("review/suggestions_passages.html", desk=of, found=found, place=spoken, named=NAMED,
                whose=queries.whose(c.session, of.id, ids), first_url=base if request.args.get("after") else None,
                next_url=f"{base}?after={written(found.next)}" if found.next else None)


def _of(passage: SharedWords) -> tuple[int, ...]:
    return passage.segment_ids[:NAMED]


@area.view("/<slug>/suggestions/dismissed", STAFF)
def dismissed_suggestions(c: Context, slug: str) -> Page:
    """What was dismissed, and can be taken up again."""
    of = desk(c, slug)
    base = f"{of.url}suggestions/dismissed"
    found = queries.proposals(c.session, of.id, state="dismissed", after=edge(request.args.get("after")))
    letters = queries.campaigns(c.session, of.id, state="dismissed", after=edge(request.args.get("campaigns")))
    return page("review/suggestions_dismissed.html", desk=of, base=f"{of.url}suggestions/", cards=found,
                campaigns=letters, place=spoken, triage=policies.can_triage(c.actor, of),
                first_url=base if request.args else None,
                next_url=f"{base}?after={written(found.next)}" if found.next else None,
                next_campaigns=f"{base}?campaigns={written(letters.next)}#campaigns" if letters.next else None)


# ---------------------------------------------------------------------------------------------- addresses of acts


@area.view("/<slug>/suggestions/<any(runs, merge):act>", STAFF)
def instead_of_an_act(c: Context, slug: str, act: str) -> Redirect:
    """The address of an act, opened: the browser stands there after a refused one, and is led back to the page."""
    return Redirect(f"{desk(c, slug).url}suggestions/")


@area.view("/<slug>/suggestions/runs/<int:run_id>/cancel", STAFF)
def instead_of_cancelling(c: Context, slug: str, run_id: int) -> Redirect:
    """The same of cancelling an analysis."""
    return Redirect(f"{desk(c, slug).url}suggestions/")


@area.view("/<slug>/suggestions/<any(proposals, campaigns):kind>/<int:suggestion_id>/"
           "<any(accept, dismiss, reopen, titles, segments, keep):act>", STAFF)
def instead_of_an_act_on_one(c: Context, slug: str, kind: str, suggestion_id: int, act: str) -> Redirect:
    """The same of one proposal or campaign."""
    return Redirect(f"{desk(c, slug).url}suggestions/{kind}/{suggestion_id}")


# -------------------------------------------------------------------------------------------------------------- runs


def run_shown(of: queries.Runs) -> dict[str, Any]:
    """The runs as the page tells of them."""
    run = of.under_way
    return {
        "under_way": run, "last": of.last, "last_good": of.last_good, "regrouping": of.regrouping,
        "stage": None if run is None else runs.STAGES.get(run.stage, runs.STAGES[""]),
        "percent": None if run is None or run.state == "waiting" else int(run.share * 100),
        "problem": None if of.last is None or of.last.state != "failed" else runs.PROBLEMS.get(
            of.last.problem, runs.PROBLEMS["error"]),
        "figures": [] if of.last_good is None else figures(of.last_good)}


def figures(run: Run) -> list[Message]:
    """What a run found, in words."""
    n = {name: value if isinstance(value, int) else 0 for name, value in run.figures.items()}
    found = [nmsg("%(n)s segment read", "%(n)s segments read", n.get("segments", 0))]
    if run.kind == "regrouping":
        return [*found, nmsg("%(n)s segment would move", "%(n)s segments would move", n.get("moves", 0))]
    found.append(nmsg("%(n)s campaign", "%(n)s campaigns", n.get("campaigns", 0)))
    found.append(nmsg("%(n)s cluster proposed", "%(n)s clusters proposed", n.get("proposals", 0)))
    if n.get("clusters"):
        found.append(nmsg("%(n)s segment fits a cluster", "%(n)s segments fit a cluster", n.get("fitting", 0)))
    if n.get("tagged"):
        found.append(nmsg("tags for %(n)s segment", "tags for %(n)s segments", n["tagged"]))
    return found


@area.view("/<slug>/suggestions/runs", REVIEWER, methods=("POST",))
def ask_for_analysis(c: Context, slug: str) -> Page | Redirect:
    """Ask for an analysis."""
    of = desk(c, slug)
    if not c.portal.settings.analysis:
        raise StateError(msg("The analysis is switched off on this installation."))
    try:
        runs.ask(c.session, c.actor, of.id, "regrouping" if request.form.get("kind") == "regrouping" else "grouping",
                 now=c.now)
    except StateError as error:
        return suggestions_page(c, of, problem=error)
    return Redirect(f"{of.url}suggestions/", notice=msg("The analysis was asked for. You can leave this page."))


@area.view("/<slug>/suggestions/runs/<int:run_id>/cancel", REVIEWER, methods=("POST",))
def cancel_analysis(c: Context, slug: str, run_id: int) -> Page | Redirect:
    """Cancel an analysis."""
    of = desk(c, slug)
    try:
        runs.cancel(c.session, c.actor, of.id, run_id, now=c.now)
    except StateError as error:
        return suggestions_page(c, of, problem=error)
    return Redirect(f"{of.url}suggestions/",
                    notice=msg("The analysis ends at its next step. What stood before is unchanged."))


@area.view("/<slug>/suggestions/runs/<int:run_id>", STAFF)
def analysis_progress(c: Context, slug: str, run_id: int) -> Bytes:
    """How far an analysis is, for the script of the page: {"under_way", "percent", "stage"}."""
    of = desk(c, slug)
    run = queries.run(c.session, of.id, run_id)
    told = {"under_way": run.under_way, "percent": None if run.state == "waiting" else int(run.share * 100),
            "stage": translate(runs.STAGES.get(run.stage, runs.STAGES[""]), c.locale)}
    return Bytes(json.dumps(told, ensure_ascii=False).encode(), "application/json")


# --------------------------------------------------------------------------------------------------- many proposals


@area.view("/<slug>/suggestions/merge", REVIEWER, methods=("POST",))
def merge_proposals(c: Context, slug: str) -> Page | Redirect:
    """Merge the chosen proposals into the largest of them."""
    of = desk(c, slug)
    chosen = numbers(request.form.getlist("proposal"))
    seen = versions(request.form.getlist("version"))
    try:
        into = proposals.merge(c.session, c.actor, of.id, {each: seen.get(each, 0) for each in chosen}, now=c.now)
    except StateError as error:
        return suggestions_page(c, of, chosen=chosen, problem=StateError(
            msg("The chosen proposals were not merged."), what_next=error.message))
    except (InvalidError, ConflictError) as error:
        return suggestions_page(c, of, problem=error, chosen=chosen)
    return Redirect(f"{of.url}suggestions/proposals/{into}",
                    notice=nmsg(
                        "%(n)s proposal was merged. It is locked from now on: later analyses leave it as it is.",
                        "%(n)s proposals were merged into this one. It is locked from now on: later analyses leave it "
                        "as it is.", len(chosen)))


# --------------------------------------------------------------------------------- segments that fit a cluster


@area.view("/<slug>/suggestions/fitting/", STAFF)
def fitting_clusters(c: Context, slug: str) -> Page:
    """All clusters that segments in none fit."""
    of = desk(c, slug)
    base = f"{of.url}suggestions/fitting/"
    found = queries.fitting(c.session, of.id, after=edge(request.args.get("after")))
    return page("review/suggestions_fitting.html", desk=of, base=f"{of.url}suggestions/", found=found, cluster=None,
                answers=responses.of_clusters(c.session, [each.id for each in found.items]),
                first_url=base if request.args.get("after") else None,
                next_url=f"{base}?after={written(found.next)}" if found.next else None)


@area.view("/<slug>/suggestions/fitting/<int:cluster_id>", STAFF)
def fitting(c: Context, slug: str, cluster_id: int) -> Page:
    """The segments that would be placed in a cluster, the best first."""
    return _fitting_page(c, desk(c, slug), cluster_id)


def _fitting_page(c: Context, of: Desk, cluster_id: int, *, problem: PortalError | None = None,
                  note: Message | None = None, chosen: Collection[int] = (), status: int = 200) -> Page:
    cluster = review.cluster(c.session, of.id, cluster_id)
    codes = code_list.code_list(c.session, of.id)
    score, _, segment = request.args.get("after", "").partition("_")
    at = number(segment)
    try:
        after = None if at is None else (float(score), at)
    except ValueError:
        after = None
    found, more = queries.fitting_segments(c.session, of.id, cluster_id, after=after)
    rows = {row.id: row for row in search.rows_of(c.session, of.id, c.actor.require_account(),
                                                  [each.segment_id for each in found])}
    earlier = queries.whose(c.session, of.id, {each for one in found for each in one.earlier})
    base = f"{of.url}suggestions/fitting/{cluster_id}"
    sure, digest = queries.fitting_now(c.session, of.id, cluster_id)
    return page(
        "review/suggestions_fitting.html", status=status, desk=of, base=f"{of.url}suggestions/", cluster=cluster,
        found=[(each, rows[each.segment_id], suggested.standing(each.words, each.text)) for each in found
               if each.segment_id in rows], earlier=earlier,
        answer=responses.of_clusters(c.session, [cluster_id]).get(cluster_id), sure=sure, digest=digest, codes=codes,
        total=queries.fitting_count(c.session, of.id, cluster_id), sure_from=queries.SURE,
        place=spoken, here=base,
        triage=policies.can_triage(c.actor, of), problem=problem, note=note, chosen=chosen,
        first_url=base if after else None, next_url=f"{base}?after={more[0]}_{more[1]}" if more else None)


@area.view("/<slug>/suggestions/fitting/<int:cluster_id>", REVIEWER, methods=("POST",))
def take_fitting(c: Context, slug: str, cluster_id: int) -> Page | Redirect:
    """Move the chosen ones into the cluster, or all that are not weak, if these are still those that were shown."""
    of = desk(c, slug)
    chosen = numbers(request.form.getlist("select"))[:search.PAGE]
    seen = versions(request.form.getlist("version"))
    if request.form.get("all"):
        seen, digest = queries.all_fitting(c.session, of.id, cluster_id)
        chosen = list(seen)
        if digest != request.form.get("expected"):
            note = msg("Since this page was made the list has changed. Nothing was done yet: look at the numbers "
                       "again.")
            return _fitting_page(c, of, cluster_id, note=note, status=409)
    try:
        if not chosen:
            raise InvalidError(msg("Choose at least one segment."))
        done = services.move_segments(c.session, c.actor, of.id, chosen, to=cluster_id, now=c.now,
                                      expected_versions=seen)
    except (InvalidError, ConflictError, StateError) as error:
        return _fitting_page(c, of, cluster_id, problem=error, chosen=chosen, status=error.status)
    return Redirect(f"{of.url}clusters/{cluster_id}" + (f"?done={done.batch_id}" if done.batch_id else ""),
                    notice=None if done.batch_id else msg(
                        "There was nothing to do: all of them are so already, or do not count."))
