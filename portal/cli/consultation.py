"""`portal consultation …`: what a publisher does in the browser, for scripts. Every act is a person's (`--as`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.cli.backend import backend
from portal.consultations import policies, queries, services
from portal.consultations.entries import Basics, Notice, PeriodEntry, Rule
from portal.drafts import services as drafts
from portal.kernel import unit_of_work
from portal.kernel.actor import Actor
from portal.kernel.errors import PortalError
from portal.kernel.i18n import format_deadline, translate
from portal.ordinances.clauses import ARTICLE_TO_ITEM
from portal.organisations.models import Ministry
from portal.organisations.queries import actor_by_account
from portal.review.unanswered import unanswered

T = TypeVar("T")
_LOCALE = "en"


@click.group()
def consultation() -> None:
    """Make a consultation, import its text, announce, extend and conclude it."""


def _run(email: str, work: Callable[[Session, Actor, datetime], T]) -> T:
    """Do it as this person, in one transaction; a refusal is told and ends with exit code 1."""
    with backend() as b:
        def act(session: Session) -> T:
            account_id = session.scalar(select(Account.id).where(
                func.lower(Account.email) == email.strip().lower(), Account.closed_at.is_(None)))
            actor = None if account_id is None else actor_by_account(session, account_id, second_factor=True)
            if actor is None:
                raise click.ClickException(f"there is no account with the address {email}")
            return work(session, actor, b.clock())

        try:
            return unit_of_work.run(b.sessions, act)
        except PortalError as error:
            click.echo(translate(error.message, _LOCALE), err=True)
            for name, messages in getattr(error, "problems", {}).items():
                for message in messages:
                    click.echo(f"  {name}: {translate(message, _LOCALE)}", err=True)
            if error.what_next is not None:
                click.echo(translate(error.what_next, _LOCALE), err=True)
            sys.exit(1)


_as = click.option("--as", "email", required=True, metavar="EMAIL", help="The publisher who does this.")
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def _pick(kind: type[T], facts: dict[str, Any]) -> T:
    return kind(**{field.name: facts.pop(field.name) for field in fields(kind)  # type: ignore[arg-type]
                   if field.name in facts})


@consultation.command()
@click.argument("facts", type=_file)
@_as
def create(facts: Path, email: str) -> None:
    """Make a consultation from a JSON file.

    FACTS holds `ministry` (its slug), `kind`, `draft_kind`, `title_ko` and, as far as they are known, the other entries
    of the steps by their names: title_en, slug, number_prefix; notice_number, main_content_ko …; starts_on
    (2026-01-22), days, short_period_record; comments_appear …; omitted_documents ({kind: {"ko", "en"}}). Prints the
    slug.
    """
    try:
        given = json.loads(facts.read_text("utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{facts} is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException(f"{facts} holds no JSON object")
    try:
        ministry_slug = str(given.pop("ministry"))
        basics, notice, rule = _pick(Basics, given), _pick(Notice, given), _pick(Rule, given)
        period = None
        if "starts_on" in given:
            given["starts_on"] = date.fromisoformat(given["starts_on"])
            period = _pick(PeriodEntry, given)
        omitted = {kind: dict(reason) for kind, reason in dict(given.pop("omitted_documents", {})).items()}
    except (KeyError, TypeError, ValueError) as error:
        raise click.ClickException(f"{facts}: {error}") from None
    if given:
        raise click.ClickException(f"{facts}: unknown entries {', '.join(sorted(given))}")

    def work(session: Session, actor: Actor, now: datetime) -> str:
        ministry_id = session.scalar(select(Ministry.id).where(Ministry.slug == ministry_slug))
        if ministry_id is None:
            raise click.ClickException(f"there is no ministry {ministry_slug}")
        made = services.create_consultation(session, actor, ministry_id, basics, now=now)
        made = services.change_notice(session, actor, made.id, notice, version=made.version, now=now)
        made = services.change_rule(session, actor, made.id, rule, version=made.version, now=now)
        if period is not None:
            made = services.set_period(session, actor, made.id, period, version=made.version, now=now)
        if omitted:
            made = services.omit_documents(session, actor, made.id, omitted, version=made.version, now=now)
        return made.slug

    click.echo(_run(email, work))


@consultation.command("import-draft")
@click.argument("slug")
@click.argument("file", type=_file)
@click.option("--english", type=_file, help="English text by eId, to be laid over it.")
@click.option("--in-force", type=_file, help="Of a partial amendment: the text in force that it amends. Under "
                                             "consultation is what differs.")
@click.option("--sentences", is_flag=True, help="FILE holds the sentences that amend the text in force, not the text "
                                                "as it would become.")
@_as
def import_draft(slug: str, file: Path, english: Path | None, in_force: Path | None, sentences: bool,
                 email: str) -> None:
    """Read a text for preview, and name the lines that could not be placed."""
    def work(session: Session, actor: Actor, now: datetime) -> Any:
        facts = services.require_manageable(session, actor, slug)
        return drafts.import_draft(
            session, actor, facts.id, filename=file.name, data=file.read_bytes(), now=now,
            english=english.read_bytes() if english else None, english_filename=english.name if english else "",
            in_force=in_force.read_bytes() if in_force else None, in_force_filename=in_force.name if in_force else "",
            sentences=sentences)

    text = _run(email, work)
    click.echo(f"{text.draft.clause_count} clauses, {len(text.not_placed)} lines not placed, "
               f"{len(text.without_english)} clauses without English")
    if text.in_force is not None:
        under = [clause for clause in text.draft.clauses
                 if clause.kind in ARTICLE_TO_ITEM and clause.eid not in text.outside_notice]
        click.echo(f"{len(under)} clauses under consultation, against {text.in_force_filename}")
    for line in text.not_placed:
        click.echo(f"  line {line.line}: {line.text}")


@consultation.command()
@click.argument("slug")
@_as
def announce(slug: str, email: str) -> None:
    """Announce it, and publish the first version of its text; names what is missing."""
    def work(session: Session, actor: Actor, now: datetime) -> queries.ConsultationFacts:
        facts = services.require_manageable(session, actor, slug)
        return drafts.announce_consultation(session, actor, facts.id, version=facts.version, now=now)

    facts = _run(email, work)
    click.echo(f"announced; comments until {format_deadline(facts.periods[0].closes_at, _LOCALE)}")


@consultation.command()
@click.argument("slug")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The new last day.")
@click.option("--reason-ko", required=True)
@click.option("--reason-en", default="")
@click.option("--period", "number", type=int, default=None, help="Which period; the last one when not given.")
@_as
def extend(slug: str, until: datetime, reason_ko: str, reason_en: str, number: int | None, email: str) -> None:
    """Extend a comment period, with a reason that the public reads."""
    def work(session: Session, actor: Actor, now: datetime) -> datetime:
        facts = services.require_manageable(session, actor, slug)
        wanted = [p for p in facts.periods if number is None or p.number == number]
        if not wanted:
            raise click.ClickException("there is no such comment period")
        period = wanted[-1]
        facts = services.extend_period(
            session, actor, facts.id, period.id, last_day=until.date(), reason_ko=reason_ko, reason_en=reason_en,
            version=facts.version, now=now)
        return next(p.closes_at for p in facts.periods if p.id == period.id)

    click.echo(f"extended; comments until {format_deadline(_run(email, work), _LOCALE)}")


@consultation.command()
@click.argument("slug")
@_as
def conclude(slug: str, email: str) -> None:
    """Conclude it; refused while an opinion has no published response."""
    def work(session: Session, actor: Actor, now: datetime) -> None:
        facts = services.require_manageable(session, actor, slug)
        services.lock_for(session, actor, facts.id, policies.can_manage)
        services.conclude_consultation(session, actor, facts.id,
                                       unanswered=unanswered(session, [facts.id])[facts.id], now=now)

    _run(email, work)
    click.echo("concluded")


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(consultation)
