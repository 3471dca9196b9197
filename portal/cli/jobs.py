"""`portal jobs …`: the jobs that failed for good, and trying them again once the cause is mended."""

from __future__ import annotations

import json

import click
from sqlalchemy import text

from portal.cli.backend import backend
from portal.kernel import unit_of_work


@click.group()
def jobs() -> None:
    """Background jobs that failed."""


@jobs.command()
def failed() -> None:
    """List the jobs that were tried as often as they may be. The log says why each failed."""
    with backend() as b, b.sessions() as session:
        rows = session.execute(text("""
            SELECT j.id, j.task_name, j.args, j.attempts, max(e.at) AS at
              FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id
             WHERE j.status IN ('failed', 'aborted', 'cancelled') GROUP BY j.id ORDER BY j.id""")).all()
    for row in rows:
        at = row.at.isoformat(timespec="seconds") if row.at else "?"
        click.echo(f"{row.id}  {row.task_name}  {json.dumps(row.args)}  {row.attempts} tries  {at}")
    if not rows:
        click.echo("no job failed")


@jobs.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="All that failed.")
def retry(ids: tuple[int, ...], every: bool) -> None:
    """Put the jobs IDS (or all) back into the queue, as if they were new."""
    if bool(ids) == every:
        raise click.UsageError("name the jobs, or say --all")
    with backend() as b:
        done = unit_of_work.run(b.sessions, lambda session: session.execute(text("""
            UPDATE procrastinate_jobs
               SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL, abort_requested = false
             WHERE status IN ('failed', 'aborted', 'cancelled') AND (:every OR id = ANY(:ids)) RETURNING id"""),
            {"every": every, "ids": list(ids)}).scalars().all())
    unknown = sorted(set(ids) - set(done))
    if unknown:
        click.echo(f"not among the failed jobs: {', '.join(map(str, unknown))}", err=True)
    click.echo(f"{len(done)} back in the queue")
    if unknown:
        raise SystemExit(1)


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(jobs)
