"""Texts that stand in both languages, shown in the reader's."""

from __future__ import annotations

from typing import Protocol

from portal.kernel import i18n


class Named(Protocol):
    """A ministry, an organisation: anything with its name in both languages."""

    @property
    def name_ko(self) -> str:
        """In Korean."""

    @property
    def name_en(self) -> str:
        """In English."""


def name_of(thing: Named) -> str:
    """Its name in the reader's language, or else the other one."""
    return i18n.show(i18n.in_both(ko=thing.name_ko, en=thing.name_en))
