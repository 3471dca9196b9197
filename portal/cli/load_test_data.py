"""`portal load-test-data`: a synthetic consultation of any size, open and partly answered, for benchmarks.

Marked as test data everywhere: title, ministry, names, addresses. Never beside real consultations, unless told.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Final

import click
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from portal.app import Backend
from portal.cli.backend import backend
from portal.cli.synthetic import notice, people, reviewing, writing
from portal.cli.synthetic.filing import Window, file_all
from portal.consultations.models import CommentPeriod, Consultation
from portal.kernel import unit_of_work
from portal.kernel.clock import SEOUL
from portal.ledger import chain
from portal.ledger.receipts import SigningKey
from portal.organisations.models import Ministry
from portal.publication import services as publication
from portal.review import clause_index
from portal.submissions import law_text

#: Submissions that are written together; so memory does not grow with their number.
_BATCH: Final = 500
_DAYS_ANNOUNCED: Final = 28


@dataclass(frozen=True)
class Signed:
    """Somebody with a session: what a benchmark needs to act as them. `comments`: in the organisation's submission."""

    token: str
    account_id: int
    organisation_id: int | None = None
    submission_id: int | None = None
    comments: int = 0


@dataclass(frozen=True)
class Loaded:
    """What was made. `big_cluster` is the cluster with the most segments."""

    slug: str
    consultation_id: int
    submissions: int
    comments: int
    segments: int
    hot_clauses: Sequence[str]
    big_cluster: int
    staff: dict[str, Signed]
    filers: Sequence[Signed]


def foreign_consultations(session: Session) -> list[str]:
    """Consultations in this database that this command did not make."""
    return list(session.scalars(select(Consultation.slug).join(Ministry, Ministry.id == Consultation.ministry_id)
                                .where(Ministry.slug != people.MINISTRY).order_by(Consultation.slug)))


def load(session: Session, *, slug: str, submissions: int, comments: int, seed: int, key: SigningKey, now: datetime,
         step: Callable[[int], None] = lambda done: None) -> Loaded:
    """Write everything but the publication. `step` is told how many comments were written. Raises ValueError for
    numbers that do not go together."""
    random = Random(seed)  # noqa: S311 - nothing secret follows from it
    sizes = writing.sizes(random, submissions, comments)
    starts_on = now.astimezone(SEOUL).date() - timedelta(days=_DAYS_ANNOUNCED)
    announced = datetime.combine(starts_on, time(9), SEOUL).astimezone(UTC)
    staff = people.make_staff(session, slug, made_at=announced - timedelta(days=1), now=now)
    consultation_id = notice.announce(session, staff, slug, starts_on, announced)
    period_id = session.scalars(select(CommentPeriod.id).where(CommentPeriod.consultation_id == consultation_id)).one()
    law = law_text.newest(session, consultation_id)
    assert law is not None
    window = Window(consultation_id, staff.ministry_id, slug, period_id, law, announced, now - timedelta(hours=1))
    filers = people.make_filers(session, random, slug, submissions, made_at=announced, now=now)
    seconds = (window.ends - window.begins).total_seconds()
    moments = sorted(window.begins + timedelta(seconds=random.random() * seconds) for _ in range(submissions))
    pen = writing.Pen(random, law)
    index = clause_index.index(session, consultation_id).latest
    assert index is not None
    desk = reviewing.Desk(session, random, staff, consultation_id, index, pen.clauses, comments, now)
    segments, signed = 0, []
    for start in range(0, submissions, _BATCH):
        batch = slice(start, start + _BATCH)
        filed = file_all(session, random, window, pen, filers[batch], sizes[batch], moments[batch], key)
        segments += desk.receive(filed)
        signed += [Signed(each.filer.token, each.filer.account_id, each.filer.organisation_id, each.submission_id,
                          len(each.comments)) for each in filed if not each.withdrawn]
        step(sum(sizes[batch]))
    biggest = min(desk.issues.values(), key=lambda issue: issue.room)
    return Loaded(slug, consultation_id, submissions, comments, segments, pen.clauses[:20], biggest.id, {
        role: Signed(token, staff.actors[role].require_account()) for role, token in staff.tokens.items()}, signed)


def publish(session: Session, consultation_id: int, now: datetime) -> int:
    """Make the public pages; how many."""
    made = publication.build(session, consultation_id, now)
    return made + publication.build_home(session, now)


def _tidy(made: Backend) -> None:
    """Give the planner its numbers, and the visibility map, at once rather than when autovacuum comes by."""
    url = made.settings.owner_database_url
    if url is None:
        return
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            tables = connection.execute(text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('portal', 'publication')")).scalars().all()
            for table in tables:
                connection.execute(text(f"VACUUM (ANALYZE) {table}"))
    finally:
        engine.dispose()


def write_tokens(path: Path, loaded: Loaded) -> None:
    """Write what was made, sessions' secrets included, for the owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(loaded), file)


@click.command("load-test-data")
@click.option("--submissions", required=True, type=click.IntRange(1), help="How many organisations file.")
@click.option("--comments", required=True, type=click.IntRange(1), help="How many comments they file together.")
@click.option("--slug", default="bench", show_default=True, help="The consultation's address.")
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same comments.")
@click.option("--tokens", type=click.Path(dir_okay=False, path_type=Path),
              help="Where to write the sessions' secrets [default: load-test-<slug>.json in the instance folder].")
@click.option("--into-this-database", is_flag=True, help="Even if it holds other consultations.")
def load_test_data(submissions: int, comments: int, slug: str, seed: int, tokens: Path | None,
                   into_this_database: bool) -> None:
    """Make a synthetic consultation of any size: announced, open, filed, partly reviewed and answered, published."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 17:
        raise click.UsageError("--slug takes small letters, digits and hyphens, 17 characters at most.")
    with backend() as made:
        with made.sessions() as session:
            others = [] if into_this_database else foreign_consultations(session)
            known = session.scalar(select(Consultation.id).where(Consultation.slug == slug))
        if others:
            raise click.ClickException(
                f"This database holds consultations that are no test data ({', '.join(others[:3])}). Use another one, "
                "or say --into-this-database if that is what you want.")
        if known is not None:
            raise click.ClickException(f"There is a consultation {slug} already. Choose another --slug.")
        try:
            with click.progressbar(length=comments, label="Writing comments") as bar:
                loaded = unit_of_work.run(made.sessions, lambda session: load(
                    session, slug=slug, submissions=submissions, comments=comments, seed=seed, key=made.signing_key,
                    now=made.clock(), step=bar.update))
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        write_tokens(tokens or made.settings.instance / f"load-test-{slug}.json", loaded)
        click.echo("Sealing the audit chain and making the public pages…")
        unit_of_work.run(made.sessions, lambda session: chain.seal(session, now=made.clock()))
        _tidy(made)
        pages = unit_of_work.run(made.sessions, lambda session: publish(session, loaded.consultation_id, made.clock()))
        _tidy(made)
    click.echo(f"{slug}: {submissions} submissions, {comments} comments, {loaded.segments} segments, {pages} pages")


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(load_test_data)
