"""`portal analyse run`: a run that the worker does, asked for and waited for from a terminal."""

from __future__ import annotations

import sys
import time
from typing import Final

import click
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.app import Backend
from portal.cli.backend import backend
from portal.consultations.models import Consultation
from portal.jobs.jobs import STALLED_SECONDS
from portal.kernel import unit_of_work
from portal.kernel.errors import PortalError
from portal.kernel.i18n import translate
from portal.suggestions import queries, runs
from portal.suggestions.queries import Run

_LOCALE: Final = "en"
_BAR: Final = 1000
_POLL_SECONDS: Final = 0.5
#: A worker looks for jobs every two seconds: after so many one should have taken it.
_PATIENCE: Final = 10.0


def run_and_wait(slug: str, *, wait: bool) -> None:
    """Ask for a run; with `wait` show how far it is until it ends. Exit code 1 where it is refused or fails."""
    with backend() as made:
        if not made.settings.analysis:
            raise click.ClickException("The analysis is switched off on this installation (PORTAL_ANALYSIS=off).")
        consultation_id, run_id = _ask(made, slug)
        if not wait:
            click.echo("Asked for. The worker does it; the review pages show how far it is.")
            return
        try:
            facts = _wait(made, consultation_id, run_id)
        except KeyboardInterrupt:
            click.echo("\nNot waiting any longer. The worker goes on; the review pages show how far it is, and can "
                       "cancel it.", err=True)
            sys.exit(130)
    if facts.state == "done":
        click.echo(_said(facts))
        return
    if facts.state == "cancelled":
        raise click.ClickException("The analysis was cancelled.")
    raise click.ClickException(translate(runs.PROBLEMS.get(facts.problem, runs.PROBLEMS["error"]), _LOCALE))


def _ask(made: Backend, slug: str) -> tuple[int, int]:
    """The consultation and the run."""
    with made.sessions() as session:
        consultation_id = session.scalar(select(Consultation.id).where(Consultation.slug == slug))
    if consultation_id is None:
        raise click.ClickException(f"There is no consultation {slug}.")
    try:
        return consultation_id, unit_of_work.run(made.sessions, lambda session: runs.ask(
            session, None, consultation_id, now=made.clock()))
    except PortalError as error:
        said = [translate(each, _LOCALE) for each in (error.message, error.what_next) if each is not None]
        raise click.ClickException(" ".join(said)) from None


def _wait(made: Backend, consultation_id: int, run_id: int) -> Run:
    began, warned = time.monotonic(), False
    with click.progressbar(length=_BAR, file=sys.stderr, item_show_func=lambda what: what or "") as bar:
        while True:
            with made.sessions() as session:
                facts = queries.run(session, consultation_id, run_id)
                alone = facts.state == "waiting" and not _has_worker(session)
            if not facts.under_way:
                bar.update(_BAR - bar.pos if facts.state == "done" else 0, "")
                return facts
            bar.update(max(int(facts.share * _BAR) - bar.pos, 0), translate(runs.STAGES[facts.stage], _LOCALE))
            if alone and not warned and time.monotonic() - began > _PATIENCE:
                click.echo("\nNo worker has taken it yet: is `portal worker` running?", err=True)
                warned = True
            time.sleep(_POLL_SECONDS)


def _has_worker(session: Session) -> bool:
    """Whether any worker is alive. The database's own clock decides: heartbeats are written by it."""
    return bool(session.scalar(text(
        "SELECT EXISTS (SELECT 1 FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => :silent))"), {"silent": STALLED_SECONDS}))


def _said(facts: Run) -> str:
    found = facts.figures
    return (f"{found['segments']} segments: {found['proposals']} proposed clusters, {found['campaigns']} campaigns, "
            f"{found['fitting']} that fit a cluster, tags suggested for {found['tagged']}")
