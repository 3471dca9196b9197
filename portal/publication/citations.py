"""Citations in a text's own words as links to the clauses that they mean: as facts, found when pages are made.

A link covers the exact printed words. Only what is told for certain becomes one: a citation of this very text, of a
clause that it has. Those of other laws stay words, and so does the name of the text itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.ordinances import addresses
from portal.ordinances.clauses import Draft, Language
from portal.ordinances.references import find_citations, resolve

#: From where to where in the words, the address behind that of the consultation, and the cited clause as it is said.
Link = list[int | str]


class Citations:
    """The citations in one published version. What was found in a clause is found once."""

    def __init__(self, version: int, draft: Draft) -> None:
        self._version, self._draft = version, draft
        self._known: dict[tuple[str, str, Language], list[Link]] = {}

    def links(self, eid: str, words: str | None, language: Language) -> list[Link]:
        """The links in these words of a clause, in their order; of a range it is the first clause."""
        key = (eid, words or "", language)
        if key not in self._known:
            self._known[key] = self._found(*key)
        return self._known[key]

    def of_pieces(self, eid: str, pieces: Sequence[str], language: Language) -> list[list[Link]]:
        """The links in words that are cut into pieces, by piece; none where no piece has one. A citation that is cut
        itself is no link."""
        found = [[] for _ in pieces]  # type: list[list[Link]]
        links = self.links(eid, "".join(pieces), language)
        at = 0
        for place, piece in enumerate(pieces):
            found[place] = [[int(start) - at, int(end) - at, *rest] for start, end, *rest in links
                            if at <= int(start) and int(end) <= at + len(piece)]
            at += len(piece)
        return found if any(found) else []

    def _found(self, eid: str, words: str, language: Language) -> list[Link]:
        found: list[Link] = []
        for citation in find_citations(words, language):
            if citation.is_whole_law:
                continue
            cited = [one for one in resolve(citation, self._draft, eid, language) if one != eid]
            if cited:
                first, last = addresses.parse(cited[0]), addresses.parse(cited[-1])
                name = first.spoken(language) + (f" – {last.spoken(language)}" if len(cited) > 1 else "")
                found.append([citation.start, citation.end, f"v{self._version}/{first.path}", name])
        return found
