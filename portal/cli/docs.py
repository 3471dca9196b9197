"""`portal docs`: the tables of `docs/` that are made from the code, so that they are never out of date.

The same code gives the same bytes: nothing of the machine, the time or the terminal goes into them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask

from portal import settings as settings_module
from portal.app import blueprints, registry
from portal.kernel import permissions
from portal.kernel.audit import AUDIT_VERBS
from portal.kernel.permissions import Permission
from portal.settings import Settings

FOLDER: Final = Path(settings_module.__file__).parent.parent / "docs"
_MADE: Final = "<!-- Made from the code by `portal docs`; do not edit. -->"


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _document(title: str, *parts: str) -> str:
    return "\n".join([f"# {title}\n", f"{_MADE}\n", *parts])


# ------------------------------------------------------------------------------------------------------- the documents


def settings_document() -> str:
    """Every environment variable."""
    def default(field: Any) -> str:
        if field.default in (None, (), ""):
            return "not set"
        return f"`{Settings.written(field.name, field.default)}`"

    rows = [(f"`{field.metadata['variable']}`", default(field), "yes" if field.metadata["secret"] else "",
             field.metadata["doc"]) for field in fields(Settings)]
    return _document(
        "Settings", "Read from the environment when a process starts; an empty variable counts as not set. "
        "`portal check` says which of them make a deployment weak.\n",
        _table(("variable", "default", "secret", "what it is"), rows),
        "Tests also read `PORTAL_TEST_DATABASE_URL` (a PostgreSQL server to run on, as superuser), "
        "`PORTAL_TEST_POSTGRES` (the version of the embedded one) and `PORTAL_CHROMIUM` (the browser).\n")


def _rules() -> Iterator[tuple[str, str, str, Permission, str]]:
    """(address, methods, endpoint, permission, first line of what it does) of every view."""
    app = Flask("portal", static_folder=None)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        doc = cleandoc(view.__doc__ or "").split("\n\n")[0]
        yield rule.rule, methods, rule.endpoint, view.permission, doc


def _asks(permission: Permission) -> str:
    if permission.staff:
        return "staff with the role " + " or ".join(sorted(permission.staff))
    if permission.member:
        return "a membership of some organisation"
    return "an account" if permission.account else "nothing"


def permissions_document() -> str:
    """What each permission asks, and every address with its permission."""
    rules = sorted(_rules())
    used = {permission.name for *_, permission, _ in rules}
    asked = [(f"`{each.name}`", _asks(each), each.doc) for each in permissions.ALL if each.name in used]
    return _document(
        "Permissions", "The outer gate of every page, by role alone. Whether this person may do this to that thing, at "
        "this step and phase, is asked by the policies of each area.\n",
        _table(("permission", "asks for", "what it is for"), asked), "## Addresses\n",
        _table(("address", "methods", "permission", "view", "what it does"),
               [(f"`{address}`", methods, f"`{permission.name}`", f"`{endpoint}`", doc)
                for address, methods, endpoint, permission, doc in rules]))


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, f"{path} {name} is listed and not there"
            yield from _commands(found, f"{path} {name}")
    else:
        yield path, command


def _command(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    pieces = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"## {path}\n", f"```\n{pieces}\n```\n", cleandoc(command.help or "").replace("\b\n", "") + "\n"]
    options = [record for parameter in command.params if isinstance(parameter, click.Option)
               and (record := parameter.get_help_record(context)) is not None]
    if options:
        parts.append(_table(("option", "what it does"), [(f"`{names}`", text) for names, text in options]))
    return "\n".join(parts)


def commands_document(cli: click.Group) -> str:
    """Every command with its options."""
    found = list(_commands(cli, "portal"))
    return _document("Commands", *(_command(path, command) for path, command in found))


def jobs_document() -> str:
    """Every job and every ticker."""
    known = registry(Settings())
    jobs = [(f"`{job.name}`", str(job.attempts), f"{job.wait} s", job.doc)
            for job in sorted(known.jobs.values(), key=lambda job: job.name)]
    tickers = [(f"`{ticker.name}`", f"{ticker.seconds:g} s", ticker.doc)
               for ticker in sorted(known.tickers.values(), key=lambda ticker: ticker.name)]
    return _document(
        "Jobs", "Done by `portal worker`. A job is enqueued in the transaction that causes it, and tried again when it "
        "fails, after waits that grow fivefold; after its last try it stands in `portal jobs failed`.\n",
        _table(("job", "tries", "first wait", "what it does"), jobs), "## Tickers\n",
        "Done again and again, by one process at a time.\n", _table(("ticker", "every", "what it does"), tickers))


def audit_document() -> str:
    """Every verb of the audit log."""
    return _document(
        "Audit events", "What the audit log records. Events are appended in the transaction of what they record, and "
        "chained; `portal audit verify` walks the chain.\n",
        _table(("verb", "what happened"), [(f"`{verb}`", doc) for verb, doc in sorted(AUDIT_VERBS.items())]))


def documents(cli: click.Group) -> dict[str, str]:
    """File name -> content."""
    made: dict[str, Callable[[], str]] = {
        "settings.md": settings_document, "permissions.md": permissions_document,
        "commands.md": lambda: commands_document(cli), "jobs.md": jobs_document, "audit.md": audit_document}
    return {name: make() for name, make in made.items()}


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 naming the files that are out of date.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="Another folder than the docs/ of this checkout.")
@click.pass_context
def docs(context: click.Context, check: bool, folder: Path | None) -> None:
    """Write the tables of docs/ that are made from the code."""
    where = folder or FOLDER
    root = context.find_root().command
    assert isinstance(root, click.Group)
    if folder is None and not FOLDER.is_dir():
        raise click.ClickException("this is no checkout: name a folder with --to")
    stale = []
    for name, content in documents(root).items():
        path = where / name
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        stale.append(path)
        if not check:
            where.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    for path in stale:
        click.echo(f"{path}: {'out of date' if check else 'written'}")
    if stale and check:
        sys.exit(1)


def register(cli: click.Group) -> None:
    """Add this command."""
    cli.add_command(docs)
