"""Digests and salted commitments. Pure.

Canonical JSON: UTF-8, keys sorted, no white space, no floats; text in NFC. The digest of a filing is SHA-256 over it;
the ledger leaf is RFC 6962's leaf hash over salt ‖ digest, so that the public tree tells nothing of what was filed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value. Floats are refused: they have no single spelling."""
    def check(item: Any) -> None:
        if isinstance(item, float):
            raise TypeError("floats have no canonical form")
        if isinstance(item, dict):
            for inner in item.values():
                check(inner)
        elif isinstance(item, (list, tuple)):
            for inner in item:
                check(inner)

    check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def leaf_hash(salt: bytes, digest_hex: str) -> bytes:
    """RFC 6962 section 2.1: SHA-256(0x00 ‖ entry), the entry being salt ‖ digest."""
    return hashlib.sha256(b"\x00" + salt + bytes.fromhex(digest_hex)).digest()
