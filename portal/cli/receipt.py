"""`portal receipt verify`: is a downloaded receipt genuine? Offline: no database, no network, no settings."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from portal.ledger.commitments import digest
from portal.ledger.receipts import ReceiptFile, read_receipt, verify

_MOST_BYTES = 64 * 1024 * 1024


@click.group()
def receipt() -> None:
    """Receipts of filings."""


@receipt.command(name="verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", metavar="HEX", help="The public key that must have signed, as the portal publishes it. Without "
                                           "it the key in the file is used, and named.")
@click.option("--content", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The downloaded content of the filing: is it what the receipt's digest covers?")
def verify_file(file: Path, key: str | None, content: Path | None) -> None:
    """Verify a downloaded receipt FILE (JSON). Exit 1 when it is not genuine, 2 when it is no receipt."""
    found = read_receipt(_text(file))
    if found is None:
        _fail(2, f"{file} is not a receipt file of a consultation portal")
    public = _public_key(found, key)
    if not verify(found.payload, found.signature, public):
        _fail(1, "NOT GENUINE: the signature does not fit the text; it was changed, or another key signed it")
    for name, value in found.lines():
        click.echo(f"{name}: {value}")
    if content is not None:
        _verify_content(found, content)
        click.echo("content: every comment is as it was filed")
    click.echo(f"GENUINE: signed with the key {_key_id(public)}"
               + ("" if key else "; compare it with the key that the portal publishes, or name that with --key"))


def _public_key(found: ReceiptFile, given: str | None) -> bytes:
    try:
        public = bytes.fromhex(given or found.public_key)
    except ValueError:
        _fail(2, "the key is not written in hexadecimal digits")
    if len(public) != 32:
        _fail(2, "the key must have 32 bytes")
    if _key_id(public) != found.key_id:
        _fail(1, f"NOT GENUINE: the receipt names the key {found.key_id}, this one is {_key_id(public)}")
    return public


def _verify_content(found: ReceiptFile, path: Path) -> None:
    try:
        packed: dict[str, Any] = json.loads(_text(path))
        filing, comments = packed["filing"], packed["comments"]
        given = [digest(comment) for comment in comments]
        whole = digest(filing)
    except (ValueError, KeyError, TypeError):
        _fail(2, f"{path} is not the content of a filing")
    for number, (said, made) in enumerate(zip(filing["comments"], given, strict=False), 1):
        if said != made:
            _fail(1, f"CHANGED: comment {number} is not as it was filed")
    if len(filing["comments"]) != len(given):
        _fail(1, "CHANGED: the number of comments is not that of the filing")
    if dict(found.lines()).get("digest") != f"sha256:{whole}":
        _fail(1, "CHANGED: this is not the content that the receipt was given for")


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        _fail(2, f"{path} is too large")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        _fail(2, f"{path} is not a text file")


def _key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _fail(code: int, text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(code)


def register(cli: click.Group) -> None:
    """Add this group."""
    cli.add_command(receipt)
