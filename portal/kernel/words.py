"""The words on screen for every code that is stored: one label for one code, in one place.

Pages, mails, documents, exports and refusals all take their labels from here, so that a disposition is never called
two things. The keys are the stored codes and the order of each table is the order in which it is shown. What a code
*means* for the rules (which steps follow which, who may withhold) stands in the domain areas; this module knows none
of it. The Korean stands in `translations/ko/domain.po`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from portal.kernel.i18n import Message, msg

Labels = Mapping[str, Message]


def _labels(**labels: Message) -> Labels:
    return MappingProxyType(labels)


#: Positions of a comment, in the order of every bar, legend and choice.
POSITIONS: Final = _labels(
    support=msg("Support"),
    amend=msg("Amend"),
    oppose=msg("Oppose"),
    question=msg("Question"),
)

#: What choosing a position says, for the form where a comment is written.
POSITION_HINTS: Final = _labels(
    support=msg("Keep the clause as drafted"),
    amend=msg("Change the wording; you can propose it below"),
    oppose=msg("The clause should not be enacted"),
    question=msg("Ask what the clause means or how it will apply"),
)

#: The sign that goes with a position wherever only text can stand (a spreadsheet, a mail). Pages draw it as an icon.
POSITION_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {"support": "✓", "amend": "✎", "oppose": "✕", "question": "?"})

#: Dispositions of a response.
DISPOSITIONS: Final = _labels(
    accepted=msg("Accepted"),
    partly_accepted=msg("Partly accepted"),
    not_accepted=msg("Not accepted"),
    already_covered=msg("Already covered"),
    answered=msg("Answered"),
    noted=msg("Noted"),
    out_of_scope=msg("Out of scope"),
)

#: The sign of a disposition in plain text: filled, half-filled and empty circle, and kin.
DISPOSITION_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {"accepted": "●", "partly_accepted": "◐", "not_accepted": "○", "already_covered": "◉", "answered": "↩",
     "noted": "·", "out_of_scope": "–"})

#: The four columns of a public disposition table.
DISPOSITION_COLUMNS: Final = _labels(
    accepted=msg("Accepted"),
    partly_accepted=msg("Partly accepted"),
    not_accepted=msg("Not accepted"),
    other=msg("Other result"),
)

#: Which public column a disposition is counted in.
DISPOSITION_COLUMN_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"accepted": "accepted", "already_covered": "accepted", "partly_accepted": "partly_accepted",
     "not_accepted": "not_accepted", "answered": "other", "noted": "other", "out_of_scope": "other"})

#: Steps of a response.
STEPS: Final = _labels(
    drafting=msg("Drafting"),
    technical_review=msg("Technical review"),
    legal_review=msg("Legal review"),
    for_approval=msg("For approval"),
    approved=msg("Approved"),
    published=msg("Published"),
)

#: The columns of coverage; every segment stands in exactly one.
COVERAGE_STATES: Final = _labels(
    untriaged=msg("Untriaged"),
    triaged=msg("Triaged"),
    disposed=msg("Disposed"),
    approved=msg("Approved"),
    published=msg("Published"),
    excused=msg("Excused"),
)

ORGANISATION_KINDS: Final = _labels(
    company=msg("Company"),
    association=msg("Association"),
    law_firm=msg("Law firm or agent"),
    civil_society=msg("Civil society"),
    individual=msg("Individual"),
    other=msg("Other organisation"),
)

MEMBER_ROLES: Final = _labels(
    drafter=msg("Drafter"),
    checker=msg("Checker"),
    signer=msg("Signer"),
    manager=msg("Manager"),
    observer=msg("Observer"),
)

#: What a member's role lets its holder do, for the page where roles are given.
MEMBER_ROLE_HINTS: Final = _labels(
    drafter=msg("Writes comments"),
    checker=msg("Approves comments one by one"),
    signer=msg("Files the submission"),
    manager=msg("Handles members"),
    observer=msg("Reads only"),
)

STAFF_ROLES: Final = _labels(
    reviewer=msg("Reviewer"),
    approver=msg("Approver"),
    publisher=msg("Publisher"),
    administrator=msg("Administrator"),
    adviser=msg("Adviser"),
)

#: What a staff role lets its holder do, for the page where roles are given.
STAFF_ROLE_HINTS: Final = _labels(
    reviewer=msg("Tags, clusters, drafts responses"),
    approver=msg("Approves responses, never an own text"),
    publisher=msg("Makes consultations, publishes, concludes"),
    administrator=msg("Handles staff and settings"),
    adviser=msg("From another ministry; sees what is put to them, and advises"),
)

CONSULTATION_KINDS: Final = _labels(
    legislative_notice=msg("Pre-announcement of legislation"),
    administrative_notice=msg("Administrative pre-announcement"),
)

DRAFT_KINDS: Final = _labels(
    enactment=msg("Enactment"),
    full_amendment=msg("Full amendment"),
    partial_amendment=msg("Partial amendment"),
    repeal=msg("Repeal"),
)

#: Notice documents, in the order of 법제업무 운영규정 제15조 ③.
DOCUMENT_KINDS: Final = _labels(
    impact_analysis=msg("Regulatory impact analysis"),
    full_text=msg("Full text of the draft"),
    old_new_table=msg("Old–new table"),
    article_reasons=msg("Reasons article by article"),
    other=msg("Other document"),
)

#: When comments appear: the part of the publication rule that filers agree to.
COMMENTS_APPEAR: Final = _labels(
    after_close=msg("After the close, once screened"),
    as_screened=msg("As they are screened"),
)

#: The five forms of proposed wording.
PROPOSAL_FORMS: Final = _labels(
    full_text=msg("Full text of the clause"),
    fragment=msg("Some of its words"),
    new_clause=msg("New clause"),
    deletion=msg("Deletion"),
    instruction=msg("Describe it in prose"),
)

#: The five forms in one word, for lists and tabs.
PROPOSAL_FORM_NAMES: Final = _labels(
    full_text=msg("Full text"),
    fragment=msg("Fragment"),
    new_clause=msg("New clause"),
    deletion=msg("Deletion"),
    instruction=msg("Instruction"),
)

#: Phases of a consultation: a function of facts and clock.
PHASES: Final = _labels(
    preparing=msg("Preparing"),
    announced=msg("Announced"),
    open=msg("Open for comments"),
    between_periods=msg("Between periods"),
    closed=msg("Closed, under review"),
    concluded=msg("Concluded"),
)

#: The closed list of grounds on which something published would be withheld.
WITHHOLDING_GROUNDS: Final = _labels(
    confidential_claim=msg("A claim of confidentiality is undecided"),
    personal_data_find=msg("A find of personal data is not yet reviewed"),
    insult=msg("Insult"),
    third_person_data=msg("Another person's data"),
    infringement=msg("Infringement of another's right"),
    flood=msg("Flood of identical filings"),
)

#: The grounds on which a filer may mark words or files as confidential.
CONFIDENTIAL_GROUNDS: Final = _labels(
    trade_secret=msg("Trade secret"),
    personal_data=msg("Personal data"),
    security=msg("Security"),
    other=msg("Other ground"),
)

#: Kinds of clause in a draft.
CLAUSE_KINDS: Final = _labels(
    preamble=msg("Preamble"),
    part=msg("Part"),
    chapter=msg("Chapter"),
    section=msg("Section"),
    subsection=msg("Subsection"),
    article=msg("Article"),
    paragraph=msg("Paragraph"),
    subparagraph=msg("Subparagraph"),
    item=msg("Item"),
    subitem=msg("Sub-item"),
    addendum=msg("Addenda"),
    annex=msg("Annex"),
    form=msg("Form"),
)

#: What became of a clause from one text to the next, in the order in which the changes are counted.
CLAUSE_CHANGES: Final = _labels(
    same=msg("As before"),
    reworded=msg("Reworded"),
    renumbered=msg("Renumbered"),
    moved=msg("Moved"),
    split=msg("Split"),
    merged=msg("Merged"),
    inserted=msg("Inserted"),
    deleted=msg("Deleted"),
)
