"""What the workspace shows: an organisation's desk in a consultation, what is written there, what was filed.

Everything is asked for one organisation, whose membership the caller has proved; nothing here decides who may see it.
Answers are frozen; the number of statements never grows with the number of comments.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.consultations import periods as timing
from portal.consultations.queries import in_language
from portal.drafts.models import DraftVersion
from portal.drafts.queries import ClauseFacts
from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.organisations.models import Membership, Organisation
from portal.submissions import canonical, completeness
from portal.submissions.comment_input import CommentInput
from portal.submissions.confidentiality import locate, read_claims
from portal.submissions.law_text import LawText, law_text, title
from portal.submissions.models import Comment, DraftComment, Filing, Receipt, Withdrawal
from portal.submissions.policies import Timing

# --------------------------------------------------------------------------------------------------------- the desk


@dataclass(frozen=True)
class Desk:
    """Where an organisation works on one consultation: the comment period in question, the newest draft version, and
    its submission in that period, if it has begun one (else `submission_id` is None). `periods`: how many comment
    periods the consultation has; `filed`: (number, filings) of each period in which the organisation filed."""

    consultation_id: int
    slug: str
    kind: str
    ministry_id: int
    ministry_ko: str
    ministry_en: str
    title_ko: str
    title_en: str
    comments_appear: str
    responses_while_open: bool
    announced_at: datetime
    concluded_at: datetime | None
    period_id: int
    period_number: int
    newest_period: bool
    opens_at: datetime
    closes_at: datetime
    scope: Sequence[str] | None
    organisation_id: int
    organisation_kind: str
    organisation_ko: str
    organisation_en: str
    organisation_confirmed: bool
    show_full_name: bool
    version_id: int | None
    version_number: int | None
    submission_id: int | None
    submission_version: int | None
    filing_count: int
    current_filing_id: int | None
    withdrawn_at: datetime | None
    begun_at: datetime | None
    periods: int
    filed: Sequence[Sequence[int]]

    def title(self, locale: str) -> str:
        """The consultation's title in the reader's language."""
        return in_language(self.title_ko, self.title_en, locale)

    def ministry(self, locale: str) -> str:
        """The ministry's name in the reader's language."""
        return in_language(self.ministry_ko, self.ministry_en, locale)

    def organisation(self, locale: str) -> str:
        """The organisation's name in the reader's language."""
        return in_language(self.organisation_ko, self.organisation_en, locale)

    @property
    def timing(self) -> Timing:
        """What the policies ask."""
        return Timing(self.announced_at, timing.Window(self.opens_at, self.closes_at), self.concluded_at)

    def phase(self, now: datetime) -> str:
        """Where this comment period stands: a key of `words.PHASES`."""
        window = timing.Window(self.opens_at, self.closes_at)
        return str(timing.phase(timing.Facts(self.announced_at, (window,), self.concluded_at), now))

    def days_left(self, now: datetime) -> int | None:
        """How many days after today filings are taken; 0 on the last day, None once closed."""
        return timing.days_left(self.closes_at, now)

    @property
    def named_period(self) -> int | None:
        """The number of the period where an address has to name it: one without was made when there was only the first,
        or leads to the newest."""
        return None if self.newest_period and self.period_number == 1 else self.period_number

    @property
    def filed_in(self) -> list[int]:
        """The numbers of the other periods in which the organisation filed, in order."""
        return [number for number, _ in self.filed if number != self.period_number]

    def filed_with(self, filing: int) -> list[int]:
        """The numbers of the periods in which the organisation has a filing of this number, in order."""
        return [number for number, count in self.filed if count >= filing]

    def is_over(self, now: datetime) -> bool:
        """Whether the comment period has ended: what is not filed by then, the ministry has not received."""
        return now >= self.closes_at or (self.concluded_at is not None and now >= self.concluded_at)

    @property
    def is_filed(self) -> bool:
        """Whether a filing stands now: one that was withdrawn does not, though the ministry has received it."""
        return self.current_filing_id is not None and self.withdrawn_at is None


_DESK = """
    SELECT c.id AS consultation_id, c.slug, c.kind, c.ministry_id, m.name_ko AS ministry_ko, m.name_en AS ministry_en,
           c.title_ko, c.title_en, c.comments_appear, c.responses_while_open, c.announced_at, c.concluded_at,
           p.id AS period_id, p.number AS period_number,
           NOT EXISTS (SELECT 1 FROM comment_periods l
                        WHERE l.consultation_id = c.id AND l.number > p.number AND l.opens_at <= :now) AS newest_period,
           p.opens_at, p.closes_at, p.scope, o.id AS organisation_id, o.kind AS organisation_kind,
           o.name_ko AS organisation_ko, o.name_en AS organisation_en,
           o.confirmed_at IS NOT NULL AS organisation_confirmed, o.show_full_name,
           v.id AS version_id, v.number AS version_number, s.id AS submission_id, s.version AS submission_version,
           coalesce(s.filing_count, 0) AS filing_count, s.current_filing_id, s.withdrawn_at, s.created_at AS begun_at,
           (SELECT count(*) FROM comment_periods l WHERE l.consultation_id = c.id) AS periods,
           (SELECT coalesce(jsonb_agg(jsonb_build_array(l.number, other.filing_count) ORDER BY l.number), '[]')
              FROM submissions other JOIN comment_periods l ON l.id = other.period_id
             WHERE other.consultation_id = c.id AND other.organisation_id = o.id AND other.filing_count > 0) AS filed
      FROM consultations c
      JOIN ministries m ON m.id = c.ministry_id
      JOIN comment_periods p ON p.consultation_id = c.id
      LEFT JOIN LATERAL (SELECT id, number FROM draft_versions WHERE consultation_id = c.id
                          ORDER BY number DESC LIMIT 1) v ON true"""

_DESK_BY_SLUG = text(f"""{_DESK}
      JOIN organisations o ON o.id = :organisation
      LEFT JOIN submissions s ON s.period_id = p.id AND s.organisation_id = o.id
     WHERE c.slug = :slug AND c.announced_at <= :now AND (CAST(:period AS bigint) IS NULL OR p.number = :period)
     ORDER BY coalesce(s.filing_count, 0) >= :filing DESC, p.opens_at <= :now DESC,
              CASE WHEN p.opens_at <= :now THEN -p.number ELSE p.number END
     LIMIT 1""")

_DESK_OF_COMMENT = text(f"""{_DESK}
      JOIN submissions s ON s.period_id = p.id
      JOIN organisations o ON o.id = s.organisation_id
      JOIN draft_comments d ON d.submission_id = s.id
     WHERE d.id = :comment AND c.slug = :slug AND o.id = ANY(:organisations)""")


def desk(session: Session, slug: str, organisation_id: int, *, now: datetime, period: int | None = None,
         filing: int = 0) -> Desk:
    """An organisation's desk in an announced consultation: in this period, else in the newest in which the organisation
    has a filing of this number, else in the one that opened last (before the first opens: in that one). Raises
    NotFoundError. One statement."""
    row = session.execute(_DESK_BY_SLUG, {
        "slug": slug, "organisation": organisation_id, "period": period, "filing": filing,
        "now": now}).mappings().one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such consultation, or it is not announced yet."))
    return Desk(**row)


def desk_of_comment(session: Session, slug: str, comment_id: int, organisations: Collection[int], *,
                    now: datetime) -> Desk:
    """The desk that a comment lies on, if it is of one of these organisations. Raises NotFoundError. One statement."""
    row = session.execute(_DESK_OF_COMMENT, {
        "slug": slug, "comment": comment_id, "organisations": list(organisations), "now": now}).mappings().one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such comment, or it is not your organisation's."))
    return Desk(**row)


@dataclass(frozen=True)
class DeskSummary:
    """A desk with what a list of desks says of it. `changed`: what is written is not what is filed."""

    desk: Desk
    comments: int
    filed_at: datetime | None
    receipt: str | None
    changed: bool


_SUMMARY = f"""
    SELECT d.*, (SELECT count(*) FROM draft_comments w
                  WHERE w.submission_id = d.submission_id AND w.removed_at IS NULL) AS comments,
           f.filed_at, r.number AS receipt,
           EXISTS (SELECT 1 FROM draft_comments w
                    WHERE w.submission_id = d.submission_id AND w.updated_at >= f.filed_at) AS changed
      FROM ({_DESK}
              JOIN organisations o ON o.id = ANY(:organisations)
              LEFT JOIN submissions s ON s.period_id = p.id AND s.organisation_id = o.id
             WHERE c.announced_at <= :now) d
      LEFT JOIN filings f ON f.id = d.current_filing_id
      LEFT JOIN receipts r ON r.filing_id = f.id"""

_CURRENT = text(f"""{_SUMMARY}
     WHERE d.closes_at > :now AND (d.newest_period OR d.opens_at > :now) AND d.concluded_at IS NULL
     ORDER BY d.closes_at, d.slug, d.organisation_ko LIMIT :most""")
_PAST = text(f"""{_SUMMARY}
     WHERE (d.closes_at <= :now OR NOT d.newest_period OR d.concluded_at IS NOT NULL) AND d.submission_id IS NOT NULL
       AND (CAST(:before AS bigint) IS NULL OR d.submission_id < :before)
     ORDER BY d.submission_id DESC LIMIT :most""")


def current_desks(session: Session, organisations: Collection[int], *, now: datetime,
                  most: int = 200) -> list[DeskSummary]:
    """Every consultation that takes comments now or soon, for each of these organisations; the next deadline first."""
    return _summaries(session, _CURRENT, {"organisations": list(organisations), "now": now, "most": most})


def past_desks(session: Session, organisations: Collection[int], *, now: datetime, before: int | None = None,
               most: int = 20) -> list[DeskSummary]:
    """These organisations' submissions in periods that are over, the newest first, from below the submission `before`
    on."""
    return _summaries(session, _PAST, {
        "organisations": list(organisations), "now": now, "before": before, "most": most})


def _summaries(session: Session, query: Any, values: Mapping[str, Any]) -> list[DeskSummary]:
    found = []
    for row in session.execute(query, values).mappings():
        facts = dict(row)
        more = {name: facts.pop(name) for name in ("comments", "filed_at", "receipt", "changed")}
        found.append(DeskSummary(Desk(**facts), **more))
    touched = {one.desk.submission_id: one.desk.current_filing_id for one in found
               if one.changed and one.desk.submission_id is not None and one.desk.current_filing_id is not None}
    differing = _differing(session, touched) if touched else set()
    return [replace(one, changed=one.changed and one.desk.submission_id in differing) for one in found]


def _differing(session: Session, filings: Mapping[int, int]) -> set[int]:
    """Those submissions whose comments read otherwise than their filing: what was changed and put back is as filed. Two
    statements."""
    written: dict[int, set[tuple[uuid.UUID, str]]] = {submission: set() for submission in filings}
    for row in session.execute(_WRITTEN.where(
            DraftComment.submission_id.in_(list(filings)), DraftComment.removed_at.is_(None))):
        one = _written(session, row)
        written[row[0].submission_id].add((one.uid, one.digest))
    filed: dict[int, set[tuple[uuid.UUID, str]]] = {filing: set() for filing in filings.values()}
    for filing, uid, digest in session.execute(select(Comment.filing_id, Comment.uid, Comment.digest).where(
            Comment.filing_id.in_(list(filed)))):
        filed[filing].add((uid, digest))
    return {submission for submission, filing in filings.items() if written[submission] != filed[filing]}


@dataclass(frozen=True)
class OrganisationName:
    """An organisation that a person may act for."""

    id: int
    kind: str
    name_ko: str
    name_en: str

    def name(self, locale: str) -> str:
        """The name in the reader's language."""
        return in_language(self.name_ko, self.name_en, locale)


