"""One comment as the review page, the receipt and the results show it: as filed, and as the public would read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.submissions import wording
from portal.submissions.comment_input import OWN_FIELDS, CommentInput
from portal.submissions.confidentiality import Piece, locate, pieces
from portal.submissions.filing import outside_notice
from portal.submissions.law_text import LawText
from portal.submissions.queries import Desk, FiledComment, Written
from portal.submissions.standing import Standing, standing
from portal.submissions.wording import Redline
from portal.web.workspace.clause_pane import lead
from portal.web.workspace.public_version import PublicVersion, public_version


@dataclass(frozen=True)
class CommentShown:
    """`fields`: each own text cut at the words marked as confidential; `id` is that of what was written or filed;
    `sentence`: the proposed wording as an amending sentence, where the page shows it; `standing`: on which version of
    the draft it stands; `unfiled`: the period is over, and this, as it reads, was not filed."""

    id: int
    number: int
    address: str
    heading: str
    outside_notice: bool
    given: CommentInput
    redline: Redline | None
    sentence: Redline | None
    fields: Mapping[str, Sequence[Piece]]
    public: PublicVersion
    problems: int
    standing: Standing
    unfiled: bool = False


def shown(desk: Desk, item: Written | FiledComment, number: int, locale: str, newest: LawText | None, *,
          with_sentence: bool = True, unfiled: bool = False) -> CommentShown:
    """A comment, written or filed, with its number in the submission; `newest` is the newest text of the draft. The
    amending sentence takes some time to write: pages that do not show it ask for none."""
    given = item.input
    if isinstance(item, FiledComment):
        spans, problems, outside = item.spans, 0, item.outside_notice
    else:
        spans, problems = tuple(locate(given.confidential, given.texts()).spans), len(item.problems)
        outside = outside_notice(item.clause, desk.scope)
    return CommentShown(
        item.id, number, item.address(locale), lead(item.law, item.clause_eid, locale), outside, given,
        wording.shown(given, item.law, item.clause_eid),
        wording.sentence(given, item.law, item.clause_eid) if with_sentence else None,
        {field: pieces(getattr(given, field), spans, field) for field in OWN_FIELDS}, public_version(desk, item),
        problems, standing(item.law, item.clause_eid, newest), unfiled)
