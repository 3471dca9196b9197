"""Whatever people do in whatever order, the columns add up to what was received, under every filter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.kernel.errors import PortalError
from portal.responses import services as responses
from portal.responses.models import DISPOSITIONS, Response
from portal.responses.services import ResponseInput
from portal.review import batches, clause_index, code_list, coverage, search, services
from portal.review.models import COVERAGE_COLUMNS
from portal.review.search import NONE, Filter
from portal.submissions.models import Submission
from tests import factories
from tests.unit.review.scene import LABELS, Scene, scene

REASON = "안녕하십니까. 고지 의무를 줄여 주십시오. 표시 방법도 정하여 주십시오."
KINDS = ("company", "association", "individual")
EIDS = ("doc", "art_2", "art_2__para_1", "after_art_2", "art_3")

_picks = st.integers(0, 99)
_acts = st.lists(st.tuples(st.sampled_from(
    ["file", "refile", "withdraw", "tag", "untag", "cluster", "move", "out", "split", "draft", "draft own", "save", "send",
     "approve", "publish", "back", "reopen", "undo"]), _picks, _picks), min_size=4, max_size=24)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_acts)
def test_the_columns_add_up(session: Session, now: datetime, acts: list[tuple[str, int, int]]) -> None:
    with session.begin_nested() as whole:
        it = scene(session, now)
        it.codes()
        it.file({"reason": REASON}, {"clause_eid": "doc", "reason": REASON})
        for act, a, b in acts:
            nested = session.begin_nested()
            try:
                _do(it, act, a, b)
                nested.commit()
            except PortalError:
                nested.rollback()
        assert coverage.wrong(session, coverage.of_consultation(it.id)) == []
        _check(it)
        whole.rollback()


def _do(it: Scene, act: str, a: int, b: int) -> None:
    session, now, codes = it.session, it.now, code_list.code_list(it.session, it.id)
    parts = it.segments()
    one, two = parts[a % len(parts)], parts[b % len(parts)]
    clusters = list(session.scalars(text("SELECT id FROM clusters WHERE consultation_id = :c ORDER BY id"), {"c": it.id}))
    cluster = clusters[a % len(clusters)] if clusters else None
    written = list(session.scalars(text("SELECT id FROM responses WHERE consultation_id = :c ORDER BY id"), {"c": it.id}))
    answer = session.get_one(Response, written[a % len(written)], populate_existing=True) if written else None
    filed = it.filed[a % len(it.filed)]

    def at(step: Callable[..., object], **more: object) -> None:
        if answer is not None:
            who = {responses.publish: it.publisher}.get(step, it.reviewer)
            step(session, who, it.id, answer.id, expected_version=answer.version, now=now, **more)

    match act:
        case "file":
            it.file({"reason": REASON, "clause_eid": EIDS[a % 5], "position": "support", "language": "en"},
                    kind=KINDS[b % 3])
        case "refile":
            same = {"uid": filed.comments[0].uid, "reason": filed.comments[0].reason,
                    "clause_eid": filed.comments[0].clause_eid} if b % 2 else {"reason": "다시 씁니다."}
            it.file(same, by=session.get_one(factories.Organisation, filed.submission.organisation_id))
        case "withdraw":
            if session.get_one(Submission, filed.submission.id).withdrawn_at is None and filed is it.filed[-1]:
                it.withdraw(filed)
        case "tag":
            services.tag_segments(session, it.reviewer, it.id, [one.id, two.id], add=[codes.tags[b % 3].id], now=now)
        case "untag":
            services.tag_segments(session, it.reviewer, it.id, [one.id], remove=[codes.tags[b % 3].id], now=now)
        case "cluster":
            services.create_cluster(session, it.reviewer, it.id, LABELS, segment_ids=[one.id, two.id], now=now)
        case "move":
            services.move_segments(session, it.reviewer, it.id, [two.id], to=cluster, now=now)
        case "out":
            services.move_segments(session, it.reviewer, it.id, [one.id], to=None, now=now)
        case "split":
            services.split_comment(session, it.reviewer, it.id, one.comment_id, [8] if b % 2 else [8, 25],
                                   no_point=[1] if b % 3 else [],
                                   expected_version=services.drawing_version(it.segments(one.comment_id)), now=now)
        case "draft":
            if cluster is not None:
                responses.draft_response(session, it.reviewer, it.id, cluster_id=cluster, now=now)
        case "draft own":
            responses.draft_response(session, it.reviewer, it.id, segment_id=one.id, now=now)
        case "save":
            if answer is not None:
                responses.save_response(session, it.reviewer, it.id, answer.id,
                                        ResponseInput(DISPOSITIONS[b % 7] if b % 9 else None, f"이유 {b}"),
                                        expected_version=answer.version, now=now)
        case "send":
            at(responses.send_for_approval)
        case "approve":
            if answer is not None:
                responses.approve(session, it.approver, it.id, answer.id, seen_digest=responses.digest_of(answer),
                                  now=now)
        case "publish":
            at(responses.publish)
        case "back":
            at(responses.send_back, note="다시")
        case "reopen":
            at(responses.begin_edition)
        case "undo":
            newest = session.scalar(text("SELECT max(id) FROM batches WHERE consultation_id = :c"), {"c": it.id})
            if newest is not None:
                batches.undo(session, it.reviewer, it.id, newest, now=now)


def _check(it: Scene) -> None:
    clauses, codes = clause_index.index(it.session, it.id), code_list.code_list(it.session, it.id)
    parts = it.segments()
    clusters = tuple({part.cluster_id for part in parts if part.cluster_id is not None})
    for wanted in (Filter(), Filter(clauses=("art_2",)), Filter(positions=("amend",)), Filter(kinds=("association",)),
                   Filter(languages=("ko",), positions=("amend", "support")), Filter(tags=(codes.tags[0].id,)),
                   Filter(tags=(NONE,)), Filter(clusters=(NONE, *clusters)), Filter(words="고지"),
                   Filter(clauses=("art_2",), words="고지"), Filter(unseen=True), Filter(dealt_with=(True,)),
                   Filter(topics=(codes.topics[0].id,), dealt_with=(False,))):
        asked = search.query(it.id, it.reviewer.require_account(), wanted, clauses, codes)
        counts = search.counts(it.session, asked)
        assert sum(counts.coverage.values()) == counts.total == search.count(it.session, asked)
        for column in COVERAGE_COLUMNS:
            narrowed = search.query(it.id, it.reviewer.require_account(),
                                    Filter(**{**wanted.__dict__, "coverage": (column,)}), clauses, codes)
            assert search.count(it.session, narrowed) == counts.coverage.get(column, 0)
    for comment_id in {part.comment_id for part in parts}:
        mine = [part for part in parts if part.comment_id == comment_id]
        assert {part.dealt_with for part in mine} == {all(part.coverage in coverage.DONE for part in mine)}
