"""What the public would read of a comment, and what not: shown to the filer before filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.publication.gather import masked
from portal.submissions import wording
from portal.submissions.comment_input import OWN_FIELDS, CommentInput
from portal.submissions.confidentiality import Piece, locate, pieces
from portal.submissions.filing import finds
from portal.submissions.law_text import LawText
from portal.submissions.queries import Desk, FiledComment, Written
from portal.submissions.wording import Redline


@dataclass(frozen=True)
class PublicVersion:
    """`withheld`: why nothing of it is shown at first (a key of `words.WITHHOLDING_GROUNDS`), None when it appears as
    it is. `fields`: each text cut at the claimed words, as it reads if the claims are granted."""

    organisation: Mapping[str, str]
    position: str | None
    withheld: str | None
    redline: Redline | None
    fields: Mapping[str, Sequence[Piece]]
    claims: int
    finds: Sequence[str]


def public_version(desk: Desk, comment: Written | FiledComment) -> PublicVersion:
    """The public version of a comment as it stands."""
    spans = comment.spans if isinstance(comment, FiledComment) else locate(
        comment.input.confidential, comment.input.texts()).spans
    return _version(desk, comment.input, comment.law, comment.clause_eid, spans)


def _version(desk: Desk, given: CommentInput, law: LawText, eid: str,
             spans: Sequence[Mapping[str, Any]]) -> PublicVersion:
    found = [getattr(given, find["field"])[find["start"]:find["end"]] for find in finds(given)]
    withheld = "confidential_claim" if spans else "personal_data_find" if found else None
    hidden = any(span["field"] == "proposal_text" for span in spans)
    return PublicVersion(
        organisation=public_name(desk), position=given.position, withheld=withheld,
        redline=None if hidden else wording.shown(given, law, eid),
        fields={field: pieces(getattr(given, field), spans, field) for field in OWN_FIELDS},
        claims=len({(span["words"], span["ground"]) for span in spans}), finds=found)


def public_name(desk: Desk) -> dict[str, str]:
    """The filer's name as the public reads it: of an individual masked, unless they chose otherwise."""
    if desk.organisation_kind != "individual" or desk.show_full_name:
        return {"ko": desk.organisation_ko, "en": desk.organisation_en}
    return {"ko": masked(desk.organisation_ko or desk.organisation_en),
            "en": masked(desk.organisation_en or desk.organisation_ko)}
