"""The blueprint of review, and what its pages begin with: the consultation, and whether this person may know of it."""

from __future__ import annotations

from portal.review.desk import Desk, desk_by_slug
from portal.review.policies import require_knowledge
from portal.web.access import Area, Context

area = Area("review", __name__, "/review")


def desk(c: Context, slug: str) -> Desk:
    """The consultation. Raises NotFoundError for whoever holds no role at its ministry."""
    found = desk_by_slug(c.session, slug)
    require_knowledge(c.actor, found)
    return found


def number(written: str | None) -> int | None:
    """A whole number of an address or a form, or None."""
    return int(written) if written and written.isascii() and written.isdecimal() and len(written) < 19 else None


def numbers(written: list[str]) -> list[int]:
    """The whole numbers among these, each once."""
    return list(dict.fromkeys(each for raw in written if (each := number(raw)) is not None))


def edge(given: str | None) -> tuple[int, int] | None:
    """Where a page of a list begins, as an address carries it: a sort key and an id, or None."""
    key, dot, of = (given or "").partition(".")
    found = (number(key), number(of))
    return None if not dot or found[0] is None or found[1] is None else (found[0], found[1])


def written(at: tuple[int, int]) -> str:
    """The same for an address."""
    return f"{at[0]}.{at[1]}"
