"""The worker's part: a run from asking to rows, progress, cancelling, failing; what arrives; what the web never loads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from portal.analysis.engine import Engine
from portal.analysis.variants import compare_variants
from portal.app import registry
from portal.cli import analyse_run, cli
from portal.jobs import worker
from portal.jobs.queue import Job, Ticker
from portal.kernel.errors import StateError
from portal.organisations.models import Organisation
from portal.responses import services as responses
from portal.review import batches, services
from portal.review.services import ClusterInput
from portal.settings import Settings
from portal.submissions.models import Comment
from portal.suggestions import acts, campaigns, decisions, engines, proposals, runs, templates_anew, waiting
from portal.suggestions.jobs import Analysing
from portal.suggestions.models import AnalysisRun
from portal.suggestions.progress import Progress
from portal.suggestions.storing import FoundCampaign, Storing
from portal.suggestions.texts import read, text_id
from tests.unit.review.scene import Scene, scene

pytestmark = pytest.mark.database

NOTICE = ("이용자에게 인공지능 사용 사실을 사전에 고지하는 의무의 범위를 제품 화면으로 좁혀 주십시오.",
          "인공지능 고지 의무의 범위가 넓어 제품 화면마다 고지하기 어렵습니다. 사전 고지의 범위를 좁혀야 합니다.",
          "사전 고지 의무는 제품의 첫 화면 한 번으로 범위를 정하여 주시기 바랍니다.",
          "고지 의무의 범위를 명확히 하고 제품 화면에 한 번만 고지하도록 하여 주십시오.")
FINES = ("과태료 부과기준이 중소기업에 지나치게 무겁습니다. 과태료 금액을 낮추어 주십시오.",
         "별표의 과태료 금액을 중소기업에는 절반으로 감경하는 부과기준을 두어 주십시오.",
         "과태료 감경 사유에 중소기업을 더하고 부과기준의 금액을 낮추기를 바랍니다.",
         "중소기업의 과태료는 처음 위반하면 금액을 감경하는 부과기준이 필요합니다.")
#: With those above enough of them to learn tags from.
MORE_NOTICE = ("사전 고지의 범위에 제품 화면이 아닌 음성 안내도 드는지 의무의 한계를 밝혀 주십시오.",
               "제품을 켤 때마다 되풀이하는 고지 의무는 지나치므로 그 범위를 줄여 주시기 바랍니다.")
MORE_FINES = ("작은 회사에 같은 과태료 금액을 물리는 부과기준은 고쳐야 하며 감경이 있어야 합니다.",
              "과태료 부과기준에서 스스로 고친 중소기업의 금액은 더 크게 감경하여 주십시오.")
LETTER = ("우리는 이 시행령안의 시행일을 일 년 늦출 것을 요청합니다. 현장은 아직 준비되어 있지 않습니다. "
          "지침과 교육이 먼저 마련되어야 하고, 중소 사업자를 위한 지원도 함께 있어야 합니다.")
OWN = "특히 지역의 작은 사업자들은 담당자를 둘 여력이 없습니다."


class Played:
    """A consultation in a database of its own tables' rows, and a worker's hands."""

    def __init__(self, sessions: sessionmaker[Session], now: datetime) -> None:
        self.sessions = sessions
        self.now = now
        self.at = now
        with sessions() as session:
            made = scene(session, now)
            self.codes = made.codes()
            session.commit()
        self._made = made
        self.id, self.reviewer = made.id, made.reviewer
        self.analysing = Analysing(True, None)
        self.work = {each.name: each for each in self.analysing.work()}

    def do(self, act: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """A person's act, later than all before."""
        self.at += timedelta(minutes=1)
        with self.sessions() as session:
            done = act(session, self.reviewer, self.id, *given, now=self.at, **more)
            session.commit()
            return done

    def file(self, *reasons: str, clause: str = "art_2__para_1", **more: Any) -> list[int]:
        """Comments filed, one organisation each; their segments."""
        with self.sessions() as session:
            it = Scene(session, self.at, *(session.merge(each) for each in (self._made.ministry, self._made.consultation)),
                       self._made.reviewer, self._made.approver, self._made.publisher)
            made = [it.file({"reason": reason, "clause_eid": clause, **more}, name=f"단체 {reason[:8]} {number}")
                    for number, reason in enumerate(reasons)]
            found = [it.segments(filed.comments[0].id)[0].id for filed in made]
            session.commit()
            return found

    def file_again(self, segment: int, **changed: Any) -> int:
        """The filing with this segment filed again, as it was or changed; the segment of the further one."""
        with self.sessions() as session:
            it = Scene(session, self.at, *(session.merge(each) for each in (self._made.ministry, self._made.consultation)),
                       self._made.reviewer, self._made.approver, self._made.publisher)
            stood = it.segment(segment)
            comment = session.get_one(Comment, stood.comment_id)
            made = it.file({"uid": comment.uid, "reason": comment.reason, "clause_eid": comment.clause_eid, **changed},
                           by=session.get_one(Organisation, stood.organisation_id))
            [part, *_] = it.segments(made.comments[0].id)
            session.commit()
            return part.id

    def letters(self, campaign_id: int) -> dict[int, tuple[bool, list[str], list[str]]]:
        """The letters of a campaign that count: whether it is the template, and the words that it adds and leaves
        out."""
        rows = self.rows("""
            SELECT s.id, m.template, m.additions, m.omissions, k.reason FROM campaign_members m
              JOIN segments s ON s.id = m.segment_id AND s.excuse IS NULL JOIN comments k ON k.id = s.comment_id
             WHERE m.campaign_id = :one ORDER BY s.id""", one=campaign_id)
        said = next(reason for _, template, _, _, reason in rows if template)
        return {one: (template, [reason[start:end].strip() for start, end in additions],
                      [said[start:end].strip() for start, end in omissions])
                for one, template, additions, omissions, reason in rows}

    def run(self, kind: Any = "grouping") -> AnalysisRun:
        """A run, asked for and done."""
        run_id: int = self.do(runs.ask, kind)
        return self.perform(run_id)

    def perform(self, run_id: int) -> AnalysisRun:
        """The job of a run, done here."""
        job = self.work["suggestions.analyse"]
        assert isinstance(job, Job)
        worker.run_job(self.sessions, lambda: self.at, job, run_id=run_id)
        with self.sessions() as session:
            session.execute(text("DELETE FROM procrastinate_jobs"))
            session.commit()
            return session.get_one(AnalysisRun, run_id)

    def tick(self, turns: int = 1) -> None:
        """Turns of the ticker."""
        ticker = self.work["suggestions.arrivals"]
        assert isinstance(ticker, Ticker)
        for _ in range(turns):
            assert worker.run_ticker(self.sessions, lambda: self.at, ticker)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with self.sessions() as session:
            return [tuple(row) for row in session.execute(text(statement), {"c": self.id, **values})]

    def proposals(self, state: str = "open") -> list[set[int]]:
        """The proposals in a state, as sets of segments."""
        return [set(ids) for (ids,) in self.rows("""
            SELECT array_agg(m.segment_id) FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
             WHERE p.consultation_id = :c AND p.state = :state GROUP BY p.id ORDER BY p.id""", state=state)]

    def everything(self) -> list[Any]:
        """All that a run stores, without times and the numbers of runs."""
        return [self.rows(statement) for statement in (
            "SELECT id, title_ko, title_en, terms, central, voices, state, kept, version FROM proposed_clusters"
            " WHERE consultation_id = :c ORDER BY id",
            "SELECT m.* FROM proposed_members m JOIN proposed_clusters p ON p.id = m.proposal_id"
            " WHERE p.consultation_id = :c ORDER BY 1, 2",
            "SELECT g.segment_id, kind, rank, tag_id, g.cluster_id, score, fits, evidence, engine, model"
            " FROM suggestions g JOIN segments s ON s.id = g.segment_id WHERE s.consultation_id = :c ORDER BY 1, 2, 3",
            "SELECT id, state, version, cluster_id FROM campaigns WHERE consultation_id = :c ORDER BY id",
            "SELECT m.* FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id WHERE c.consultation_id = :c"
            " ORDER BY 1, 2",
            "SELECT words, segment_ids, engine FROM shared_passages WHERE consultation_id = :c ORDER BY 1",
            "SELECT id, cluster_id, version FROM segments WHERE consultation_id = :c ORDER BY id")]


