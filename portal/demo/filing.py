"""The filers' acts: every comment of the corpus and of the letters is written and filed by its organisation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.consultations.models import CommentPeriod
from portal.demo import source
from portal.demo.people import Organisation, People
from portal.drafts.queries import clauses as clauses_of
from portal.drafts.queries import latest_version
from portal.kernel.errors import InvalidError
from portal.ledger.receipts import SigningKey
from portal.submissions import services, terms
from portal.submissions.comment_input import Claim, CommentInput
from portal.submissions.filing import FilingInput, file_submission


class Filers:
    """Files for everybody on one text. `texts` are the words of each clause by address and language."""

    def __init__(self, session: Session, people: People, consultation_id: int, key: SigningKey,
                 step: Callable[[], None]) -> None:
        self._session = session
        self._people = people
        self._key = key
        self._step = step
        period = session.scalars(select(CommentPeriod.id).where(
            CommentPeriod.consultation_id == consultation_id)).one()
        self._period_id = period
        version = latest_version(session, consultation_id)
        assert version is not None
        found = clauses_of(session, version.id)
        self._texts: dict[str, dict[str, str]] = {
            c.eid: {"ko": c.text_ko, "en": c.text_en or ""} for c in found}
        #: Which comment uid a comment of the data became.
        self.uids: dict[str, Any] = {}

    def file(self, organisation_key: str, comments: Iterable[dict[str, Any]], now: datetime) -> None:
        """Write all comments of an organisation, look through them, and file."""
        organisation = self._people.organisations[organisation_key]
        submission_id = services.open_submission(self._session, organisation.drafter, self._period_id,
                                                 organisation.id, now=now)
        for comment in comments:
            self._write(organisation, submission_id, comment, now)
            self._step()
        given = FilingInput(
            signer_name=organisation.signer.name, request_key=f"demo-{organisation_key}", terms_agreed=True,
            terms_version=terms.current().version, terms_digest=terms.current().digest)
        at = now + timedelta(minutes=20)
        file_submission(self._session, organisation.signer, submission_id, given, signing_key=self._key,
                        entered_at=at, now=at)

    def _write(self, organisation: Organisation, submission_id: int, comment: dict[str, Any], now: datetime) -> None:
        eid = source.address(comment["clause"])
        given = self._input(comment, eid)
        wording = source.wording(comment["id"])
        if wording is not None and wording.at and self._exists(wording.at):
            eid = wording.at if given.proposal_form == "new_clause" else eid
        if not self._exists(eid):
            eid = "doc"
        try:
            saved = services.add_comment(self._session, organisation.drafter, submission_id, eid, given, now=now)
        except InvalidError as error:
            if not any("resident" in str(message.msgid).lower() for messages in error.problems.values()
                       for message in messages):
                raise
            # What a person would do: mask the number, and go on.
            saved = services.add_comment(self._session, organisation.drafter, submission_id, eid,
                                         given.with_masked_resident_numbers(), now=now)
        self.uids[comment["id"]] = saved.uid

    def _exists(self, eid: str) -> bool:
        return eid == "doc" or eid.removeprefix("after_") in self._texts

    def _input(self, comment: dict[str, Any], eid: str) -> CommentInput:
        given = CommentInput(
            position=comment["position"], reason=comment["reason"], legal_basis=comment.get("legal_basis") or "",
            language=comment["lang"], confidential=tuple(
                Claim(words, "trade_secret") for words in comment["confidential_spans"]))
        wording = source.wording(comment["id"])
        if wording is None:
            return given
        form, old, text = wording.form, wording.old, wording.text
        words = self._texts.get(eid, {}).get(wording.language, "")
        fits = (words.count(old) == 1 if form == "fragment" else bool(words) if form in ("full_text", "deletion")
                else True)
        if not fits:
            # Another text than the demonstration draft: the filer's own words are quoted.
            form, old, text = "instruction", "", str(comment["proposed_wording"])
        return replace(given, proposal_form=form, proposal_language=wording.language, proposal_old=old,
                       proposal_text=text)


def moment(key: str, start: datetime, end: datetime) -> datetime:
    """A moment between start and end that follows from the key, in the working hours of a day in Korea."""
    share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
    day = start + timedelta(days=int(share * (end - start).days))
    minutes = int.from_bytes(hashlib.sha256(key.encode()).digest()[4:6]) % (9 * 60)
    return min(day.replace(hour=0, minute=10, second=0, microsecond=0) + timedelta(minutes=minutes),
               end - timedelta(hours=1))
