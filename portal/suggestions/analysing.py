"""The work of a run: everything is read, compared and grouped, and written down at the end. Loads the engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session
from threadpoolctl import threadpool_limits

from portal.analysis.assist import ClusterSuggestion, Standing
from portal.analysis.clusters import Cluster, belonging_together, grouped, kept_together, named
from portal.analysis.embeddings import Embedder
from portal.analysis.engine import ENGINE, Engine
from portal.analysis.features import Features
from portal.analysis.near_copies import NearCopies, find_campaigns
from portal.analysis.placing import least_fit, regroup
from portal.analysis.tags import TagSuggestion
from portal.analysis.texts import Text, Tokens
from portal.analysis.titles import Describer, Description
from portal.kernel.actor import SYSTEM
from portal.ordinances.clauses import LANGUAGES
from portal.review.desk import desk_by_id
from portal.submissions.law_text import title
from portal.suggestions import acts, decisions, engines, runs, texts
from portal.suggestions.models import ProposedMove
from portal.suggestions.progress import Begun, Cancelled, Progress
from portal.suggestions.storing import Found, FoundCampaign, Storing, Suggested, Words
from portal.suggestions.texts import Reading, text_id

#: So many of the passages that segments share otherwise are stored, those in most of them first.
MOST_PASSAGES: Final = 300


@dataclass(frozen=True)
class Material:
    """What a run works on: the segments as texts with their words, and what people decided of them."""

    reading: Reading
    tokens: Sequence[Tokens]
    cluster_of: Mapping[str, str]
    locked: frozenset[str]
    kept: frozenset[str]
    tags: Mapping[str, tuple[int, ...]]
    to_be_described: Mapping[int, list[int]]
    act: int

    @property
    def texts(self) -> list[Text]:
        """The texts, in the order of their ids."""
        return self.reading.texts


def analyse(session: Session, begun: Begun, run_id: int, progress: Progress, embeddings: Path | None) -> None:
    """Do a run that has begun, and write down what it found. Raises Cancelled, ModelProblem."""
    with engines.BUSY, threadpool_limits(1):
        progress.tell("reading", 0.0)
        engine = engines.engine_for(session, begun.consultation_id)
        model = engines.model_in(embeddings)
        material = _read(session, begun.consultation_id, engine, progress)
        if begun.kind == "regrouping":
            write = _regroup(session, begun.consultation_id, engine, model, material, progress)
        else:
            write = _group(engine, model, material, progress)
    progress.tell("storing", 0.0)
    acts.lock(session, begun.consultation_id)
    storing = Storing(session, begun.consultation_id, ENGINE, engines.named(model), progress.now, run_id)
    storing.look([int(one.id) for one in material.texts])
    storing.words(_new_words(material))
    figures = write(storing)
    _finish(session, begun, run_id, storing, {"segments": len(material.texts), **figures})


def _read(session: Session, consultation_id: int, engine: Engine, progress: Progress) -> Material:
    act = decisions.acts(session, consultation_id)
    cluster_of = decisions.clusters_of(session, consultation_id)
    locked = decisions.locked_clusters(session, consultation_id)
    kept = decisions.kept_members(session, consultation_id)
    tags = decisions.tags_of(session, consultation_id)
    to_be_described = decisions.to_be_described(session, consultation_id)
    reading = texts.read(session, consultation_id)
    # Nothing was written yet; what is computed now takes a while, and no transaction stays open for it.
    session.rollback()
    tokens = engine.tokens_of(reading.texts, lambda _what, share: progress.tell("words", share), reading.stored)
    return Material(
        reading, tokens, {text_id(one): str(cluster) for one, cluster in cluster_of.items()},
        frozenset(map(str, locked)), frozenset(map(text_id, kept)), {text_id(one): ids for one, ids in tags.items()},
        to_be_described, act)


def _new_words(material: Material) -> Iterable[Words]:
    """The words that are not stored yet."""
    for one, words in zip(material.texts, material.tokens, strict=True):
        if material.reading.stored.get(one.id) != words:
            start, end = material.reading.spans[one.id]
            yield Words(int(one.id), start, end, words.tokeniser, words.words)


def _finish(session: Session, begun: Begun, run_id: int, storing: Storing, figures: Mapping[str, Any]) -> None:
    """The run is done, unless somebody cancelled it at the last moment."""
    session.flush()
    on = session.execute(text("""
        UPDATE analysis_runs SET state = 'done', stage = '', share = 1, finished_at = :now, engine = :engine,
               model = :model, figures = CAST(:figures AS jsonb)
         WHERE id = :id AND state = 'running' AND cancelled_by IS NULL RETURNING id"""), {
        "id": run_id, "now": storing.now, "engine": storing.engine, "model": storing.model,
        "figures": json.dumps(figures)}).first()
    if on is None:
        raise Cancelled
    acts.note(session, SYSTEM, desk_by_id(session, begun.consultation_id), "suggestion.run_ended", "run", run_id,
              storing.now, state="done", **figures)


# ----------------------------------------------------------------------------------------------------------- grouping


def _group(engine: Engine, model: Embedder | None, material: Material, progress: Progress
           ) -> Callable[[Storing], dict[str, Any]]:  # fmt: skip
    copies = find_campaigns(material.texts, engine.drafts.words(), lambda share: progress.tell("copies", share))
    progress.tell("clusters", 0.0)
    placed: dict[str, tuple[ClusterSuggestion, ...]] = {}
    fitting: set[str] = set()
    proposals: list[Found] = []
    anew: dict[int, Found] = {}
    if len(material.texts) > 1:
        features = engine.features(material.texts, material.tokens, model)
        progress.tell("clusters", 0.5)
        placed, fitting = _placed(features, material)
        tray = [one.id for one in material.texts
                if one.id not in material.cluster_of and one.id not in material.kept and one.id not in fitting]
        row_of = {one: row for row, one in enumerate(features.ids)}
        rows = np.asarray([row_of[one] for one in tray], dtype=np.intp)
        together = belonging_together(copies.campaigns, material.texts)
        labels = kept_together(grouped(features.vectors[rows], tray), tray, together)
        groups = named(tray, labels).clusters if tray else ()
        describer = Describer(material.texts, material.tokens, features, engine.drafts.by_language())
        anew = described_anew(describer, features, material.reading, material.to_be_described)
        for number, group in enumerate(groups):
            proposals.append(_described(describer, features, row_of, material.reading, group))
            progress.tell("clusters", 0.6 + 0.4 * number / len(groups))
    tags = _tags(engine, material, progress)

    def write(storing: Storing) -> dict[str, Any]:
        storing.suggestions("cluster", cluster_rows(placed, fitting), None)
        storing.suggestions("tag", tag_rows(tags), None)
        storing.knows([int(one.id) for one in material.texts], material.act)
        storing.describe_anew(anew)
        return {
            "clusters": len(set(material.cluster_of.values())), "fitting": len(fitting),
            "proposals": storing.proposals(proposals), "campaigns": storing.campaigns(_campaigns(copies)),
            "passages": storing.passages((one.text, [int(each) for each in one.members])
                                         for one in copies.shared_passages[:MOST_PASSAGES]),
            "tagged": len(tags)}

    return write


def _placed(features: Features, material: Material
            ) -> tuple[dict[str, tuple[ClusterSuggestion, ...]], set[str]]:  # fmt: skip
    """For segments in no cluster the clusters that suit them, and those which fit the first of these. Locked clusters
    are left out; a segment that a person keeps in a proposal fits no other place."""
    standing = Standing(features, {one: cluster for one, cluster in material.cluster_of.items()
                                   if cluster not in material.locked})
    free = [row for row, one in enumerate(features.ids) if one not in material.cluster_of]
    if not standing.clusters or not free:
        return {}, set()
    found = standing.suggestions(features.rows(np.asarray(free, dtype=np.intp)))
    least = least_fit(standing)
    placed = {features.ids[row]: suggestions for row, suggestions in zip(free, found, strict=True)}
    return placed, {one for one, suggestions in placed.items()
                    if suggestions and suggestions[0].score >= least and one not in material.kept}


def described_anew(describer: Describer, features: Features, reading: Reading,
                   proposals: Mapping[int, Sequence[int]]) -> dict[int, Found]:
    """What is said now of proposals with these members, as far as they are at hand."""
    row_of = {one: row for row, one in enumerate(features.ids)}
    found = {}
    for proposal_id, segment_ids in proposals.items():
        if members := tuple(one for one in map(text_id, segment_ids) if one in row_of):
            found[proposal_id] = _described(describer, features, row_of, reading, Cluster(str(proposal_id), members))
    return found


def _described(describer: Describer, features: Features, row_of: Mapping[str, int], reading: Reading,
               group: Cluster) -> Found:
    """A group with what is said of it, its members by how typical they are. Its title may become that of a cluster,
    which the public reads: it is made of words that members which may be published say, else of the clause."""
    said = describer.describe(group, reading.kinds, reading.guarded)
    vectors = features.vectors[[row_of[one] for one in group.members]]
    typical = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")
    members = tuple(int(group.members[place]) for place in typical.tolist())
    return Found(
        members, _titles(describer, reading, group, said),
        {str(language): terms for language, terms in said.terms.items()},
        {language: {"segment": int(one.id), "start": one.start, "end": one.end, "sentence": one.sentence}
         for language, one in said.central.items()},
        tuple(int(one) for one in said.voices))


def _titles(describer: Describer, reading: Reading, group: Cluster, said: Description) -> dict[str, str]:
    """A group's titles. Where all who speak a language may not be quoted, its title is what it would be if nobody spoke
    it: the article with its heading in that language, then what the others say. Where that says nothing either, the
    clause that most chose, in Korean and in each language that is spoken: Korean pages never name it in English."""
    titles = {str(language): words for language, words in said.titles.items() if words}
    quoted = tuple(one for one in group.members if one not in reading.guarded)
    if len(titles) < len(LANGUAGES) and 0 < len(quoted) < len(group.members):
        openly = describer.describe(replace(group, members=quoted)).titles
        titles = {**{str(language): words for language, words in openly.items() if words}, **titles}
    wanted = [each for each in LANGUAGES if not titles or each == "ko" or each in said.terms]
    if not all(map(titles.get, wanted)):
        often = Counter(reading.clauses[one] for one in group.members)
        clause = min(often, key=lambda eid: (-often[eid], eid))
        titles = {**{language: title(clause, language) for language in wanted}, **titles}
    return titles


def _tags(engine: Engine, material: Material, progress: Progress) -> dict[str, tuple[TagSuggestion, ...]]:
    """Tags for the segments that have none, learnt from those that have some."""
    labels = {one: [str(tag) for tag in tags] for one, tags in material.tags.items() if tags}
    asked = [place for place, one in enumerate(material.texts) if one.id not in material.tags]
    if not labels or not asked:
        return {}
    progress.tell("tags", 0.0)
    model = engine.tag_model(material.texts, material.tokens, labels)
    progress.tell("tags", 0.4)
    found = model.suggest([material.texts[place] for place in asked], [material.tokens[place] for place in asked])
    return {material.texts[place].id: tags for place, tags in zip(asked, found, strict=True)}


def _campaigns(copies: NearCopies) -> list[FoundCampaign]:
    return [FoundCampaign(int(one.template), {int(each.id): (each.additions, each.omissions) for each in one.variants})
            for one in copies.campaigns]


# --------------------------------------------------------------------------------------------------------- regrouping


def _regroup(session: Session, consultation_id: int, engine: Engine, model: Embedder | None, material: Material,
             progress: Progress) -> Callable[[Storing], dict[str, Any]]:
    by_people = {text_id(one) for one in decisions.placed_by_people(session, consultation_id)}
    session.rollback()  # as in _read
    progress.tell("clusters", 0.0)
    if len(material.texts) < 2:
        return _no_moves
    features = engine.features(material.texts, material.tokens, model)
    progress.tell("clusters", 0.5)
    copies = find_campaigns(material.texts, engine.drafts.words())
    found = regroup(features, material.cluster_of, material.locked, by_people | material.kept,
                    belonging_together(copies.campaigns, material.texts))
    describer = Describer(material.texts, material.tokens, features, engine.drafts.by_language())
    row_of = {one: row for row, one in enumerate(features.ids)}
    new = {cluster.id: cluster for cluster in found.clusters if cluster.id in set(found.new)}
    described = {each: _described(describer, features, row_of, material.reading, cluster)
                 for each, cluster in new.items() if len(cluster.members) > 1}

    def write(storing: Storing) -> dict[str, Any]:
        runs.drop_regroupings(storing.session, storing.consultation_id)
        unwanted = {each for each, one in described.items() if storing.was_dismissed(one.members)}
        moves = [move for move in found.moves if _still(storing, material.reading, move.id, move.before)
                 and move.after not in unwanted and (move.after not in new or move.after in described)]
        wanted = sorted({move.after for move in moves if move.after is not None and move.after in described})
        rows = storing.add_proposals([described[each] for each in wanted], "regrouping")
        proposal = {each: row.id for each, row in zip(wanted, rows, strict=True)}
        storing.session.add_all(ProposedMove(
            run_id=storing.run_id, segment_id=int(move.id), cluster_before=_number(move.before),
            cluster_after=None if move.after in proposal else _number(move.after),
            proposal_after=None if move.after is None else proposal.get(move.after)) for move in moves)
        storing.session.flush()
        return {"clusters": len(set(material.cluster_of.values())), "moves": len(moves), "new": len(rows),
                "gone": len(found.gone), "unmoved": len(material.texts) - len(moves)}

    return write


def _no_moves(storing: Storing) -> dict[str, Any]:
    runs.drop_regroupings(storing.session, storing.consultation_id)
    return {"clusters": 0, "moves": 0, "new": 0, "gone": 0, "unmoved": len(storing.standing)}


def _still(storing: Storing, reading: Reading, identity: str, before: str | None) -> bool:
    """Whether a segment says what it said when it was read, and stands in the cluster in which it stood."""
    stands = storing.standing.get(int(identity))
    return (stands is not None and stands.live and stands.cluster_id == _number(before)
            and (stands.start, stands.end) == reading.spans[identity])


def _number(cluster: str | None) -> int | None:
    return None if cluster is None else int(cluster)


# ------------------------------------------------------------------------------------------------ suggestions as rows


def cluster_rows(placed: Mapping[str, Sequence[ClusterSuggestion]], fitting: set[str]) -> Iterable[Suggested]:
    """Cluster suggestions as they are stored; the first bears that the segment fits there."""
    for one, suggestions in placed.items():
        for rank, each in enumerate(suggestions, 1):
            yield Suggested(int(one), rank, int(each.cluster), each.score,
                            {"words": list(each.words), "clauses": list(each.clauses),
                             "earlier": [int(other) for other in each.nearest]}, rank == 1 and one in fitting)


def tag_rows(tags: Mapping[str, Sequence[TagSuggestion]]) -> Iterable[Suggested]:
    """Tag suggestions as they are stored."""
    for one, suggestions in tags.items():
        for rank, each in enumerate(suggestions, 1):
            yield Suggested(int(one), rank, int(each.tag), each.score,
                            {"words": list(each.evidence), "clauses": list(each.clauses),
                             "earlier": [int(other) for other in each.earlier]})
