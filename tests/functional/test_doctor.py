"""`portal doctor`: a healthy installation passes; whatever is broken behind the portal's back is found and named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from portal.app import create_backend, registry
from portal.cli import cli
from portal.cli.reconciling import CHECKS, LATE, Found, Place
from portal.consultations.models import CommentPeriod, Consultation, NoticeDocument
from portal.jobs import worker
from portal.jobs.queue import Registry
from portal.kernel.actor import Actor
from portal.kernel.db import make_engine, make_session_factory
from portal.ledger import chain
from portal.ledger.receipts import SigningKey
from portal.notifications.models import Mail
from portal.organisations.models import Organisation
from portal.responses import services as responses
from portal.responses.services import ResponseInput
from portal.review import services as review
from portal.review.models import Segment
from portal.review.services import ClusterInput
from portal.settings import Settings
from portal.submissions import services, terms
from portal.submissions.comment_input import Claim, CommentInput
from portal.submissions.filing import FilingInput, file_submission, withdraw_submission
from tests import factories
from tests.support.server import DatabaseUrls

NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)
REASON = "고지 의무의 범위를 줄여 주시기 바랍니다."


class Filing:
    """An organisation that writes and files through the services."""

    def __init__(self, session: Session, of: Consultation, organisation: Organisation, key: SigningKey) -> None:
        self.session, self.key = session, key
        self.actor = factories.member(session, NOW, organisation)
        period = session.scalars(select(CommentPeriod.id).where(CommentPeriod.consultation_id == of.id)).one()
        self.submission = services.open_submission(session, self.actor, period, organisation.id, now=NOW)

    def write(self, eid: str, **given: Any) -> None:
        services.add_comment(self.session, self.actor, self.submission, eid,
                             CommentInput(**{"position": "oppose", "reason": REASON, **given}), now=NOW)

    def file(self, key: str) -> None:
        given = FilingInput(
            signer_name="이서명", signer_title="대표이사", request_key=key, terms_agreed=True,
            terms_version=terms.current().version, terms_digest=terms.current().digest)
        file_submission(self.session, self.actor, self.submission, given, signing_key=self.key, entered_at=NOW, now=NOW)

    def withdraw(self) -> None:
        withdraw_submission(self.session, self.actor, self.submission, "다시 씁니다.", entered_at=NOW, now=NOW)


def _respond(session: Session, of: Consultation, reviewer: Actor, approver: Actor, publisher: Actor) -> None:
    segments = session.scalars(select(Segment.id).where(Segment.consultation_id == of.id, Segment.excuse.is_(None))
                               .order_by(Segment.id)).all()
    named = ClusterInput("고지의 범위", "Scope", "넓다", "Too wide")
    cluster_id, _ = review.create_cluster(session, reviewer, of.id, named, segment_ids=segments[:2], now=NOW)
    response_id = responses.draft_response(session, reviewer, of.id, cluster_id=cluster_id, now=NOW)
    given = ResponseInput("partly_accepted", "일부 반영합니다.", "Taken in part.")
    saved = responses.save_response(session, reviewer, of.id, response_id, given, expected_version=1, now=NOW)
    saved = responses.send_for_approval(session, reviewer, of.id, response_id, expected_version=saved.version, now=NOW)
    digest = responses.content_digest(response_id, given.disposition, given.text_ko, given.text_en, [])
    saved = responses.approve(session, approver, of.id, response_id, seen_digest=digest, now=NOW)
    responses.publish(session, publisher, of.id, response_id, expected_version=saved.version, now=NOW)


def _seal(sessions: sessionmaker[Session], known: Registry) -> None:
    """The sealer waits for every transaction on the server that began before, those of other tests too."""
    ended = time.monotonic() + 60
    while True:
        worker.run_ticker(sessions, lambda: NOW, known.tickers["ledger.seal"])
        with sessions() as session:
            if chain.verify(session).unsealed == 0:
                return
        assert time.monotonic() < ended, "another transaction on this server does not end"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def portal(settings: Settings, sessions: sessionmaker[Session]) -> Iterator[Settings]:
    """A consultation with four submissions: one filed twice, one withdrawn, one with a claim, one answered."""
    assert settings.database_url is not None
    backend = create_backend(settings, lambda: NOW)
    with sessions() as session:
        ministry = factories.ministry(session, NOW)
        reviewer, approver, publisher = (
            factories.staff(session, NOW, ministry, role) for role in ("reviewer", "approver", "publisher"))
        of = factories.consultation(session, NOW, ministry)
        session.add(NoticeDocument(
            consultation_id=of.id, kind="other", title_ko="붙임", title_en="Annex", filename="a.txt",
            media_type="text/plain", content=b"annex",
            digest="0" * 64, added_at=NOW))
        session.flush()
        session.execute(text("UPDATE notice_documents SET digest = encode(sha256(content), 'hex')"))
        filers = [Filing(session, of, factories.organisation(session, NOW, f"회사{n}"), backend.signing_key)
                  for n in range(4)]
        for filer in filers:
            filer.write("art_2__para_1", position="amend", proposal_form="fragment", proposal_old="사전에",
                        proposal_text="사전 또는 사후에")
            filer.write("doc")
        filers[2].write("art_3", confidential=(Claim("범위", "trade_secret", "비밀"),))
        for n, filer in enumerate(filers):
            filer.file(f"key-{n}")
        filers[0].write("art_1")
        filers[0].file("key-again")
        filers[1].withdraw()
        session.commit()
    known = registry(settings)
    for _ in range(2):
        worker.run_waiting(settings.database_url, known, sessions, lambda: NOW)
    with sessions() as session:
        _respond(session, session.get_one(Consultation, of.id), reviewer, approver, publisher)
        session.commit()
    worker.run_waiting(settings.database_url, known, sessions, lambda: NOW)
    _seal(sessions, known)
    yield settings
    backend.engine.dispose()


@pytest.fixture
def owner(portal: Settings, database: DatabaseUrls) -> Iterator[Session]:
    """A session of the role owner, whose every act is taken back."""
    engine = make_engine(database.owner)
    with make_session_factory(engine)() as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def look(owner: Session, portal: Settings) -> Callable[..., Found]:
    key = SigningKey.in_folder(portal.instance / "keys")

    def run(name: str, later: timedelta = 2 * LATE, keys: dict[str, bytes] | None = None) -> Found:
        owner.flush()
        return CHECKS[name](Place(owner, NOW + later, {key.key_id: key.public} if keys is None else keys))

    return run


# ------------------------------------------------------------------------------------------------------------ healthy


@pytest.mark.parametrize("name", CHECKS)
def test_a_healthy_installation(look: Callable[..., Found], name: str) -> None:
    """Every check passes, and looked at something."""
    found = look(name)
    assert found.wrong == ()
    assert (found.looked_at > 0) == (name != "jobs"), "the scene must hold something for each check"


def test_the_command_says_so(portal: Settings) -> None:
    result = CliRunner().invoke(cli, ["doctor"], env=portal.to_env())
    assert result.exit_code == 0, result.output
    assert "ok     receipts: 5 looked at" in result.output
    assert result.output.endswith("Everything holds.\n")


# ------------------------------------------------------------------------------------------------------------- broken

_FIRST = "(SELECT min(id) FROM portal.filings)"
_SEGMENT = "(SELECT min(id) FROM portal.segments WHERE coverage = 'triaged' OR coverage = 'untriaged')"
_LOOSE = "ALTER TABLE portal.segments DROP CONSTRAINT fk_segments_comment_id; "
BROKEN: dict[str, tuple[str, str, str]] = {
    # what was done behind the portal's back: (check, statements of the owner, what is said)
    "a receipt is gone": ("filings", f"DELETE FROM receipts WHERE filing_id = {_FIRST}", "has no receipt"),
    "a salt is gone": ("filings", f"DELETE FROM filing_salts WHERE filing_id = {_FIRST}", "has no salt"),
    "a leaf is gone": ("filings", f"DELETE FROM leaves WHERE subject_id = {_FIRST}", "has no leaf"),
    "a leaf of nothing": ("filings", "INSERT INTO leaves (at, kind, subject_id, leaf_hash) VALUES (now(), 'filing', "
                                     "999999, 'x')", "commits to filing 999999, which is not there"),
    "a comment is gone": ("filings", _LOOSE + "DELETE FROM comments WHERE id = (SELECT min(id) FROM comments)",
                          "says that it has 2 comments; there are 1, numbered up to 2"),
    "a comment was added": ("filings", "INSERT INTO comments (filing_id, uid, number, draft_version_id, clause_eid, "
                            "outside_notice, language, position, proposal_old, proposal_text, reason, legal_basis, "
                            "confidential, finds, detector, digest) SELECT filing_id, gen_random_uuid(), 9, "
                            "draft_version_id, clause_eid, false, 'ko', 'oppose', '', '', 'r', '', '[]', '[]', '1', "
                            "'0' FROM comments ORDER BY id LIMIT 1", "there are 3, numbered up to 9"),
    "a receipt was rewritten": ("receipts", f"UPDATE receipts SET payload = replace(payload, 'comments: 2', "
                                            f"'comments: 7') WHERE filing_id = {_FIRST}",
                                "the receipt of filing {first} does not say what the filing says"),
    "a signature was changed": ("receipts", "UPDATE receipts SET signature = (SELECT signature FROM receipts ORDER BY "
                                            f"filing_id DESC LIMIT 1) WHERE filing_id = {_FIRST}",
                                "the signature on the receipt of filing {first} does not hold"),
    "a signature is nonsense": ("receipts", f"UPDATE receipts SET signature = '???' WHERE filing_id = {_FIRST}",
                                "does not hold"),
    "another key signed": ("receipts", f"UPDATE receipts SET key_id = 'abc' WHERE filing_id = {_FIRST}",
                           "1 receipts are signed with the key abc, which is not known here"),
    "a filing was given another time": ("receipts", "UPDATE filings SET filed_at = filed_at - interval '1 second' "
                                                    f"WHERE id = {_FIRST}", "does not say what the filing says"),
    "a salt was changed": ("receipts", f"UPDATE filing_salts SET salt = 'x' WHERE filing_id = {_FIRST}",
                           "the leaf of filing {first} is not the commitment"),
    "a reason was changed": ("digests", "UPDATE comments SET reason = reason || '!' WHERE id = (SELECT min(id) FROM "
                                        "comments)", "is not as it was filed"),
    "a ground was changed": ("digests", "UPDATE comments SET confidential = jsonb_set(confidential, '{{0,note}}', "
                                        "'\"other\"') WHERE confidential <> '[]'", "is not as it was filed"),
    "a position and its digest were changed": (
        "digests", "UPDATE comments SET position = 'support', digest = repeat('0', 64) WHERE id = (SELECT min(id) FROM "
                   "comments)", "filing {first} is not as it was filed"),
    "a signer was changed": ("digests", f"UPDATE filings SET signer_name = 'other' WHERE id = {_FIRST}",
                             "filing {first} is not as it was filed"),
    "an organisation was renamed in a filing": (
        "digests", f"UPDATE filings SET organisation_name_ko = 'other' WHERE id = {_FIRST}",
        "filing {first} is not as it was filed"),
    "a count is wrong": ("submissions", "UPDATE submissions SET filing_count = 7 WHERE filing_count = 2",
                         "counts 7 filings; there are 2, numbered up to 2"),
    "an older filing stands": ("submissions", f"UPDATE submissions SET current_filing_id = {_FIRST} WHERE "
                                              "filing_count = 2", "does not stand at its newest filing"),
    "withdrawn without a withdrawal": ("submissions", "UPDATE submissions SET withdrawn_at = now() WHERE id = (SELECT "
                                       "max(id) FROM submissions)", "and its withdrawals disagree"),
    "a document was exchanged": ("documents", "UPDATE notice_documents SET content = 'other'",
                                 "is not the file that was attached"),
    "a segment is gone": ("segments", "ALTER TABLE segment_words DROP CONSTRAINT fk_segment_words_segment_id; DELETE "
                          f"FROM segments WHERE id = {_SEGMENT}", "has no segment"),
    "a segment is too short": ("segments", f'UPDATE segments SET "end" = "end" - 1 WHERE id = {_SEGMENT}',
                               "do not cover its text"),
    "a segment begins late": ("segments", f"UPDATE segments SET start = 1 WHERE id = {_SEGMENT}",
                              "do not cover its text"),
    "a column is wrong": ("segments", f"UPDATE segments SET coverage = 'approved' WHERE id = {_SEGMENT}",
                          "stands in another column than its state says"),
    "dealt with is wrong": ("segments", f"UPDATE segments SET dealt_with = NOT dealt_with WHERE id = {_SEGMENT}",
                            "stands in another column than its state says"),
    "an excuse is wrong": ("segments", "UPDATE segments SET excuse = 'withdrawn', coverage = 'excused' WHERE id = "
                                       f"{_SEGMENT}", "is excused, but its comment counts"),
    "an excuse is missing": ("segments", "UPDATE segments SET excuse = NULL, coverage = 'untriaged' WHERE excuse = "
                                         "'withdrawn'", "is not excused, but its comment does not count"),
    "a merged cluster holds segments": ("clusters", "UPDATE clusters SET merged_into = id", "and still holds"),
    "a segment is proposed twice": (
        "clusters", "INSERT INTO proposed_clusters (consultation_id, title_ko, title_en, terms, central, engine, "
        "made_at) SELECT consultation_id, '', '', '{{}}', '{{}}', '', now() FROM segments ORDER BY id LIMIT 2; "
        "INSERT INTO proposed_members (proposal_id, segment_id, ordinal) SELECT p.id, (SELECT min(id) FROM segments), 1 "
        "FROM proposed_clusters p", "stands in 2 open proposals"),
    "an edition was rewritten": ("editions", "UPDATE response_editions SET text_ko = 'other'",
                                 "is not what was approved"),
    "an edition is gone": ("editions", "DELETE FROM response_editions", "stands at edition 1; 0 editions are kept"),
    "a number has a hole before it": ("public numbers", "UPDATE submissions SET public_number = regexp_replace("
                                      "public_number, '0002$', '0009')", "are missing: 2, 5, 6, 7, 8"),
    "a number was given twice": ("public numbers", "UPDATE submissions SET public_number = regexp_replace("
                                 "public_number, '0002$', '00001')", "the number 1 of"),
    "a number of another consultation": ("public numbers", "UPDATE submissions SET public_number = 'OTHER-0002' WHERE "
                                         "public_number LIKE '%0002'", "has a number that is not of its consultation"),
    "a submission is not published": ("publication", "DELETE FROM publication.submissions WHERE number LIKE '%0001'",
                                      "is not published, or in an older state"),
    "an older filing is published": ("publication", "UPDATE publication.submissions SET filing = 1 WHERE filing = 2",
                                     "is not published, or in an older state"),
    "a withdrawn one is shown": ("publication", "UPDATE publication.submissions SET status = 'current'",
                                 "is not published, or in an older state"),
    "one too many is published": ("publication", "UPDATE comment_periods SET closes_at = '2026-01-01'; UPDATE "
                                  "consultations SET comments_appear = 'after_close'", "is published, and may not be"),
    "an old comment is published": (
        "publication", "UPDATE publication.comments SET id = (SELECT min(id) FROM portal.comments WHERE filing_id = "
                       f"{_FIRST}) WHERE id = (SELECT min(id) FROM publication.comments WHERE withheld IS NULL)",
        "is not of a current filing"),
    "a claim is published": ("publication", "UPDATE publication.comments SET withheld = NULL WHERE withheld IS NOT "
                             "NULL", "published in spite of a claim or a find"),
    "a find is published": ("publication", "UPDATE portal.comments SET finds = '[{{\"kind\": \"phone\"}}]' WHERE id = "
                            "(SELECT min(id) FROM publication.comments WHERE withheld IS NULL)",
                            "published in spite of a claim or a find"),
    "withheld for nothing": ("publication", "UPDATE portal.comments SET confidential = '[]'",
                             "withheld without a ground"),
    "other words are published": ("publication", "UPDATE publication.comments SET reason = 'other' WHERE withheld IS "
                                  "NULL", "in other words than it was filed in"),
    "a response is not published": ("publication", "DELETE FROM publication.responses",
                                    "is not published in its newest edition"),
    "a response is published otherwise": ("publication", "UPDATE publication.responses SET text_ko = 'other'",
                                          "is not published in its newest edition"),
    "an unapproved response is public": ("publication", "UPDATE publication.responses SET edition = 2",
                                         "is public, and was never published"),
    "a page is gone": ("publication", "DELETE FROM publication.pages WHERE language = 'en'", "/ (en) is not there"),
    "a file was exchanged": ("files", "UPDATE publication.files SET content = 'other' WHERE format = 'docx' AND language "
                             "= 'ko'", "-v1-ko.docx is not what was made"),
    "a file is gone": ("files", "DELETE FROM publication.files WHERE format = 'hwpx' AND language = 'en'",
                       "version 1, en, hwpx"),
    "a file of no version": ("files", "UPDATE publication.files SET version = 2 WHERE format = 'html' AND language = "
                                      "'ko'", "-v1-ko.html is of a text that is not published"),
    "a table of no version": ("files", "UPDATE publication.files SET compared_with = 'v0' WHERE format = 'html' AND "
                                       "language = 'ko'", "-v1-ko.html is of a text that is not published"),
    "a version is not mirrored": ("files", "DELETE FROM publication.clauses", "version 1 of"),
    "a job failed": ("jobs", "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', "
                             "'submissions.send_receipt', 'failed')", "1 jobs submissions.send_receipt failed"),
    "nobody works": ("jobs", "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'a.b'); UPDATE "
                             "procrastinate_events SET at = now() - interval '1 hour'",
                     "1 jobs a.b wait for longer than five minutes"),
    "marks are left": ("jobs", f"INSERT INTO dirty (kind, key, marked_at) VALUES ('publication', 1, '{NOW}')",
                       "1 marks (publication) wait for longer than five minutes"),
    "a mail failed": ("mails", "UPDATE mails SET status = 'failed' WHERE id = (SELECT min(id) FROM mails)",
                      "1 mails (receipt) could not be sent"),
    "an event was changed": ("audit", "UPDATE audit_events SET verb = 'account.created' WHERE id = (SELECT min(id) "
                                      "FROM audit_events)", "the audit chain is broken at link 1"),
    "an event was removed": ("audit", "ALTER TABLE audit_chain DROP CONSTRAINT fk_audit_chain_event_id; DELETE FROM "
                             "audit_events WHERE id = (SELECT min(id) FROM audit_events)", "was removed"),
    "events are not sealed": ("audit", "DELETE FROM audit_chain WHERE number = (SELECT max(number) FROM audit_chain)",
                              "1 audit events wait to be sealed"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_found(owner: Session, look: Callable[..., Found], what: str) -> None:
    name, statements, said = BROKEN[what]
    first = owner.scalar(text(f"SELECT {_FIRST}"))
    for statement in statements.replace("{{", "{").replace("}}", "}").split("; "):
        done = owner.execute(text(statement.replace(":", r"\:")))
        assert "ALTER" in statement or done.rowcount, "nothing was broken"  # type: ignore[attr-defined]
    wrong = look(name).wrong
    assert any(said.format(first=first) in line for line in wrong), wrong
    assert all(line[0].islower() or line[0].isdigit() for line in wrong)


def test_every_check_has_something_broken() -> None:
    assert {name for name, _, _ in BROKEN.values()} == set(CHECKS)


def test_a_moment_of_delay_is_no_error(owner: Session, look: Callable[..., Found]) -> None:
    """What the background has not done yet is not wrong before its time."""
    for statement in ("DELETE FROM publication.submissions", "DELETE FROM publication.comments",
                      "DELETE FROM publication.pages", "DELETE FROM publication.responses",
                      "DELETE FROM publication.files", "DELETE FROM audit_chain", "DELETE FROM segment_words",
                      "DELETE FROM segment_tags", "DELETE FROM publication.answered_comments", "DELETE FROM segment_changes"):
        owner.execute(text(statement))
    owner.execute(text("UPDATE portal.consultations SET announced_at = :at"), {"at": NOW})
    owner.execute(text("UPDATE portal.draft_versions SET published_at = :at"), {"at": NOW})
    for name in ("publication", "files", "audit"):
        assert look(name, LATE / 2).wrong == (), name
        assert look(name).wrong != (), name


def test_a_former_key_can_be_named(owner: Session, look: Callable[..., Found], portal: Settings) -> None:
    assert "not known here" in look("receipts", keys={}).wrong[0]
    assert len(look("receipts", keys={}).wrong) == 1


# ------------------------------------------------------------------------------------------------------- the command


def test_the_command_names_what_is_wrong_and_changes_nothing(
        portal: Settings, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        session.execute(text("UPDATE mails SET status = 'failed' WHERE id = (SELECT min(id) FROM mails)"))
        session.commit()
        before = session.scalar(select(Mail.status).order_by(Mail.id).limit(1))
    result = CliRunner().invoke(cli, ["doctor"], env=portal.to_env())
    assert result.exit_code == 1
    assert "WRONG  mails" in result.output
    assert "1 mails (receipt) could not be sent" in result.output
    assert "ok     receipts: 5 looked at" in result.output
    with sessions() as session:
        assert session.scalar(select(Mail.status).order_by(Mail.id).limit(1)) == before == "failed"
        session.execute(text("UPDATE mails SET status = 'sent' WHERE status = 'failed'"))
        session.commit()


def test_a_key_that_is_none(portal: Settings) -> None:
    result = CliRunner().invoke(cli, ["doctor", "--key", "xyz"], env=portal.to_env())
    assert result.exit_code == 1
    assert "hexadecimal" in result.output
    other = replace(portal, ledger_key="22" * 32)
    output = CliRunner().invoke(cli, ["doctor"], env=other.to_env()).output
    assert "5 receipts are signed with the key" in output
    former = SigningKey.in_folder(portal.instance / "keys").public.hex()
    assert "ok     receipts" in CliRunner().invoke(cli, ["doctor", "--key", former], env=other.to_env()).output
