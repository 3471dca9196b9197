"""What can go wrong with a text of law, as errors that a person can be told about.

Each carries an English message (`msgid`, a gettext key with `%(name)s` placeholders) and its values; whoever shows it
translates it. Nothing here knows catalogues, pages or languages: `str(problem)` is the English text, for commands.
"""

from __future__ import annotations

from collections.abc import Mapping


class OrdinanceProblem(ValueError):
    """The base of all of them. `msgid` is a literal at every place that raises, so that it can be extracted."""

    def __init__(self, msgid: str, /, **values: str | int) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.values: Mapping[str, str | int] = values

    def __str__(self) -> str:
        return self.msgid % self.values


class InvalidAddress(OrdinanceProblem):
    """This is not the address of anything that a draft could hold."""


class UnreadableDraft(OrdinanceProblem):
    """The file as a whole cannot be taken: its size, its encoding, its form, or nothing in it that is a clause."""


class InvalidProposal(OrdinanceProblem):
    """A proposed wording that does not fit its clause. `field` is what to correct: form, language, text, old_words."""

    def __init__(self, msgid: str, /, *, field: str = "form", **values: str | int) -> None:
        super().__init__(msgid, **values)
        self.field = field
