"""Random identifiers. Alphabets leave out characters that people confuse when they read a number aloud."""

from __future__ import annotations

import hashlib
import secrets

#: Crockford's base 32: no I, L, O, U.
_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def readable_code(groups: int = 4, size: int = 4) -> str:
    """A random code of `groups` groups of `size` characters, 5 bits each, as `7K3M-Q0ZT-…`."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(size)) for _ in range(groups))


def token() -> str:
    """A secret of 256 bits for links and cookies, URL-safe."""
    return secrets.token_urlsafe(32)


def token_digest(value: str) -> bytes:
    """What is stored of a secret: its SHA-256 (the secret has 256 bits, so no salt or stretching is needed)."""
    return hashlib.sha256(value.encode()).digest()
