"""`portal analyse …`: the analysis engine without a database, and the analysis of a consultation by the worker.

What is printed with `--json` is a promise to scripts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from portal.analysis.texts import Text
from portal.cli.analyse_drafts import read_drafts
from portal.cli.analyse_files import on_clauses, read_labels, read_state, read_texts
from portal.cli.analyse_printing import as_line, print_analysis, print_passages

if TYPE_CHECKING:  # the engine loads libraries that no other command needs
    from portal.analysis.embeddings import Embedder
    from portal.analysis.engine import Analysis, Grouping
    from portal.analysis.tags import TagSuggestion
    from portal.analysis.titles import Description

_BAR: Final = 1000
#: Of the name of another version of the engine so much is shown.
_LONGEST_VERSION: Final = 100


def register(cli: click.Group) -> None:
    """Adds `portal analyse …`."""
    cli.add_command(group)


@click.group("analyse")
def group() -> None:
    """Group and tag texts; split letters."""


@group.command()
@click.argument("file", type=click.File("rb"))
@click.option("--draft", "draft", type=click.File("rb"), help="The draft that the texts are about.")
@click.option("--draft-en", "draft_en", type=click.File("rb"), help="Its English text, where --draft has none.")
@click.option("--labels", type=click.File("rb"),
              help="Tags of some texts (id, tags); the others get suggestions. One each: clusters.")
@click.option("--add", "added", type=click.File("rb"), help="Further texts, to be placed into what stands (--state).")
@click.option("--state", type=click.File("rb"), help="What this command printed for FILE with --json.")
@click.option("--model", type=click.Path(path_type=Path), help="The folder of a sentence model of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def texts(file: BinaryIO, draft: BinaryIO | None, draft_en: BinaryIO | None, labels: BinaryIO | None,
          added: BinaryIO | None, state: BinaryIO | None, model: Path | None, as_json: bool) -> None:  # fmt: skip
    """Near-copies, clusters and suggested tags of the texts in FILE: one JSON object a line, with id, lang, clause,
    position and text.

    The evidence of a suggested tag: words of the text, its clause where texts with the tag stand on it, above or below,
    ids of the nearest texts with the tag.
    """
    from portal.analysis.engine import Drafts, Engine

    if (added is None) != (state is None):
        raise click.UsageError("--add and --state go together: further texts, and what stood before.")
    read = read_texts(file)
    if not read:
        raise click.ClickException(f"{file.name} holds no texts.")
    drafts = Drafts(*read_drafts(draft, draft_en))
    given = on_clauses(read, drafts.each(), file)
    further = on_clauses(read_texts(added, given), drafts.each(), added) if added else {}
    standing = _standing(state, given) if state else None
    tags = read_labels(labels, {**given, **further}) if labels else None
    with _progress() as tell:
        analysis = Engine(drafts).analyse(given.values(), tags, added=further.values(), standing=standing,
                                          embedder=_embedder(model), progress=tell)  # fmt: skip
    printed = analysis_as_json(analysis, {**given, **further})
    if tags is None:
        del printed["suggestions"]
    if standing is None:
        del printed["placed"], printed["proposals"]
    if as_json:
        click.echo(json.dumps(printed, ensure_ascii=False, indent=1))
    else:
        print_analysis(printed)


@group.command()
@click.argument("file", type=click.File("rb"))
@click.option("--draft", "draft", type=click.File("rb"), required=True, help="The draft that the letter is about.")
@click.option("--draft-en", "draft_en", type=click.File("rb"), help="Its English text, where --draft has none.")
@click.option("--examples", type=click.File("rb"), help="Earlier comments, as for texts, with their clauses or null.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def letter(file: BinaryIO, draft: BinaryIO, draft_en: BinaryIO | None, examples: BinaryIO | None,
           as_json: bool) -> None:  # fmt: skip
    """The letter in FILE (plain text, UTF-8) split into passages, each with the clause that it is about."""
    from portal.analysis.engine import Drafts, Engine

    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name} is no text in UTF-8.") from None
    if not text.strip():
        raise click.ClickException(f"{file.name} holds no text.")
    drafts = Drafts(*read_drafts(draft, draft_en))
    if not drafts.each():
        raise click.ClickException("The draft holds no text.")
    earlier = on_clauses(read_texts(examples), drafts.each(), examples).values() if examples else ()
    with _progress() as tell:
        passages = Engine(drafts).passages(text, earlier, tell)
    if as_json:
        click.echo(json.dumps({"passages": [
            {"text": passage.text, "clause": passage.clause, "score": round(passage.score, 4), "by": passage.by}
            for passage in passages
        ]}, ensure_ascii=False, indent=1))  # fmt: skip
        return
    print_passages(text, passages)


@group.command()
@click.argument("slug")
@click.option("--no-wait", is_flag=True, help="Only ask for it.")
def run(slug: str, no_wait: bool) -> None:
    """Ask the worker for an analysis of the consultation SLUG, and wait for its end. Ctrl-C stops waiting only."""
    from portal.cli.analyse_run import run_and_wait

    run_and_wait(slug, wait=not no_wait)


def analysis_as_json(analysis: Analysis, texts: Mapping[str, Text]) -> dict[str, Any]:
    """What the engine said, as `portal analyse texts --json` prints it."""
    printed: dict[str, Any] = {
        "engine": analysis.engine,
        "campaigns": [
            {"id": campaign.id, "members": list(campaign.members), "template": campaign.template,
             "additions": {variant.id: [texts[variant.id].text[start:end] for start, end in variant.additions]
                           for variant in campaign.variants if variant.additions}}
            for campaign in analysis.campaigns
        ],
        "shared_passages": [{"members": list(passage.members), "text": passage.text}
                            for passage in analysis.shared_passages],
        "clusters": [
            {"id": cluster.id, "members": list(cluster.members), **_described(analysis.descriptions.get(cluster.id))}
            for cluster in analysis.clusters
        ],
        "tray": list(analysis.tray),
        "proposals": [{"id": cluster.id, "members": list(cluster.members)} for cluster in analysis.proposals],
        "placed": {
            identity: [{"cluster": one.cluster, "score": round(one.score, 4)} for one in found]
            for identity, found in analysis.placed.items()
        },
        "suggestions": {
            identity: [{"tag": one.tag, "score": round(one.score, 4), "evidence": _evidence(one)} for one in tags]
            for identity, tags in analysis.suggestions.items()
        },
    }  # fmt: skip
    if analysis.model:
        printed["model"] = analysis.model
    return printed


def _evidence(suggestion: TagSuggestion) -> list[str]:
    """What a suggestion rests on: words of the text, the clause where that speaks for it, ids of the nearest earlier
    texts with the tag."""
    return [*suggestion.evidence, *suggestion.clauses, *suggestion.earlier]


def _described(description: Description | None) -> dict[str, Any]:
    """What is said of a cluster: a title, terms, the central sentence."""
    if description is None:
        return {"title": "", "terms": [], "central": ""}
    return {
        "title": " / ".join(description.titles.values()),
        "terms": [term for terms in description.terms.values() for term in terms],
        "central": next((quotation.sentence for quotation in description.central.values()), ""),
        "quotations": {language: {"id": one.id, "text": one.sentence} for language, one in description.central.items()},
        "positions": description.positions,
        "voices": list(description.voices),
    }


def _standing(file: BinaryIO, texts: Mapping[str, Text]) -> Grouping:
    """The clusters that an earlier run printed; where that was another version of the engine, it is said. Raises
    ClickException where they are of other texts."""
    from portal.analysis.clusters import Cluster
    from portal.analysis.engine import ENGINE, Grouping

    state = read_state(file)
    clusters = tuple(Cluster(one["id"], tuple(one["members"])) for one in state["clusters"])
    strange = next((member for one in clusters for member in one.members if member not in texts), None)
    if strange is not None:
        raise click.ClickException(f'{file.name} is about other texts: there is none with the id "{strange}".')
    if state.get("engine") != ENGINE:
        told = as_line(str(state.get("engine") or "unknown"), _LONGEST_VERSION)
        click.echo(f"{file.name} was made by another version of the engine ({told}; this is {ENGINE}). The new texts "
                   "are placed all the same.", err=True)  # fmt: skip
    return Grouping(clusters)


def _embedder(folder: Path | None) -> Embedder | None:
    from portal.analysis.embeddings import ModelProblem, load

    if folder is None:
        return None
    try:
        return load(folder)
    except ModelProblem as problem:
        raise click.ClickException(f"{problem}.") from None


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on the terminal's error stream; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _what, _share: None
        return
    with click.progressbar(length=_BAR, file=sys.stderr, item_show_func=lambda what: what or "") as bar:
        shown = ["", 0]

        def tell(what: str, share: float) -> None:
            place = int(share * _BAR)
            if what != shown[0]:
                bar.pos = place
                shown[:] = [what, place]
            bar.update(max(place - bar.pos, 0), what)

        yield tell
