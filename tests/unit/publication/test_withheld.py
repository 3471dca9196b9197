"""The database itself refuses the words of a withheld comment in the publication."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.publication.models import PublishedComment


def _withheld(**words: str) -> PublishedComment:
    values = {"proposal_old": "", "proposal_text": "", "reason": "", "legal_basis": "", **words}
    return PublishedComment(
        id=1, consultation_id=1, submission_id=1, number=1, version=1, clause_eid="art_1", outside_notice=False,
        language="ko", position="amend", withheld="confidential_claim", **values)


def test_a_withheld_comment_without_words(session: Session) -> None:
    session.add(_withheld())
    session.flush()


@pytest.mark.parametrize("field", ["proposal_old", "proposal_text", "reason", "legal_basis", "words"])
def test_a_withheld_comment_with_words(session: Session, field: str) -> None:
    session.add(_withheld(**{field: "'말':1" if field == "words" else "말"}))
    with pytest.raises(IntegrityError, match="ck_comments_withheld_words"):
        session.flush()