def organisations(session: Session, ids: Collection[int]) -> list[OrganisationName]:
    """These organisations by name. One statement."""
    rows = session.execute(
        select(Organisation.id, Organisation.kind, Organisation.name_ko, Organisation.name_en)
        .where(Organisation.id.in_(list(ids))).order_by(Organisation.name_ko, Organisation.id))
    return [OrganisationName(*row) for row in rows]


def signers(session: Session, organisation_id: int) -> list[str]:
    """Who may sign for an organisation, by name."""
    return list(session.scalars(
        select(Account.name).join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None),
               Membership.roles.contains(["signer"])).order_by(Account.name)))


# ------------------------------------------------------------------------------------------------- what is written


@dataclass(frozen=True)
class Written:
    """A comment while it is written: what was typed, where in which text it stands, who touched it last."""

    id: int
    uid: uuid.UUID
    version: int
    law: LawText
    clause_eid: str
    ordinal: int
    input: CommentInput
    updated_at: datetime
    updated_by: str
    removed_at: datetime | None

    @property
    def problems(self) -> list[completeness.Problem]:
        """What keeps this comment from being filed."""
        return completeness.problems(self.clause_eid, self.input, self.law)

    @property
    def clause(self) -> ClauseFacts | None:
        """The clause that it stands at (or behind); None for the whole draft."""
        return self.law.clause(self.clause_eid)

    def address(self, locale: str) -> str:
        """Its address as people say it, as a title."""
        return title(self.clause_eid, locale)

    def content(self, spans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the digest of this comment covers; `spans` are its located confidential words."""
        given = self.input
        return canonical.comment_content(
            uid=str(self.uid), draft_version=self.law.number, clause_eid=self.clause_eid, language=given.language,
            position=given.position or "", proposal_form=given.proposal_form,
            proposal_language=given.proposal_language, proposal_old=given.proposal_old,
            proposal_text=given.proposal_text, reason=given.reason, legal_basis=given.legal_basis, confidential=spans)

    @property
    def digest(self) -> str:
        """The digest that it would be filed with now."""
        return canonical.digest(self.content(locate(self.input.confidential, self.input.texts()).spans))


_WRITTEN = (
    select(DraftComment, DraftVersion.number, Account.name)
    .join(DraftVersion, DraftVersion.id == DraftComment.draft_version_id)
    .outerjoin(Account, Account.id == DraftComment.updated_by)
    .order_by(DraftComment.ordinal, DraftComment.id).execution_options(populate_existing=True))


def written_comments(session: Session, submission_id: int, *, removed: bool = False) -> list[Written]:
    """The comments of a submission in the order of the law; those that were removed only if asked. One statement."""
    query = _WRITTEN.where(DraftComment.submission_id == submission_id)
    if not removed:
        query = query.where(DraftComment.removed_at.is_(None))
    return [_written(session, row) for row in session.execute(query).all()]


def newest_text(session: Session, desk: Desk) -> LawText | None:
    """The newest published text of a desk's draft; None before the first."""
    if desk.version_id is None or desk.version_number is None:
        return None
    return law_text(session, desk.version_id, desk.version_number)


def written_comment(session: Session, comment_id: int) -> Written:
    """One comment, removed or not. Raises NotFoundError."""
    row = session.execute(_WRITTEN.where(DraftComment.id == comment_id)).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such comment, or it is not your organisation's."))
    return _written(session, row)


def input_of(comment: DraftComment) -> CommentInput:
    """A draft comment as the input that would leave it as it is."""
    return CommentInput(
        comment.position, comment.proposal_form, comment.proposal_language, comment.proposal_old,
        comment.proposal_text, comment.reason, comment.legal_basis, comment.language, read_claims(comment.confidential))


def _written(session: Session, row: Any) -> Written:
    comment: DraftComment = row[0]
    return Written(
        comment.id, comment.uid, comment.version, law_text(session, comment.draft_version_id, row.number),
        comment.clause_eid, comment.ordinal, input_of(comment), comment.updated_at, row.name or "", comment.removed_at)


# --------------------------------------------------------------------------------------------------- what was filed


@dataclass(frozen=True)
class FilingFacts:
    """A filing with its receipt. `withdrawn_at`, `withdrawal_reason`: when this very filing was withdrawn, and why."""

    id: int
    submission_id: int
    number: int
    entered_at: datetime
    filed_at: datetime
    late_seconds: int
    signer_name: str
    signer_title: str
    organisation_ko: str
    organisation_en: str
    terms_version: str
    terms_digest: str
    comments: int
    digest: str
    receipt: str
    payload: str
    key_id: str
    signature: str
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


@dataclass(frozen=True)
class FiledComment:
    """A comment as it was filed."""

    id: int
    uid: uuid.UUID
    number: int
    law: LawText
    clause_eid: str
    outside_notice: bool
    input: CommentInput
    spans: tuple[Mapping[str, Any], ...]
    finds: tuple[Mapping[str, Any], ...]
    digest: str

    def address(self, locale: str) -> str:
        """Its address as people say it, as a title."""
        return title(self.clause_eid, locale)

    def content(self) -> dict[str, Any]:
        """What its digest covers."""
        given = self.input
        return canonical.comment_content(
            uid=str(self.uid), draft_version=self.law.number, clause_eid=self.clause_eid, language=given.language,
            position=given.position or "", proposal_form=given.proposal_form,
            proposal_language=given.proposal_language, proposal_old=given.proposal_old,
            proposal_text=given.proposal_text, reason=given.reason, legal_basis=given.legal_basis,
            confidential=self.spans)


_FILING = (
    select(Filing.id, Filing.submission_id, Filing.number, Filing.entered_at, Filing.filed_at, Filing.late_seconds,
           Filing.signer_name, Filing.signer_title, Filing.organisation_name_ko.label("organisation_ko"),
           Filing.organisation_name_en.label("organisation_en"), Filing.terms_version, Filing.terms_digest,
           Filing.comment_count.label("comments"), Filing.digest, Receipt.number.label("receipt"), Receipt.payload,
           Receipt.key_id, Receipt.signature, Withdrawal.withdrawn_at, Withdrawal.reason.label("withdrawal_reason"))
    .join(Receipt, Receipt.filing_id == Filing.id).outerjoin(Withdrawal, Withdrawal.filing_id == Filing.id))


def filings(session: Session, submission_id: int) -> list[FilingFacts]:
    """Every filing of a submission, the newest first. One statement."""
    rows = session.execute(_FILING.where(Filing.submission_id == submission_id).order_by(Filing.number.desc()))
    return [FilingFacts(**row) for row in rows.mappings()]


def filing(session: Session, submission_id: int, number: int) -> FilingFacts:
    """One filing. Raises NotFoundError."""
    row = session.execute(_FILING.where(
        Filing.submission_id == submission_id, Filing.number == number)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such filing."))
    return FilingFacts(**row)


def filing_and_later(session: Session, submission_id: int, number: int) -> tuple[FilingFacts, FilingFacts | None]:
    """One filing with the one that took its place, if any. Raises NotFoundError. One statement."""
    rows = session.execute(_FILING.where(Filing.submission_id == submission_id, Filing.number.in_((number, number + 1)))
                           .order_by(Filing.number)).mappings()
    found = {row["number"]: FilingFacts(**row) for row in rows}
    if number not in found:
        raise NotFoundError(msg("There is no such filing."))
    return found[number], found.get(number + 1)


def filed_comments(session: Session, filing_id: int) -> list[FiledComment]:
    """The comments of a filing in their order. One statement."""
    rows = session.execute(
        select(Comment, DraftVersion.number.label("draft_version"))
        .join(DraftVersion, DraftVersion.id == Comment.draft_version_id)
        .where(Comment.filing_id == filing_id).order_by(Comment.number)).all()
    return [_filed(row[0], law_text(session, row[0].draft_version_id, row.draft_version)) for row in rows]


def filed_digests(session: Session, filing_id: int) -> dict[uuid.UUID, str]:
    """The digest of each comment of a filing, by what stays the same through every filing of it."""
    rows = session.execute(select(Comment.uid, Comment.digest).where(Comment.filing_id == filing_id))
    return {uid: digest for uid, digest in rows}  # noqa: C416 - rows are no pairs to dict()


def _filed(c: Comment, law: LawText) -> FiledComment:
    return FiledComment(
        c.id, c.uid, c.number, law, c.clause_eid, c.outside_notice,
        CommentInput(c.position, c.proposal_form, c.proposal_language, c.proposal_old, c.proposal_text, c.reason,
                     c.legal_basis, c.language), tuple(c.confidential), tuple(c.finds), c.digest)
