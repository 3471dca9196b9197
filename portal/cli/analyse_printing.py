"""What `portal analyse` prints for a reader.

Must not know the engine: it prints what is printed with `--json`, and the passages of a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from portal.analysis.sentences import split_sentences

if TYPE_CHECKING:  # the engine loads libraries that no other command needs
    from portal.analysis.letters import Passage

#: Quotations and passages are cut after so many letters.
_LONGEST_QUOTE: Final = 100
_LONGEST_PASSAGE: Final = 200
#: Of the members of a group so many are named.
_NAMED: Final = 5
_GAP: Final = re.compile(r"\n\s*\n")


def as_line(text: str, longest: int | None = None) -> str:
    """A text as one line that a terminal shows and does not obey, cut with an ellipsis after so many letters."""
    line = " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())
    return line if longest is None or len(line) <= longest else f"{line[:longest].rstrip()}…"


def print_analysis(printed: Mapping[str, Any]) -> None:
    """What `portal analyse texts --json` prints."""
    click.echo(f"{len(printed['clusters'])} clusters; {len(printed['tray'])} texts in none")
    for cluster in printed["clusters"]:
        click.echo(f"  {as_line(cluster['id'])}: {len(cluster['members'])} texts: {as_line(cluster['title'])}")
        for quotation in cluster.get("quotations", {}).values():
            click.echo(f"    {as_line(quotation['id'])}: {as_line(quotation['text'], _LONGEST_QUOTE)}")
    if "placed" in printed:
        _print_placed(printed)
    click.echo(f"{len(printed['campaigns'])} campaigns")
    for campaign in printed["campaigns"]:
        click.echo(f"  {as_line(campaign['template'])}: {len(campaign['members'])} texts, "
                   f"{len(campaign['additions'])} of them with something of their own")  # fmt: skip
    click.echo(f"{len(printed['shared_passages'])} passages that texts share otherwise")
    for passage in printed["shared_passages"]:
        click.echo(f"  {_members(passage['members'])}: {as_line(passage['text'], _LONGEST_QUOTE)}")
    for identity, tags in printed.get("suggestions", {}).items():
        click.echo(f"{as_line(identity)}: {'; '.join(map(_tag, tags)) or '–'}")


def _print_placed(printed: Mapping[str, Any]) -> None:
    """The texts that were added, each with the cluster that it is in now or, where it is in none, the one that would
    suit it best; and the groups that those in none make."""
    titles = {cluster["id"]: cluster["title"] for cluster in printed["clusters"]}
    tray = set(printed["tray"])
    click.echo(f"{len(printed['placed'])} texts added; {len(tray.intersection(printed['placed']))} of them in none")
    for identity, found in printed["placed"].items():
        best = next((f"{as_line(one['cluster'])} {one['score']:.2f}: {as_line(titles[one['cluster']])}"
                     for one in found), "")  # fmt: skip
        if identity in tray:
            best = f"in none (rather {best})" if best else "in none"
        click.echo(f"  {as_line(identity)}: {best}")
    click.echo(f"{len(printed['proposals'])} clusters proposed of the texts in none")
    for cluster in printed["proposals"]:
        click.echo(f"  {as_line(cluster['id'])}: {len(cluster['members'])} texts: {_members(cluster['members'])}")


def _members(members: Sequence[str]) -> str:
    return ", ".join([*map(as_line, members[:_NAMED]), *(["…"] if len(members) > _NAMED else [])])


def _tag(suggested: Mapping[str, Any]) -> str:
    return f"{as_line(suggested['tag'])} {suggested['score']:.2f} ({', '.join(map(as_line, suggested['evidence']))})"


def print_passages(text: str, passages: Sequence[Passage]) -> None:
    """The passages of a letter, and how much of it is in none."""
    for passage in passages:
        click.echo(f"{passage.clause or '–'}  {passage.score:.2f} ({passage.by})\n"
                   f"  {as_line(passage.text, _LONGEST_PASSAGE)}\n")  # fmt: skip
    inside = list(_in_a_passage(text, passages))
    click.echo(f"{len(passages)} {'passage' if len(passages) == 1 else 'passages'}; {inside.count(False)} of the "
               f"{len(inside)} sentences of the letter are in none (a heading counts as one)")  # fmt: skip


def _in_a_passage(text: str, passages: Sequence[Passage]) -> Iterator[bool]:
    """For each sentence of a letter whether any of it is in a passage; these are in the order of the letter."""
    ahead = iter(passages)
    passage = next(ahead, None)
    for start, end in _sentences(text):
        while passage is not None and passage.end <= start:
            passage = next(ahead, None)
        yield passage is not None and passage.start < end


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a letter as spans, what stands between empty lines in its own language."""
    from portal.analysis.letters import language_of

    edges = [0, *(edge for gap in _GAP.finditer(text) for edge in gap.span()), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = text[start:end]
        for first, last in split_sentences(piece, language_of(piece)):
            yield start + first, start + last
