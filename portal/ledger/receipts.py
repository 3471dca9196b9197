"""Signed receipts: what is signed, with which key, and how anyone verifies it offline. Pure but for reading the key.

The signature is Ed25519 (RFC 8032) over the UTF-8 bytes of the payload, a text that a person can read.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

#: First line of every payload: what it is and how the rest is to be read.
HEADER = "consultation-portal receipt 1"


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt attests: the number, the consultation, the filing and its digest, and when."""

    number: str
    consultation: str
    organisation: str
    filing: int
    comments: int
    filed_at: datetime
    digest: str

    def payload(self) -> str:
        """The exact text that is signed: one `name: value` a line; time in UTC with microseconds."""
        lines = [HEADER, f"number: {self.number}", f"consultation: {self.consultation}",
                 f"organisation: {self.organisation}", f"filing: {self.filing}", f"comments: {self.comments}",
                 f"filed-at: {self.filed_at.isoformat(timespec='microseconds')}", f"digest: sha256:{self.digest}"]
        if any("\n" in line for line in lines):
            raise ValueError("a receipt's values stand on one line each")
        return "\n".join(lines) + "\n"


class SigningKey:
    """The private key of this installation."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        #: Names the key in receipts: the first 8 bytes of SHA-256 of the public key, in hex.
        self.key_id = hashlib.sha256(self.public).hexdigest()[:16]

    @classmethod
    def from_hex(cls, text: str) -> SigningKey:
        """From 32 bytes in hex. Raises ValueError for anything else."""
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text)))

    @classmethod
    def in_folder(cls, folder: Path) -> SigningKey:
        """The key kept in `folder`, made at the first call; the file is readable by its owner only. Web and worker may
        make the first call at once: the file appears under its name only when it is whole, and the first one stands."""
        path = folder / "ledger.key"
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            handle, written = tempfile.mkstemp(dir=folder, prefix=".ledger-")  # made with mode 0600
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(raw.hex())
                    file.flush()
                    os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):
                    os.link(written, path)
            finally:
                os.unlink(written)
        return cls.from_hex(path.read_text().strip())

    def sign(self, payload: str) -> str:
        """The signature of a payload, base64."""
        return base64.b64encode(self._key.sign(payload.encode())).decode()


def verify(payload: str, signature: str, public_key: bytes) -> bool:
    """Whether `signature` (base64) is the key's over exactly this payload."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(base64.b64decode(signature, validate=True),
                                                              payload.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class ReceiptFile:
    """What a downloaded receipt file holds."""

    payload: str
    signature: str
    key_id: str
    public_key: str

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps({"payload": self.payload, "signature": self.signature, "algorithm": "Ed25519",
                           "key_id": self.key_id, "public_key": self.public_key}, ensure_ascii=False, indent=2) + "\n"

    def lines(self) -> list[tuple[str, str]]:
        """The payload as (name, value)."""
        parts = [line.partition(": ") for line in self.payload.splitlines()[1:]]
        return [(name, value) for name, separator, value in parts if separator]

    def facts(self) -> ReceiptFacts | None:
        """What the payload attests; None when it is not the text of such facts, character by character."""
        values = dict(self.lines())
        try:
            found = ReceiptFacts(
                values["number"], values["consultation"], values["organisation"], int(values["filing"]),
                int(values["comments"]), datetime.fromisoformat(values["filed-at"]),
                values["digest"].removeprefix("sha256:"))
            return found if found.payload() == self.payload else None
        except (KeyError, ValueError):
            return None


def read_receipt(text: str) -> ReceiptFile | None:
    """A receipt file's text read; None when it is something else."""
    try:
        packed = json.loads(text)
        receipt = ReceiptFile(*(packed[name] for name in ("payload", "signature", "key_id", "public_key")))
    except (ValueError, KeyError, TypeError):
        return None
    values = (receipt.payload, receipt.signature, receipt.key_id, receipt.public_key)
    if not all(isinstance(value, str) for value in values) or not receipt.payload.startswith(HEADER + "\n"):
        return None
    return receipt
