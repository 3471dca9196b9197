"""Coverage: the table itself, and that SQL and Python read it alike on any state."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.responses.models import STEPS, Response
from portal.review import coverage
from portal.review.coverage import Answer, State, answer, column
from portal.review.models import COVERAGE_COLUMNS, Cluster
from tests.unit.review.scene import Scene, scene


def test_the_columns_of_the_table_are_those_that_are_stored() -> None:
    assert {rule.column for rule in coverage.TABLE} == set(COVERAGE_COLUMNS)
    assert coverage.TABLE[-1].sql == "true"


@pytest.mark.parametrize(("disposition", "step", "expected"), [
    (None, "drafting", Answer.BEGUN), ("noted", "drafting", Answer.DISPOSED),
    ("noted", "technical_review", Answer.DISPOSED), ("noted", "legal_review", Answer.DISPOSED),
    ("noted", "for_approval", Answer.DISPOSED), ("noted", "approved", Answer.APPROVED),
    ("noted", "published", Answer.PUBLISHED)])
def test_how_far_a_response_is(disposition: str | None, step: str, expected: Answer) -> None:
    assert answer(disposition, step) is expected


@pytest.mark.parametrize(("state", "expected"), [
    (State(), "untriaged"),
    (State(tagged=True), "triaged"),
    (State(clustered=True), "triaged"),
    (State(own=Answer.BEGUN), "triaged"),
    (State(clustered=True, shared=Answer.BEGUN), "triaged"),
    (State(clustered=True, shared=Answer.DISPOSED), "disposed"),
    (State(clustered=True, shared=Answer.PUBLISHED), "published"),
    (State(clustered=True, shared=Answer.PUBLISHED, own=Answer.BEGUN), "published"),  # its own says nothing yet
    (State(clustered=True, shared=Answer.PUBLISHED, own=Answer.DISPOSED), "disposed"),  # its own response applies
    (State(clustered=True, shared=Answer.DISPOSED, own=Answer.BEGUN), "disposed"),
    (State(clustered=True, shared=Answer.BEGUN, own=Answer.APPROVED), "approved"),
    (State(own=Answer.PUBLISHED), "published"),
    (State(excuse="withdrawn", own=Answer.PUBLISHED), "excused"),  # excused wins over all
    (State(excuse="superseded", tagged=True), "excused"),
    (State(no_point=True), "triaged"),  # that it makes no point was decided
    (State(no_point=True, beside="untriaged"), "triaged"),
    (State(no_point=True, beside="disposed"), "disposed"),
    (State(no_point=True, beside="published"), "published"),
    (State(no_point=True, excuse="erased", beside="published"), "excused")])
def test_a_segment_stands_in_one_column(state: State, expected: str) -> None:
    assert column(state) == expected


_responses = st.none() | st.tuples(st.booleans(), st.sampled_from(STEPS))
_segment = st.fixed_dictionaries({
    "tagged": st.booleans(), "cluster": st.none() | st.integers(0, 1), "no_point": st.booleans(), "own": _responses})


def _response(made: tuple[bool, str]) -> dict[str, object]:
    decided, step = made
    approved = step in ("approved", "published")
    return {"step": step, "disposition": "noted" if decided or step != "drafting" else None,
            "edition": 1 if step == "published" else 0, "approved": approved}


def _answer_of(made: tuple[bool, str] | None) -> Answer | None:
    if made is None:
        return None
    values = _response(made)
    return answer(values["disposition"], made[1])  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(comments=st.lists(st.tuples(st.none() | st.sampled_from(["withdrawn", "superseded", "erased"]),
                                   st.lists(_segment, min_size=1, max_size=4)), min_size=1, max_size=4),
       clusters=st.tuples(_responses, _responses))
def test_sql_and_python_agree(session: Session, now: datetime, comments: list[tuple[str | None, list[dict[str, object]]]],
                              clusters: tuple[tuple[bool, str] | None, tuple[bool, str] | None]) -> None:
    with session.begin_nested() as whole:
        it = scene(session, now)
        expected = _build(it, comments, clusters)
        coverage.recompute(session, coverage.of_consultation(it.id))
        found = {row.id: (row.coverage, row.dealt_with) for row in it.segments()}
        assert found == expected
        assert not coverage.wrong(session, coverage.of_consultation(it.id))
        assert coverage.recompute(session, coverage.of_consultation(it.id)) == 0
        whole.rollback()


def _build(it: Scene, comments: list[tuple[str | None, list[dict[str, object]]]],
           clusters: tuple[tuple[bool, str] | None, ...]) -> dict[int, tuple[str, bool]]:
    """Write the states as rows; what the pure function says of each."""
    session, now, me = it.session, it.now, it.approver.account_id
    tag = it.codes().tags[0].id
    ids = []
    for made in clusters:
        cluster = Cluster(consultation_id=it.id, title_ko="쟁점", title_en="", issue_ko="", issue_en="",
                          created_at=now, updated_at=now)
        session.add(cluster)
        session.flush()
        ids.append(cluster.id)
        if made is not None:
            _write(session, it, now, me, made, cluster_id=cluster.id)
    filed = it.file(*[{} for _ in comments])
    expected = {}
    for comment, (excuse, parts) in zip(filed.comments, comments, strict=True):
        if all(part["no_point"] for part in parts):
            parts[0]["no_point"] = False
        session.execute(text("DELETE FROM segment_words WHERE segment_id IN (SELECT id FROM segments WHERE comment_id = :c)"),
                        {"c": comment.id})
        session.execute(text("DELETE FROM segments WHERE comment_id = :c"), {"c": comment.id})
        states = []
        for ordinal, part in enumerate(parts, 1):
            cluster_at = None if part["no_point"] else part["cluster"]
            segment_id = session.execute(text("""
                INSERT INTO segments (consultation_id, submission_id, comment_id, comment_uid, ordinal, start, "end",
                       no_point, clause_eid, clause_order, position, language, organisation_id, organisation_kind,
                       filed_at, lead, coverage, excuse, cluster_id)
                VALUES (:c, :s, :k, :u, :o, 0, 1, :n, 'doc', 0, 'amend', 'ko', :org, 'company', :now, '',
                        CASE WHEN CAST(:e AS text) IS NULL THEN 'untriaged' ELSE 'excused' END, :e, :cl) RETURNING id"""),
                {"c": it.id, "s": filed.submission.id, "k": comment.id, "u": comment.uid, "o": ordinal,
                 "n": part["no_point"], "org": filed.submission.organisation_id, "now": now, "e": excuse,
                 "cl": None if cluster_at is None else ids[cluster_at]}).scalar_one()  # type: ignore[call-overload]
            if part["tagged"]:
                session.execute(text("INSERT INTO segment_tags (segment_id, tag_id, tagged_at) VALUES (:s, :t, :now)"),
                                {"s": segment_id, "t": tag, "now": now})
            if part["own"] is not None:
                _write(session, it, now, me, part["own"], segment_id=segment_id)  # type: ignore[arg-type]
            states.append((segment_id, State(
                excuse=excuse, tagged=bool(part["tagged"]), clustered=cluster_at is not None,
                no_point=bool(part["no_point"]), own=_answer_of(part["own"]),  # type: ignore[arg-type]
                shared=None if cluster_at is None else _answer_of(clusters[cluster_at]))))  # type: ignore[call-overload]
        beside = min((COVERAGE_COLUMNS.index(column(state)) for _, state in states if not state.no_point))
        columns = {segment_id: column(State(**{**state.__dict__, "beside": COVERAGE_COLUMNS[beside]}))
                   for segment_id, state in states}
        whole = all(each in coverage.DONE for each in columns.values())
        expected.update({segment_id: (each, whole) for segment_id, each in columns.items()})
    return expected


def _write(session: Session, it: Scene, now: datetime, me: int | None, made: tuple[bool, str], **subject: int) -> None:
    values = _response(made)
    approved = values.pop("approved")
    session.add(Response(consultation_id=it.id, text_ko="", text_en="", changed_clauses=[], created_at=now,
                         updated_at=now, version=1, approved_digest="d" if approved else None,
                         approved_by=me if approved else None, approved_at=now if approved else None,
                         **values, **subject))
    session.flush()


def test_every_state_has_a_column() -> None:
    answers = [None, *Answer]
    for excuse, tagged, clustered, no_point, own, shared, beside in itertools.product(
            (None, "withdrawn"), (False, True), (False, True), (False, True), answers, answers,
            (None, *COVERAGE_COLUMNS)):
        state = State(excuse, tagged, clustered, no_point, own, shared, beside)
        assert column(state) in COVERAGE_COLUMNS
        assert (column(state) == "excused") is (excuse is not None)
