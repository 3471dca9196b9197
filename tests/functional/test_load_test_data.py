"""`portal load-test-data`: the numbers asked for, rows as the services would have left them, the same for one seed."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.cli.load_test_data import Loaded, load, publish, write_tokens
from portal.cli.synthetic import words, writing
from portal.ledger.commitments import leaf_hash
from portal.ledger.models import Leaf
from portal.ledger.receipts import SigningKey, verify
from portal.publication.models import Page, PublishedComment, PublishedResponse
from portal.review import code_list, coverage, search
from portal.review.clause_index import index
from portal.review.models import Segment, SegmentWords
from portal.submissions import completeness, law_text, queries
from portal.submissions.comment_input import cleaned
from portal.submissions.models import Comment, Filing, FilingSalt, Receipt, Submission
from tests.support.client import Visitor

SUBMISSIONS, COMMENTS = 60, 600
NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.in_folder(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def loaded(app: Flask, sessions: sessionmaker[Session], key: SigningKey) -> Loaded:
    """A small one, published, in this module's database."""
    with sessions() as session:
        made = load(session, slug="bench", submissions=SUBMISSIONS, comments=COMMENTS, seed=7, key=key, now=NOW)
        session.commit()
        publish(session, made.consultation_id, NOW)
        session.commit()
    return made


def test_it_makes_as_many_as_asked_for(loaded: Loaded, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Submission)) == SUBMISSIONS
    assert session.scalar(select(func.count()).select_from(Comment)) == COMMENTS
    assert session.scalar(select(func.sum(Filing.comment_count))) == COMMENTS
    assert session.scalar(select(func.count()).select_from(Segment)) == loaded.segments >= COMMENTS
    assert session.scalar(select(func.count()).select_from(SegmentWords)) == loaded.segments


def test_every_comment_could_have_been_filed(loaded: Loaded, session: Session) -> None:
    law = law_text.newest(session, loaded.consultation_id)
    assert law is not None
    pen = writing.Pen(Random(3), law)
    for _ in range(300):
        written = pen.comment()
        assert cleaned(written.input).input == written.input
        assert completeness.problems(written.clause_eid, written.input, law) == []


def test_digests_signatures_and_leaves_verify(loaded: Loaded, session: Session, key: SigningKey) -> None:
    rows = session.execute(select(Filing, FilingSalt.salt, Receipt, Leaf).join(
        FilingSalt, FilingSalt.filing_id == Filing.id).join(Receipt, Receipt.filing_id == Filing.id).join(
        Leaf, Leaf.subject_id == Filing.id)).all()
    assert len(rows) == SUBMISSIONS
    for filing, salt, receipt, leaf in rows:
        assert leaf.leaf_hash == leaf_hash(salt, filing.digest)
        assert verify(receipt.payload, receipt.signature, key.public) and f"sha256:{filing.digest}" in receipt.payload
        for comment in queries.filed_comments(session, filing.id):
            assert comment.digest == queries.canonical.digest(comment.content())


def test_coverage_and_cache_columns_are_what_review_would_decide(loaded: Loaded, session: Session) -> None:
    assert coverage.wrong(session, coverage.of_consultation(loaded.consultation_id)) == []
    found = dict(session.execute(select(Segment.coverage, func.count()).group_by(Segment.coverage)).all())
    assert {"untriaged", "triaged", "published"} <= found.keys()


def test_the_biggest_cluster_is_named(loaded: Loaded, session: Session) -> None:
    sizes = dict(session.execute(select(Segment.cluster_id, func.count()).where(
        Segment.cluster_id.is_not(None)).group_by(Segment.cluster_id)).all())
    assert sizes[loaded.big_cluster] == max(sizes.values())


def test_some_clauses_are_hot(loaded: Loaded, session: Session) -> None:
    counts = session.execute(select(func.count()).select_from(Comment).group_by(Comment.clause_eid).order_by(
        func.count().desc())).scalars().all()
    assert counts[0] >= 8 * counts[len(counts) // 2]


def test_one_word_is_common_and_one_is_rare() -> None:
    random = Random(5)
    texts = [words.reason(random, words.language(random)) for _ in range(6_000)]
    assert 0.27 < sum(words.COMMON in text for text in texts) / len(texts) < 0.33
    assert 0.006 < sum(words.RARE in text for text in texts) / len(texts) < 0.014


def test_the_queue_finds_the_common_word(loaded: Loaded, session: Session) -> None:
    asked = search.query(loaded.consultation_id, loaded.staff["reviewer"].account_id, search.Filter(words=words.COMMON),
                         index(session, loaded.consultation_id), code_list.code_list(session, loaded.consultation_id))
    held = session.scalar(select(func.count()).select_from(Segment).join(
        Comment, Comment.id == Segment.comment_id).where(text(
            "substring(comments.reason FROM (segments.start + 1)::int FOR (segments.end - segments.start)::int)"
            " LIKE '%부담%'")))
    assert search.count(session, asked) == held > COMMENTS // 5


def test_the_public_reads_it_marked_as_test_data(loaded: Loaded, app: Flask, session: Session) -> None:
    visitor = Visitor(app)
    page = visitor.get("/c/bench/")
    assert page.status_code == 200 and "[시험 데이터]" in page.get_data(as_text=True)
    assert visitor.get("/c/bench/v1/").status_code == 200
    assert session.scalar(select(func.count()).select_from(Page)) > 700
    assert session.scalar(select(func.count()).select_from(PublishedResponse)) >= 1
    withheld = session.scalars(select(PublishedComment.withheld).where(PublishedComment.withheld.is_not(None))).all()
    assert {"confidential_claim"} <= set(withheld)


def test_its_people_are_signed_in(loaded: Loaded, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    write_tokens(path, loaded)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told: dict[str, Any] = json.loads(path.read_text())
    assert len(told["filers"]) <= SUBMISSIONS
    assert Visitor(app, told["filers"][0]["token"]).get("/workspace/bench/").status_code == 200
    assert Visitor(app, told["staff"]["administrator"]["token"]).get("/admin/").status_code == 200


def test_the_same_seed_writes_the_same_comments(loaded: Loaded, session: Session, key: SigningKey) -> None:
    def written(consultation_id: int) -> list[Any]:
        return list(session.execute(select(
            Comment.number, Comment.clause_eid, Comment.position, Comment.proposal_form, Comment.proposal_text,
            Comment.reason).join(Filing, Filing.id == Comment.filing_id).where(
            Filing.consultation_id == consultation_id).order_by(Comment.id)))

    first = written(loaded.consultation_id)
    same = load(session, slug="bench-again", submissions=SUBMISSIONS, comments=COMMENTS, seed=7, key=key, now=NOW)
    assert written(same.consultation_id) == first
    other = load(session, slug="bench-other", submissions=SUBMISSIONS, comments=COMMENTS, seed=8, key=key, now=NOW)
    assert written(other.consultation_id) != first


def test_sizes_add_up_and_refuse_the_impossible() -> None:
    sizes = writing.sizes(Random(1), 40, 1_000)
    assert len(sizes) == 40 and sum(sizes) == 1_000 and min(sizes) >= 1
    assert writing.sizes(Random(1), 2, 2_000) == [1_000, 1_000]
    for submissions, comments in ((10, 9), (2, 2_001)):
        with pytest.raises(ValueError):
            writing.sizes(Random(1), submissions, comments)