@pytest.fixture
def it(sessions: sessionmaker[Session], now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    played = Played(sessions, now)
    yield played
    with sessions() as session:  # the next test's ticker has its own consultation alone
        session.execute(text("UPDATE consultations SET concluded_at = announced_at WHERE id = :c"), {"c": played.id})
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.commit()


LABELS = ClusterInput("과태료", "Fines", "과태료를 낮출 것인지", "Whether to lower the fines")


# ------------------------------------------------------------------------------------------------------------- a run


def test_a_run_proposes_and_changes_nothing(it: Played) -> None:
    notice, fines = set(it.file(*NOTICE)), set(it.file(*FINES, clause="art_3"))
    letters = it.file(LETTER, f"{LETTER} {OWN}", clause="doc")
    before = it.rows("SELECT id, cluster_id, version, coverage FROM segments WHERE consultation_id = :c ORDER BY 1")
    run = it.run()
    assert (run.state, run.problem, run.share, run.stage) == ("done", "", 1, "")
    assert run.finished_at is not None and run.engine.startswith("analysis ")
    assert run.figures["segments"] == 10
    found = it.proposals()
    assert any(notice <= one and not fines & one for one in found)
    assert any(fines <= one and not notice & one for one in found)
    assert before == it.rows("SELECT id, cluster_id, version, coverage FROM segments WHERE consultation_id = :c"
                             " ORDER BY 1")
    [(template, variant, additions)] = it.rows("""
        SELECT t.segment_id, m.segment_id, m.additions FROM campaigns c
          JOIN campaign_members t ON t.campaign_id = c.id AND t.template
          JOIN campaign_members m ON m.campaign_id = c.id AND NOT m.template WHERE c.consultation_id = :c""")
    assert [template, variant] == letters
    [[start, end]] = additions
    assert f"{LETTER} {OWN}"[start:end] == OWN
    [(title, central)] = it.rows("""
        SELECT title_ko, central FROM proposed_clusters p
          WHERE p.consultation_id = :c AND EXISTS (SELECT 1 FROM proposed_members m WHERE m.proposal_id = p.id
                                                      AND m.segment_id = :one)""", one=min(fines))
    assert "과태료" in title
    assert central["ko"]["segment"] in fines and central["ko"]["sentence"] in " ".join(FINES)
    assert it.rows("SELECT count(*) FROM segment_tokens t JOIN segments s ON s.id = t.segment_id"
                   " WHERE s.consultation_id = :c AND cardinality(t.words) > 3") == [(10,)]


def test_a_second_run_gives_the_same_rows_and_a_decision_stays(it: Played) -> None:
    it.file(*NOTICE)
    fines = set(it.file(*FINES, clause="art_3"))
    it.file(LETTER, f"{LETTER} {OWN}", clause="doc")
    it.run()
    before = it.everything()
    it.run()
    assert it.everything() == before
    [(mine,)] = it.rows("""SELECT DISTINCT p.id FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
                            WHERE p.consultation_id = :c AND m.segment_id = ANY(:ids)""", ids=sorted(fines))
    cluster_id, _ = it.do(proposals.accept, mine, given=LABELS, expected_version=1)
    [other] = it.rows("SELECT id FROM proposed_clusters WHERE consultation_id = :c AND state = 'open' AND id <> :mine"
                      " ORDER BY id LIMIT 1", mine=mine)
    it.do(proposals.dismiss, other[0], expected_version=1)
    [(campaign_id,)] = it.rows("SELECT id FROM campaigns WHERE consultation_id = :c")
    it.do(campaigns.dismiss, campaign_id, expected_version=1)
    dismissed = it.proposals("dismissed")
    it.run()
    assert it.proposals("dismissed") == dismissed and dismissed[0] not in it.proposals()
    assert it.rows("SELECT id, state FROM campaigns WHERE consultation_id = :c") == [(campaign_id, "dismissed")]
    assert {row[0] for row in it.rows("SELECT cluster_id FROM segments WHERE id = ANY(:ids)", ids=sorted(fines))} == {
        cluster_id}


def test_what_is_in_no_cluster_is_compared_with_those_that_stand(it: Played) -> None:
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    cluster_id, _ = it.do(services.create_cluster, LABELS, segment_ids=fines[:3])
    other, _ = it.do(services.create_cluster, ClusterInput("고지"), segment_ids=notice[:3])
    more_notice, more_fines = it.file(*MORE_NOTICE), it.file(*MORE_FINES, clause="art_3")
    it.do(services.tag_segments, [*fines[:3], *more_fines], add=[it.codes.tags[0].id])
    it.do(services.tag_segments, [*notice[:3], *more_notice], add=[it.codes.tags[1].id])
    run = it.run()
    suggested = it.rows("""
        SELECT segment_id, cluster_id, evidence FROM suggestions g WHERE kind = 'cluster' AND rank = 1
           AND segment_id = ANY(:ids) ORDER BY 1""", ids=[notice[3], fines[3]])
    assert [row[:2] for row in suggested] == [(notice[3], other), (fines[3], cluster_id)]
    assert set(suggested[1][2]["earlier"]) <= set(fines[:3]) and suggested[1][2]["words"]
    assert it.rows("SELECT tag_id FROM suggestions WHERE kind = 'tag' AND rank = 1 AND segment_id = :one",
                   one=fines[3]) == [(it.codes.tags[0].id,)]
    assert run.figures["tagged"] == 2
    it.do(services.lock_cluster, cluster_id, locked=True, expected_version=1)
    it.run()
    assert it.rows("SELECT count(*) FROM suggestions WHERE cluster_id = :one", one=cluster_id) == [(0,)]


def test_a_regrouping_is_a_difference_to_take_over(it: Played) -> None:
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    run = it.run()
    mixed = [*notice, *fines[:2]]
    with it.sessions() as session:  # a proposal that was accepted as it came: no person placed its members
        from tests.unit.suggestions.scene import propose
        made = Scene(session, it.at, it._made.ministry, it._made.consultation, it.reviewer, it.reviewer, it.reviewer)
        session.execute(text("DELETE FROM proposed_members"))
        row = propose(made, mixed).id
        session.commit()
    cluster_id, _ = it.do(proposals.accept, row, given=LABELS, expected_version=1)
    chosen, _ = it.do(services.create_cluster, ClusterInput("둔 것"), segment_ids=[fines[3]])
    before = it.rows("SELECT id, cluster_id FROM segments WHERE consultation_id = :c ORDER BY 1")
    run = it.run("regrouping")
    assert (run.state, run.kind) == ("done", "regrouping")
    assert before == it.rows("SELECT id, cluster_id FROM segments WHERE consultation_id = :c ORDER BY 1")
    moves = it.rows("SELECT segment_id, cluster_before, cluster_after, proposal_after FROM proposed_moves"
                    " WHERE run_id = :run ORDER BY 1", run=run.id)
    assert {row[0] for row in moves} & set(fines[:2]) and not {row[0] for row in moves} & {*notice, fines[3]}
    assert run.figures["moves"] == len(moves)
    done = it.do(runs.apply_regrouping, run.id)
    assert set(done.preview.changes) == {row[0] for row in moves}
    assert it.rows("SELECT cluster_id FROM segments WHERE id = :one", one=fines[3]) == [(chosen,)]
    after = dict(it.rows("SELECT id, cluster_id FROM segments WHERE consultation_id = :c"))
    assert {after[each] for each in notice} == {cluster_id} and cluster_id not in {after[each] for each in fines}


def test_a_regrouping_leaves_what_people_decided_of_proposals(it: Played) -> None:
    """What was dismissed is no new cluster of it, and what people merged stays in their proposal."""
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    it.run()
    [one, two] = [row for (row,) in it.rows("""
        SELECT DISTINCT p.id FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
         WHERE p.consultation_id = :c AND p.state = 'open' AND m.segment_id = ANY(:ids) ORDER BY 1""",
        ids=[*notice, *fines])]
    moves = "SELECT count(*) FROM proposed_moves WHERE run_id = :run"
    assert it.rows(moves, run=it.run("regrouping").id) == [(8,)]
    it.do(proposals.dismiss, one, expected_version=1)
    left = it.rows("SELECT count(*) FROM proposed_members WHERE proposal_id = :two", two=two)
    assert it.rows(moves, run=it.run("regrouping").id) == left
    it.do(proposals.reopen, one, expected_version=2)
    it.do(proposals.merge, {one: 3, two: 1})
    assert it.rows(moves, run=it.run("regrouping").id) == [(0,)]


def test_what_people_changed_is_described_anew_at_the_next_turn_or_by_a_run(it: Played) -> None:
    it.file(*NOTICE)
    fines = it.file(*FINES, clause="art_3")
    it.run()
    [one, two] = [row for (row,) in it.rows("SELECT id FROM proposed_clusters WHERE consultation_id = :c"
                                            " AND state = 'open' ORDER BY id")]
    into = it.do(proposals.merge, {one: 1, two: 1})
    said = "SELECT title_ko, terms::text, central::text, engine FROM proposed_clusters WHERE id = :id"
    [before] = it.rows(said, id=into)
    assert before[3] == ""
    it.tick()
    [after] = it.rows(said, id=into)
    assert after[3].startswith("analysis ") and after[:2] != before[:2]
    assert "고지" in after[1] and "과태료" in after[1], "words of both"
    it.tick()
    assert it.rows(said, id=into) == [after]
    made = it.do(proposals.split, into, fines, expected_version=2)
    it.run()
    [split] = it.rows(said, id=made)
    assert split[3] and "과태료" in split[1] and "고지" not in split[1]


def test_the_letters_of_a_campaign_stay_together(it: Played) -> None:
    """Whatever clause each filer chose: it is one letter."""
    own = ("특히 지역의 작은 사업자들은 담당자를 둘 여력이 없습니다.", "교육을 맡을 사람도 없습니다.", "예산도 부족합니다.")
    letters = set(it.file(LETTER, *(f"{LETTER} {each}" for each in own[:2]), clause="art_3")
                  + it.file(*(f"{LETTER} {each}" for each in own[2:]), f"{own[0]} {LETTER}", clause="art_2__para_1"))
    it.file(*NOTICE)
    it.file(*FINES, clause="art_3")
    it.run()
    [(size,)] = it.rows("SELECT count(*) FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id"
                        " WHERE c.consultation_id = :c")
    assert size == len(letters)
    assert [letters & one for one in it.proposals() if letters & one] == [letters]


def test_no_title_is_a_sentence_that_may_not_be_published(it: Played) -> None:
    """A title is made of a sentence where no words tell the group from the rest; the public reads titles of clusters."""
    secret = "가나다라 마바사아 자차카타 파하갸냐 댜랴먀뱌"
    guarded = {"confidential": [{"field": "reason", "start": 0, "end": 4, "words": secret[:4], "ground": "trade_secret",
                                 "note": ""}]}
    it.file(f"{secret}!", f"{secret}!!", clause="art_3", **guarded)
    it.file(*NOTICE)
    it.run()
    titles = it.rows("SELECT title_ko, title_en FROM proposed_clusters WHERE consultation_id = :c")
    assert titles and all(any(pair) for pair in titles)
    assert not [pair for pair in titles if any(secret in title for title in pair)]


def test_no_title_has_words_that_only_guarded_comments_say(it: Played) -> None:
    guarded = {"confidential": [{"field": "reason", "start": 0, "end": 3, "words": "전해질", "ground": "trade_secret",
                                 "note": ""}]}
    it.file("전해질 배합은 과태료 대상에서 빼 주십시오.", "전해질 배합을 공개하면 과태료보다 손해가 큽니다.",
            "전해질 배합에는 과태료를 매기지 마십시오.", clause="art_3", **guarded)
    it.file("과태료 대상에서 빼 주십시오.", clause="art_3")
    it.file(*NOTICE)
    it.run()
    titles = it.rows("SELECT title_ko, terms FROM proposed_clusters WHERE consultation_id = :c")
    assert any("전해질" in term for _, terms in titles for term in terms["ko"]), "reviewers see it"
    assert not [title for title, _ in titles if "전해질" in title]


ENGLISH = ("We oppose the narrow procedural task filter, which courts have read in three different ways.",
           "A procedural task filter invites every vendor to call its own scoring a narrow procedural task.",
           "The procedural filter should go: what is a narrow task cannot be told from the law.")


def test_a_korean_title_stands_where_those_who_speak_korean_may_not_be_quoted(it: Played) -> None:
    """In a run, and when a half is split off: the article with its Korean heading, then what the others say."""
    guarded = {"confidential": [{"field": "reason", "start": 0, "end": 3, "words": "전해질", "ground": "trade_secret",
                                 "note": ""}]}
    said = it.file(*ENGLISH, clause="art_3", language="en")
    secret = it.file("전해질 배합은 과태료 대상에서 빼 주십시오.", clause="art_3", **guarded)
    it.file(*NOTICE)
    it.run()
    assert {*said, *secret} in it.proposals()
    [(mine, korean, english)] = it.rows("""
        SELECT p.id, title_ko, title_en FROM proposed_clusters p JOIN proposed_members m ON m.proposal_id = p.id
         WHERE m.segment_id = :one""", one=secret[0])
    assert "procedural" in english and korean.startswith("제3조 과태료 · ") and "procedural" in korean
    made = it.do(proposals.split, mine, [said[0], secret[0]], expected_version=1)
    it.tick()
    [(korean, engine)] = it.rows("SELECT title_ko, engine FROM proposed_clusters WHERE id = :id", id=made)
    assert engine and korean.startswith("제3조 과태료") and "전해질" not in korean


def test_few_segments_or_none(it: Played) -> None:
    assert it.run().figures["segments"] == 0
    it.file("🙂🙂🙂")
    for kind in ("grouping", "regrouping"):
        run = it.run(kind)
        assert (run.state, run.figures["segments"]) == ("done", 1)
    it.file("", clause="art_3", proposal_form="full_text", proposal_language="ko", proposal_text="과태료를 낮춘다.")
    assert it.run().state == "done"
    [(words,)] = it.rows("SELECT t.words FROM segment_tokens t JOIN segments s ON s.id = t.segment_id"
                         " WHERE s.consultation_id = :c AND s.clause_eid = 'art_3'")
    assert "과태료" in words, "without a reason the proposed wording is read"


# ------------------------------------------------------------------------------------------ progress, ends, failures


def test_the_progress_rises_and_a_cancelled_run_ends_at_its_next_step(
        it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    it.file(*NOTICE)
    seen: list[tuple[str, float]] = []
    tell = Progress.tell

    def spy(self: Progress, stage: str, share: float) -> None:
        tell(self, stage, share)
        [row] = it.rows("SELECT stage, share, state FROM analysis_runs WHERE consultation_id = :c"
                        " ORDER BY id DESC LIMIT 1")
        seen.append(row[:2])
        assert row[2] == "running"
        if stage == "copies":
            it.do(runs.cancel, run_id)

    run_id = it.do(runs.ask)
    monkeypatch.setattr(Progress, "tell", spy)
    run = it.perform(run_id)
    assert (run.state, run.cancelled_by, run.problem) == ("cancelled", it.reviewer.account_id, "")
    assert [share for _, share in seen] == sorted(share for _, share in seen)
    assert [stage for stage, _ in seen][:2] == ["reading", "words"] and set(dict(seen)) <= set(runs.STAGES)
    assert it.proposals() == [] and it.rows("SELECT * FROM suggestions g JOIN segments s ON s.id = g.segment_id"
                                            " WHERE s.consultation_id = :c") == []


def test_a_failure_is_told_in_words_and_leaves_what_stood(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    it.file(*NOTICE)
    it.run()
    before = it.everything()
    it.file(*FINES, clause="art_3")

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("portal.suggestions.storing.Storing.campaigns", fails)
        run = it.run()
    assert (run.state, run.problem) == ("failed", "error")
    assert run.problem in runs.PROBLEMS
    assert it.everything()[:6] == before[:6]
    assert it.rows("SELECT data ->> 'state', data ->> 'problem' FROM audit_events WHERE consultation_id = :c"
                   " AND verb = 'suggestion.run_ended' ORDER BY id DESC LIMIT 1") == [("failed", "error")]
    with monkeypatch.context() as patch:
        patch.setattr(it.analysing, "_embeddings", Path("/nowhere"))
        assert it.run().problem == "model"
    assert not engines.BUSY.locked()


def test_a_job_that_runs_twice_or_after_its_worker_was_lost(it: Played) -> None:
    it.file(*NOTICE)
    run = it.run()
    before = it.everything()
    assert it.perform(run.id).finished_at == run.finished_at
    assert it.everything() == before
    run_id = it.do(runs.ask)
    with it.sessions() as session:
        session.execute(text("UPDATE analysis_runs SET state = 'running', stage = 'tags', share = 0.9, started_at = :at"
                             " WHERE id = :id"), {"id": run_id, "at": it.at})
        session.commit()
    assert it.perform(run_id).state == "done"
    assert it.everything() == before
    run_id = it.do(runs.ask)
    it.do(runs.cancel, run_id)
    assert it.perform(run_id).state == "cancelled"


def test_decisions_while_it_computes_win(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = it.file(*NOTICE)
    fines = it.file(*FINES, clause="art_3")
    [part] = it.rows("SELECT comment_id, version FROM segments WHERE id = :one", one=fines[0])
    tell = Progress.tell

    def meanwhile(self: Progress, stage: str, share: float) -> None:
        tell(self, stage, share)
        if stage == "storing":
            it.do(services.create_cluster, LABELS, segment_ids=notice[:2])
            it.do(services.split_comment, part[0], [10], expected_version=part[1])

    monkeypatch.setattr(Progress, "tell", meanwhile)
    assert it.run().state == "done"
    proposed = set().union(*it.proposals())
    assert not proposed & {*notice[:2], fines[0]} and proposed >= {*notice[2:], *fines[1:]}


def test_what_is_cut_otherwise_while_it_computes_is_not_regrouped(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    fines = it.file(*NOTICE, *FINES, clause="art_3")[len(NOTICE):]
    moves = "SELECT segment_id FROM proposed_moves WHERE run_id = :run"
    assert (fines[0],) in it.rows(moves, run=it.run("regrouping").id)
    # A part with a response of its own keeps its number when its comment is cut, with other words.
    it.do(responses.draft_response, segment_id=fines[0])
    tell = Progress.tell

    def meanwhile(self: Progress, stage: str, share: float) -> None:
        tell(self, stage, share)
        [part] = it.rows("SELECT comment_id, version FROM segments WHERE id = :one", one=fines[0])
        if stage == "storing" and share == 0.0:
            it.do(services.split_comment, part[0], [10], expected_version=part[1])

    monkeypatch.setattr(Progress, "tell", meanwhile)
    run = it.run("regrouping")
    found = it.rows(moves, run=run.id)
    assert run.state == "done" and found and (fines[0],) not in found
    assert run.figures["moves"] == len(found)


def test_while_it_is_written_down_review_goes_on(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred thousand segments that takes minutes: nobody waits for it, and no page breaks."""
    monkeypatch.setattr("portal.suggestions.acts._PATIENCE_MS", 50)
    ids = it.file(*NOTICE)
    with it.sessions() as writing:
        acts.lock(writing, it.id)
        Storing(writing, it.id, "analysis (test)", None, it.at).look(ids)

        def tag(session: Session, actor: Any, consultation_id: int, *, now: datetime) -> Any:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            return services.tag_segments(session, actor, consultation_id, ids, add=[it.codes.tags[0].id], now=now)

        assert it.do(tag).changed == len(ids)
        with pytest.raises(StateError) as told:
            it.do(runs.ask)
        assert told.value.what_next is not None
    assert it.do(runs.ask), "and afterwards everything is as before"


def test_switched_off(it: Played, settings: Settings) -> None:
    assert "suggestions.arrivals" not in registry(settings).tickers
    assert "suggestions.arrivals" in registry(replace(settings, analysis=True)).tickers
    it.work = {each.name: each for each in Analysing(False, None).work()}
    run = it.run()
    assert (run.state, run.problem) == ("failed", "off")


# ----------------------------------------------------------------------------------------------------- what arrives


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a consultation taught may be made anew at every turn."""
    monkeypatch.setattr("portal.suggestions.arriving.SHARE", float("inf"))


def test_a_filing_that_arrives(it: Played, at_once: None) -> None:
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    letters = it.file(LETTER, f"{LETTER} {OWN}", clause="doc")
    cluster_id, _ = it.do(services.create_cluster, LABELS, segment_ids=fines)
    it.do(services.create_cluster, ClusterInput("고지"), segment_ids=notice)
    it.do(services.tag_segments, [*fines, *it.file(*MORE_FINES, clause="art_3")], add=[it.codes.tags[0].id])
    it.do(services.tag_segments, [*notice, *it.file(*MORE_NOTICE)], add=[it.codes.tags[1].id])
    it.run()
    [(campaign_id, version)] = it.rows("SELECT id, version FROM campaigns WHERE consultation_id = :c")
    it.tick(3)
    late = it.file("과태료 금액이 중소기업에는 무거우니 부과기준을 낮추어 감경하여 주십시오.", clause="art_3")
    copy = it.file(f"{OWN} {LETTER}", clause="doc")
    it.tick(2)
    [(placed, engine)] = it.rows("SELECT cluster_id, engine FROM suggestions WHERE segment_id = :one"
                                       " AND kind = 'cluster' AND rank = 1", one=late[0])
    assert placed == cluster_id and engine.startswith("analysis ")
    assert it.rows("SELECT tag_id FROM suggestions WHERE segment_id = :one AND kind = 'tag' AND rank = 1",
                   one=late[0]) == [(it.codes.tags[0].id,)]
    assert it.rows("SELECT segment_id FROM campaign_members WHERE campaign_id = :one ORDER BY 1", one=campaign_id) == [
        (each,) for each in sorted([*letters, *copy])]
    assert it.rows("SELECT version FROM campaigns WHERE id = :one", one=campaign_id) == [(version + 1,)]
    assert it.rows("SELECT cluster_id FROM segments WHERE id = ANY(:ids)", ids=[*late, *copy]) == [(None,), (None,)]


def test_two_copies_that_arrive_together_make_a_campaign(it: Played, at_once: None) -> None:
    it.file(*NOTICE)
    it.tick(3)
    copies = it.file(LETTER, f"{LETTER} {OWN}", clause="doc")
    it.tick(3)
    assert it.rows("SELECT m.segment_id, m.template FROM campaign_members m JOIN campaigns c ON c.id = m.campaign_id"
                   " WHERE c.consultation_id = :c AND c.run_id IS NULL ORDER BY 1") == [
        (copies[0], True), (copies[1], False)]
    assert it.run().state == "done"
    assert it.rows("SELECT count(*) FROM campaigns WHERE consultation_id = :c AND state = 'open'") == [(1,)]


def test_a_campaign_outlives_its_template(it: Played, at_once: None) -> None:
    it.file(*NOTICE)
    letters = it.file(LETTER, f"{LETTER} {OWN}", f"{OWN} {LETTER}", clause="doc")
    it.run()
    [(campaign_id,)] = it.rows("SELECT campaign_id FROM campaign_members WHERE template AND segment_id = ANY(:ids)",
                               ids=letters)
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = (SELECT"
                             " segment_id FROM campaign_members WHERE campaign_id = :one AND template)"),
                        {"one": campaign_id})
        session.commit()
    it.do(services.tag_segments, letters[1:], add=[it.codes.tags[0].id])
    it.tick(3)
    [late] = it.file(f"{LETTER} 점자도 바랍니다.", clause="doc")
    it.tick(1)
    assert it.rows("SELECT campaign_id FROM campaign_members WHERE segment_id = :one", one=late) == [(campaign_id,)]


@pytest.mark.parametrize("fresh", [False, True])
def test_a_template_that_is_filed_again_stays_one(it: Played, at_once: None, fresh: bool) -> None:
    it.file(*NOTICE)
    letters = it.file(LETTER, f"{LETTER} {OWN}", LETTER.split(". ", 1)[1], clause="doc")
    it.run()
    [(campaign_id, version)] = it.rows("SELECT id, version FROM campaigns WHERE consultation_id = :c")
    before = it.letters(campaign_id)
    assert before[letters[0]] == (True, [], [])
    assert before[letters[1]][1:] == ([OWN], []) and before[letters[2]][1] == [] != before[letters[2]][2]
    it.do(services.create_cluster, LABELS, segment_ids=letters[:1])  # carried over to what is filed again
    it.tick(3)
    if fresh:  # another worker, which knows nothing
        it.analysing = Analysing(True, None)
        it.work = {each.name: each for each in it.analysing.work()}
    again = [it.file_again(letters[0]), it.file_again(letters[1])]
    it.tick()
    assert it.letters(campaign_id) == {again[0]: before[letters[0]], again[1]: before[letters[1]],
                                       letters[2]: before[letters[2]]}
    it.tick(4)
    late = it.file(f"{LETTER} {OWN}", clause="doc")
    it.tick(2)
    assert it.letters(campaign_id) == {again[0]: before[letters[0]], again[1]: before[letters[1]],
                                       letters[2]: before[letters[2]], late[0]: before[letters[1]]}
    assert it.rows("SELECT count(*) FROM campaigns WHERE consultation_id = :c") == [(1,)]
    assert it.rows("SELECT version > :v FROM campaigns WHERE id = :one", one=campaign_id, v=version) == [(True,)]
    with it.sessions() as session:
        assert it.analysing._waiting.look(session).get(it.id, waiting.Seen(0, 0, 0, 0)).uncompared == 0


@pytest.mark.parametrize("state", ["open", "dismissed"])
def test_the_most_typical_of_those_that_are_left_takes_the_place_of_a_template(it: Played, at_once: None, state: str
                                                                               ) -> None:  # fmt: skip
    first, rest = LETTER.split(". ", 1)
    short, whole, added, other = it.file(rest, LETTER, f"{LETTER} {OWN}", f"{LETTER} 점자로도 알려야 합니다.", clause="doc")
    it.run()
    [(campaign_id,)] = it.rows("SELECT id FROM campaigns WHERE consultation_id = :c")
    assert it.letters(campaign_id)[whole][0]
    it.tick(4)
    if state == "dismissed":
        it.do(campaigns.dismiss, campaign_id, expected_version=1)
    changed = it.file_again(whole, reason=f"{LETTER} {OWN} 교육 자료도 미리 주십시오.")
    late = it.file(LETTER, clause="doc")
    it.tick(2)
    said = it.letters(campaign_id)
    [template] = [one for one, (is_one, _, _) in said.items() if is_one]
    assert template in (added, other)
    own = OWN if template == added else "점자로도 알려야 합니다."
    assert said[template] == (True, [own], []), "what it added to the one before is still its own"
    assert said[short] == (False, [], [f"{first}."])
    assert said[other if template == added else added][1:] == (["점자로도 알려야 합니다." if template == added else OWN], [])
    if state == "dismissed":
        assert late[0] not in said and changed not in said
    else:
        assert said[late[0]] == (False, [], [])
        assert "교육 자료도 미리 주십시오." in said[changed][1] and OWN in said[changed][1]


def test_a_campaign_of_which_every_letter_was_filed_anew_with_other_words_keeps_nobody_busy(it: Played, at_once: None
                                                                                            ) -> None:  # fmt: skip
    it.file(*NOTICE)
    letters = it.file(LETTER, f"{LETTER} {OWN}", clause="doc")
    it.run()
    it.tick(4)
    for each, reason in zip(letters, NOTICE, strict=False):
        it.file_again(each, reason=f"{reason} 이유는 같습니다.")
    it.tick(6)
    with it.sessions() as session:
        assert it.analysing._waiting.look(session) == {}


def test_the_parts_of_a_letter_that_was_cut_are_compared_as_one(it: Played, at_once: None) -> None:
    first, rest = LETTER.split(". ", 1)
    template, middle, same = it.file(LETTER, f"{first}. {OWN} {rest}", LETTER, clause="doc")
    it.run()
    [(campaign_id,)] = it.rows("SELECT id FROM campaigns WHERE consultation_id = :c")
    assert it.letters(campaign_id)[middle][1] == [OWN]
    it.do(campaigns.accept, campaign_id, given=LABELS, cut_additions=True, expected_version=1)
    it.tick(3)
    [was] = [one for one, (is_one, _, _) in it.letters(campaign_id).items() if is_one]
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :one"),
                        {"one": was})
        session.commit()
    it.tick()
    said = it.letters(campaign_id)
    [now] = ({template, same} - {was})
    assert said[now] == (True, [], []) and len(said) == 3
    assert all(adds == [] == leaves_out for _, adds, leaves_out in said.values())


def _withdraw(it: Played, segment: int) -> None:
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = :one"),
                        {"one": segment})
        session.commit()


def _campaign(it: Played, *reasons: str) -> tuple[int, list[int]]:
    """A campaign of these letters with the first as its template, and nothing left to do."""
    letters = it.file(*reasons, clause="doc")
    with it.sessions() as session:
        storing = Storing(session, it.id, "analysis (test)", None, it.at)
        storing.look(letters)
        texts = {one.id: one for one in read(session, it.id, letters).texts}
        first, *others = (texts[text_id(one)] for one in letters)
        campaign_id = storing.new_campaign(FoundCampaign(letters[0], {
            int(each.id): (each.additions, each.omissions) for each in compare_variants(first, others)}))
        session.commit()
    it.tick(3)
    return campaign_id, letters


def _uncompared(it: Played) -> list[int]:
    with it.sessions() as session:
        return list(decisions.to_be_compared(session, it.id))


def test_a_letter_that_says_the_same_takes_the_place_of_a_template(it: Played, at_once: None) -> None:
    """Others may be more typical: what they add to it is no part of the campaign."""
    campaign_id, (was, _, _, same) = _campaign(it, LETTER, f"{LETTER} {OWN}", f"{OWN} {LETTER}", LETTER)
    before = it.letters(campaign_id)
    _withdraw(it, was)
    it.tick()
    assert it.letters(campaign_id) == {**{one: before[one] for one in before if one != was}, same: (True, [], [])}


def test_a_second_letter_that_says_what_only_the_template_says_adds_it(it: Played, at_once: None) -> None:
    campaign_id, (was, one, two, short) = _campaign(
        it, LETTER, f"{LETTER} {OWN}", f"{LETTER} {OWN}", LETTER.split(". ", 1)[1])
    _withdraw(it, was)
    it.tick()
    said = it.letters(campaign_id)
    assert said[one] == (True, [OWN], []) and said[two] == (False, [OWN], [])
    assert said[short][1] == [] and OWN not in said[short][2]
    late = it.file(f"{LETTER} {OWN}", LETTER, clause="doc")
    it.tick(2)
    said = it.letters(campaign_id)
    assert [said.get(each) for each in late] == [(False, [OWN], []), (False, [], [])]


def test_what_a_run_puts_into_an_accepted_campaign_is_compared_with_its_template(it: Played, at_once: None) -> None:
    campaign_id, letters = _campaign(it, LETTER, LETTER, LETTER)
    it.do(campaigns.accept, campaign_id, given=LABELS, cut_additions=False, expected_version=1)
    found = it.file(f"{OWN} {LETTER}", LETTER.split(". ", 1)[1], clause="doc")
    with it.sessions() as session:
        storing = Storing(session, it.id, "analysis (test)", None, it.at)
        storing.look([*letters, *found])
        storing.campaigns([FoundCampaign(found[0], {**dict.fromkeys(letters, ([], [(0, len(OWN))])),
                                                    found[1]: ([], [(0, len(OWN))])})])
        session.commit()
    it.tick(2)
    first = LETTER.split(". ", 1)[0]
    said = it.letters(campaign_id)
    assert [said[each] for each in (letters[0], *found)] == [
        (True, [], []), (False, [OWN], []), (False, [], [f"{first}."])]
    assert _uncompared(it) == []


def test_a_template_that_makes_no_point_any_more_is_replaced(it: Played, at_once: None) -> None:
    first, rest = LETTER.split(". ", 1)
    campaign_id, (was, short, same) = _campaign(it, LETTER, rest, rest)
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET no_point = true WHERE id = :one"), {"one": was})
        session.commit()
    it.tick()
    # It is compared like the others, for its mark may be taken away again.
    assert it.letters(campaign_id) == {was: (False, [f"{first}."], []), short: (True, [], []), same: (False, [], [])}
    [late] = it.file(f"{rest} {OWN}", clause="doc")
    it.tick(2)
    assert it.letters(campaign_id)[late] == (False, [OWN], [])


def test_a_campaign_that_cannot_be_compared_stops_nobody(it: Played, at_once: None, monkeypatch: pytest.MonkeyPatch
                                                         ) -> None:  # fmt: skip
    bad, (first, *_) = _campaign(it, LETTER, f"{LETTER} {OWN}")
    good, (second, *_) = _campaign(it, *(f"{each} {NOTICE[1]}" for each in (NOTICE[0], NOTICE[0])))
    compared, tried = templates_anew.compared, []

    def fails(of: templates_anew.Letters, quoted: Any) -> Any:
        tried.append(of.campaign_id)
        if of.campaign_id == bad:
            raise RuntimeError("broken")
        return compared(of, quoted)

    monkeypatch.setattr(templates_anew, "compared", fails)
    for each in (first, second):
        _withdraw(it, each)
    [late] = it.file(FINES[0])
    it.tick(6)
    assert tried == [bad, good] and _uncompared(it) == [bad]
    assert it.rows("SELECT 1 FROM segment_tokens WHERE segment_id = :one", one=late)
    with it.sessions() as session:
        assert it.analysing._waiting.look(session) == {}
        session.execute(text("UPDATE campaigns SET version = version + 1 WHERE id = :one"), {"one": bad})
        session.commit()
    it.file(FINES[1])
    it.tick(2)
    assert tried == [bad, good, bad], "it changed"


def test_one_campaign_a_turn_is_compared_and_nothing_is_held_meanwhile(
        it: Played, at_once: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [_campaign(it, *(f"{each} {end}" for each in (NOTICE[0], NOTICE[0]))) for end in (NOTICE[1], FINES[0])]
    for _, letters in made:
        _withdraw(it, letters[0])
    compared = templates_anew.compared
    seen: list[list[tuple[Any, ...]]] = []

    def spy(*given: Any) -> Any:
        seen.append(it.rows("SELECT state, query FROM pg_stat_activity WHERE datname = current_database()"
                            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"))
        return compared(*given)

    monkeypatch.setattr(templates_anew, "compared", spy)
    monkeypatch.setattr("portal.suggestions.arriving.SHARE", 1e-6)
    it.tick()
    assert seen == [[]] and _uncompared(it) == [made[1][0]]
    monkeypatch.setattr("portal.suggestions.arriving.SHARE", float("inf"))
    it.tick(3)
    assert _uncompared(it) == [made[1][0]], "the share of the time is kept"
    it.analysing._arrivals._comparing_from = 0.0  # type: ignore[union-attr]
    it.tick()
    assert _uncompared(it) == [], "it was not forgotten meanwhile"


def test_what_arrives_is_compared_before_others_have_to_wait(it: Played, at_once: None, monkeypatch: pytest.MonkeyPatch
                                                             ) -> None:  # fmt: skip
    campaign_id, (was, more, same) = _campaign(it, LETTER, f"{LETTER} {OWN}", LETTER)
    waited = []

    def meanwhile(*given: Any) -> Any:
        waited.extend(it.rows("SELECT pg_try_advisory_xact_lock(hashtextextended('suggestions:' || :c, 0))"))
        with it.sessions() as session:  # another worker chooses yet another template
            for one in (None, more):
                session.execute(text("UPDATE campaign_members SET template = segment_id IS NOT DISTINCT FROM :one"
                                     " WHERE campaign_id = :id"), {"one": one, "id": campaign_id})
            session.commit()
        return compare_variants(*given)

    _withdraw(it, was)
    it.tick()
    assert it.letters(campaign_id)[same][0]
    monkeypatch.setattr("portal.suggestions.arriving.compare_variants", meanwhile)
    [late] = it.file(f"{OWN} {LETTER}", clause="doc")
    it.tick()
    assert waited == [(True,)] and _uncompared(it) == [campaign_id]
    assert it.letters(campaign_id)[late][1] == [f"{OWN} {LETTER}"], "nothing is known of it yet"
    it.tick()
    assert it.letters(campaign_id)[late] == (False, [OWN], []) and _uncompared(it) == []


def test_suggestions_are_made_anew_after_decisions(it: Played, at_once: None) -> None:
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    it.tick(3)
    assert it.rows("SELECT 1 FROM suggestions WHERE segment_id = ANY(:ids)", ids=[*notice, *fines]) == []
    it.do(services.tag_segments, fines[:3], add=[it.codes.tags[0].id])
    it.do(services.tag_segments, notice[:3], add=[it.codes.tags[1].id])
    cluster_id, _ = it.do(services.create_cluster, LABELS, segment_ids=fines[:3])
    it.tick(2)
    its = "SELECT tag_id, evidence FROM suggestions WHERE segment_id = :one AND kind = 'tag' AND rank = 1"
    assert it.rows(its, one=fines[3]) == [], "six decisions are too few to say what tag another one gets"
    it.do(services.tag_segments, it.file(*MORE_FINES, clause="art_3"), add=[it.codes.tags[0].id])
    it.do(services.tag_segments, it.file(*MORE_NOTICE), add=[it.codes.tags[1].id])
    it.tick(4)
    [(tag, evidence)] = it.rows(its, one=fines[3])
    assert tag == it.codes.tags[0].id and evidence["clauses"] == ["art_3"]
    assert it.rows("SELECT cluster_id FROM suggestions WHERE segment_id = :one AND kind = 'cluster'",
                   one=fines[3]) == [(cluster_id,)]


def test_suggestions_are_made_anew_when_something_is_taken_back_or_locked(it: Played, at_once: None) -> None:
    notice, fines = it.file(*NOTICE), it.file(*FINES, clause="art_3")
    cluster_id, done = it.do(services.create_cluster, LABELS, segment_ids=fines[:3])
    it.do(services.create_cluster, LABELS, segment_ids=notice[:3])
    its = "SELECT count(*) FROM suggestions WHERE segment_id = :one AND cluster_id = :cluster"
    it.tick(4)
    assert it.rows(its, one=fines[3], cluster=cluster_id) == [(1,)]
    it.do(services.lock_cluster, cluster_id, locked=True, expected_version=1)
    it.tick(3)
    assert it.rows(its, one=fines[3], cluster=cluster_id) == [(0,)]
    it.do(services.lock_cluster, cluster_id, locked=False, expected_version=2)
    it.tick(3)
    assert it.rows(its, one=fines[3], cluster=cluster_id) == [(1,)]
    it.do(batches.undo, done.batch_id)
    it.analysing = Analysing(True, None)  # another worker, which knows nothing
    it.work = {each.name: each for each in it.analysing.work()}
    it.tick(3)
    assert it.rows(its, one=fines[3], cluster=cluster_id) == [(0,)]


def test_it_is_not_made_anew_too_often_and_then_nothing_is_asked(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    it.file(*NOTICE)
    it.tick(3)
    arrivals = it.analysing._arrivals
    assert arrivals is not None
    made = arrivals._known[it.id].made
    monkeypatch.setattr(arrivals._known[it.id], "took", 1000.0)
    it.do(services.tag_segments, it.file(*FINES)[:2], add=[it.codes.tags[0].id])
    it.tick(3)
    assert arrivals._known[it.id].made == made
    assert it.rows("SELECT count(*) FROM segment_tokens t JOIN segments s ON s.id = t.segment_id"
                   " WHERE s.consultation_id = :c") == [(8,)], "words never wait"
    monkeypatch.setattr(arrivals._known[it.id], "took", 0.0)
    it.tick(5)
    with it.sessions() as session:
        assert it.analysing._waiting.look(session) == {}


def test_what_arrived_and_was_withdrawn_at_once_keeps_nobody_busy(it: Played, at_once: None) -> None:
    it.file(*NOTICE)
    it.tick(3)
    gone = it.file(*FINES[:2], clause="art_3")
    it.tick(1)
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = ANY(:ids)"),
                        {"ids": gone})
        session.commit()
    it.tick(3)
    with it.sessions() as session:
        assert it.analysing._waiting.look(session) == {}


def test_a_proposal_of_which_nothing_counts_any_more_keeps_nobody_busy(it: Played, at_once: None) -> None:
    it.file(*NOTICE)
    fines = it.file(*FINES, clause="art_3")
    it.run()
    it.tick(3)
    mine = "SELECT proposal_id FROM proposed_members WHERE segment_id = :one"
    [(whole,)] = it.rows(mine, one=fines[0])
    [(version,)] = it.rows("SELECT version FROM proposed_clusters WHERE id = :id", id=whole)
    it.do(proposals.split, whole, fines[:2], expected_version=version)

    def undescribed() -> int:
        with it.sessions() as session:
            return waiting.Waiting().look(session)[it.id].undescribed

    assert undescribed() == 2
    with it.sessions() as session:
        session.execute(text("UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = ANY(:ids)"),
                        {"ids": fines[:2]})
        session.commit()
    assert undescribed() == 1
    it.tick(4)
    assert undescribed() == 0
    assert it.rows("SELECT count(*) FROM proposed_clusters WHERE consultation_id = :c AND state = 'open'"
                   " AND engine = ''") == [(1,)], "as people left it"


def test_what_became_empty_meanwhile_is_not_computed(it: Played, at_once: None, monkeypatch: pytest.MonkeyPatch
                                                     ) -> None:  # fmt: skip
    it.file(*NOTICE)
    it.tick(3)
    arrivals = it.analysing._arrivals
    assert arrivals is not None
    monkeypatch.setattr(Engine, "features", lambda *_: pytest.fail("nobody needs it"))
    with it.sessions() as session:
        storing = Storing(session, it.id, "analysis (test)", None, it.at)
        assert not arrivals._described_anew(storing, engines.engine_for(session, it.id))


def test_no_transaction_stays_open_while_it_is_said_anew(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    it.file(*NOTICE)
    it.file(*FINES, clause="art_3")
    it.run()
    [one, two] = [row for (row,) in it.rows("SELECT id FROM proposed_clusters WHERE consultation_id = :c"
                                            " AND state = 'open' ORDER BY id")]
    into = it.do(proposals.merge, {one: 1, two: 1})
    features = Engine.features
    seen: list[list[tuple[Any, ...]]] = []

    def spy(self: Engine, *given: Any) -> Any:
        seen.append(it.rows("SELECT state, query FROM pg_stat_activity WHERE datname = current_database()"
                            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"))
        return features(self, *given)

    monkeypatch.setattr(Engine, "features", spy)
    it.tick()
    assert seen == [[]]
    [(engine,)] = it.rows("SELECT engine FROM proposed_clusters WHERE id = :id", id=into)
    assert engine


def test_a_part_that_was_cut_anew_is_read_anew(it: Played) -> None:
    [one, *_] = it.file(*NOTICE)
    it.tick(3)
    [part] = it.rows("SELECT comment_id, version FROM segments WHERE id = :one", one=one)
    it.do(services.split_comment, part[0], [15], expected_version=part[1])
    it.tick(2)
    assert it.rows("SELECT count(*) FROM segments s LEFT JOIN segment_tokens t ON t.segment_id = s.id AND t.start ="
                   ' s.start AND t."end" = s."end" WHERE s.consultation_id = :c AND t.segment_id IS NULL') == [(0,)]


def test_what_the_engine_cannot_read_stops_nobody(it: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.analysis.tokens import Tokeniser

    read = Tokeniser.tokens

    def fails(self: Tokeniser, words: str, language: Any) -> Any:
        if "쿠방쿠방" in words:
            raise RuntimeError("broken")
        return read(self, words, language)

    monkeypatch.setattr(Tokeniser, "tokens", fails)
    bad, good = it.file("쿠방쿠방", NOTICE[0])
    it.tick(2)
    assert dict(it.rows("SELECT segment_id, cardinality(words) > 0 FROM segment_tokens WHERE segment_id = ANY(:ids)",
                        ids=[bad, good])) == {bad: False, good: True}


def test_a_consultation_that_cannot_be_analysed_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.suggestions.arriving import Arrivals

    worked = []

    def work(self: Arrivals, session: Any, consultation_id: int, *_: Any) -> bool:
        worked.append(consultation_id)
        if consultation_id == 1:
            raise RuntimeError("broken")
        return True

    monkeypatch.setattr(Arrivals, "_work", work)
    arrivals = Arrivals(waiting.Waiting(), None)
    found = dict.fromkeys((1, 2, 3), waiting.Seen(1, 1, 1, 1))
    for _ in range(4):
        with suppress(RuntimeError):
            arrivals.turn(cast(Session, None), found, datetime.now(UTC))
    assert worked == [1, 2, 3, 1]
    assert not engines.BUSY.locked()


def test_a_turn_with_nothing_to_do_is_one_statement(it: Played, at_once: None) -> None:
    from tests.unit.review.scene import statements

    it.file(*NOTICE)
    it.tick(4)
    with it.sessions() as session, statements(session) as seen:
        it.analysing.arrivals(session, now=it.at)
    assert len(seen) == 1
    with it.sessions() as session:
        assert it.id in waiting.Waiting().look(session), "a worker that has just begun knows nothing yet"
    it.do(runs.ask)
    with it.sessions() as session:
        assert it.id not in waiting.Waiting().look(session), "a run is under way: it says what there is to say"


# ------------------------------------------------------------------------------------------------- the command, the web


def test_the_command(it: Played, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    it.file(*NOTICE)
    [(slug,)] = it.rows("SELECT slug FROM consultations WHERE id = :c")
    on = replace(settings, analysis=True).to_env()

    def run(*arguments: str, env: dict[str, str] = on) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["analyse", "run", *arguments], env=env)
        return result.exit_code, result.output

    code, output = run("no-such-consultation")
    assert (code, "There is no consultation" in output) == (1, True)
    code, output = run(slug, env={**on, "PORTAL_ANALYSIS": "off"})
    assert (code, "PORTAL_ANALYSIS=off" in output) == (1, True)
    code, output = run(slug, "--no-wait")
    assert (code, "The worker does it" in output) == (0, True)
    code, output = run(slug)
    assert (code, "under way already" in output) == (1, True)
    [(run_id,)] = it.rows("SELECT max(id) FROM analysis_runs WHERE consultation_id = :c")
    it.perform(run_id)

    turns: list[float] = []

    def works(seconds: float) -> None:
        """While the command waits, the worker comes at last."""
        turns.append(seconds)
        [(run_id,)] = it.rows("SELECT max(id) FROM analysis_runs WHERE consultation_id = :c")
        if len(turns) == 2:
            it.perform(run_id)

    monkeypatch.setattr(analyse_run, "_PATIENCE", 0.0)
    monkeypatch.setattr(analyse_run.time, "sleep", works)
    code, output = run(slug)
    assert (code, "4 segments:" in output) == (0, True)
    assert "No worker has taken it yet" in output

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(analyse_run.time, "sleep", interrupted)
    code, output = run(slug)
    assert (code, "The worker goes on" in output) == (130, True)
    assert it.rows("SELECT state FROM analysis_runs WHERE consultation_id = :c ORDER BY id DESC LIMIT 1") == [
        ("waiting",)]


def test_processes_that_answer_requests_load_nothing_heavy() -> None:
    heavy = ("numpy", "scipy", "sklearn", "kiwipiepy", "threadpoolctl", "onnxruntime", "portal.analysis.engine")
    script = ("import sys, pkgutil, importlib, portal.web, portal.app\n"
              "for one in pkgutil.walk_packages(portal.web.__path__, 'portal.web.'): importlib.import_module(one.name)\n"
              "import portal.suggestions.jobs, portal.suggestions.queries\n"
              f"print([one for one in {heavy!r} if one in sys.modules])")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

