"""The forms of the workspace: their shape, and how they become what the services take. No rules."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from portal.kernel.i18n import Message, msg
from portal.kernel.words import CONFIDENTIAL_GROUNDS, POSITIONS, PROPOSAL_FORMS
from portal.submissions.comment_input import Claim, CommentInput
from portal.web.forms import PortalForm, choices

#: The field of the form that holds the wording of each form of proposal.
WORDING_FIELDS: Mapping[str, str] = {
    "full_text": "full_text", "fragment": "fragment_new", "new_clause": "new_clause", "instruction": "instruction"}
#: What choosing a position says where no clause stands yet, about the new one that is proposed there.
NEW_CLAUSE_HINTS: Mapping[str, Message] = {
    "support": msg("Leave the draft as it is here, without a new clause"),
    "amend": msg("Propose a new clause; you can write it below"),
    "oppose": msg("Object to how the draft settles the matter here"),
    "question": msg("Ask why the draft has no clause here"),
}
_LANGUAGES = choices({"ko": msg("Korean"), "en": msg("English")})


class ClaimForm(PortalForm):
    """Words to keep confidential, one passage a line, with one ground for all of them."""

    words = TextAreaField(msg("Words to keep confidential, exactly as above, one passage a line"))
    ground = SelectField(msg("Ground"), choices=choices(CONFIDENTIAL_GROUNDS), validate_choice=False)
    note = StringField(msg("Why they must stay confidential"))


class CommentForm(PortalForm):
    """One comment. Each form of proposed wording has fields of its own: nothing is lost by looking at another."""

    uid = HiddenField()
    expected_version = IntegerField(default=0)
    position = RadioField(msg("Position"), choices=choices(POSITIONS), validate_choice=False)
    proposal_form = RadioField(
        msg("Proposed wording"), choices=choices({"": msg("No wording"), **PROPOSAL_FORMS}), default="",
        validate_choice=False)
    proposal_language = RadioField(msg("Language of the wording"), choices=_LANGUAGES, validate_choice=False)
    full_text = TextAreaField(msg("The clause as it should read"))
    fragment_old = TextAreaField(msg("Words of the clause to replace"))
    fragment_new = TextAreaField(msg("What should stand there instead"))
    new_clause = TextAreaField(msg("The new clause"))
    instruction = TextAreaField(msg("What should be changed"))
    reason = TextAreaField(msg("Reason"))
    legal_basis = TextAreaField(msg("Legal basis, or how another jurisdiction provides"))
    language = RadioField(msg("Language of this comment"), choices=_LANGUAGES, validate_choice=False)
    confidential = FieldList(FormField(ClaimForm), label=msg("Confidential words"), min_entries=1)

    @classmethod
    def of(cls, given: CommentInput, *, uid: uuid.UUID, version: int, starting_words: str) -> CommentForm:
        """The form of a comment; a wording that is not written yet starts from the clause's own words."""
        chosen = given.proposal_form or ""
        wording = {name: given.proposal_text if form == chosen else "" for form, name in WORDING_FIELDS.items()}
        if chosen != "full_text":
            wording["full_text"] = starting_words
        form: CommentForm = cls(data={
            "uid": str(uid), "expected_version": version, "position": given.position, "proposal_form": chosen,
            "proposal_language": given.proposal_language or given.language, "fragment_old": given.proposal_old,
            "reason": given.reason, "legal_basis": given.legal_basis, "language": given.language, **wording,
            "confidential": _grouped(given.confidential)})
        return form

    def to_input(self) -> CommentInput:
        """What was typed, as the service takes it."""
        chosen = self.proposal_form.data or None
        wording = self[WORDING_FIELDS[chosen]].data if chosen and chosen in WORDING_FIELDS else ""
        return CommentInput(
            position=self.position.data or None, proposal_form=chosen,
            proposal_language=self.proposal_language.data or None,
            proposal_old=self.fragment_old.data or "" if chosen == "fragment" else "", proposal_text=wording or "",
            reason=self.reason.data or "", legal_basis=self.legal_basis.data or "",
            language=self.language.data or "ko", confidential=tuple(self._claims()))

    def _claims(self) -> list[Claim]:
        return [Claim(line.strip(), entry.form.ground.data or "", (entry.form.note.data or "").strip())
                for entry in self.confidential for line in (entry.form.words.data or "").splitlines() if line.strip()]

    def prefilled(self) -> frozenset[str]:
        """The clause's own words, from which a full text starts: nobody's, unless a full text was chosen."""
        return frozenset() if self.proposal_form.data == "full_text" else frozenset({"full_text"})

    def typed_aside(self, *starting_words: str) -> list[str]:
        """The forms of wording in which something was written although another one is chosen: it is not saved. The
        clause's own words, with which the full text starts, are nothing that anybody wrote."""
        untouched = {"", *(" ".join(words_.split()) for words_ in starting_words)}
        return [form for form, name in WORDING_FIELDS.items()
                if form != (self.proposal_form.data or "")
                and " ".join((self[name].data or "").split()) not in untouched]

    def field_of(self, name: str) -> str:
        """The field of this form that a service means by `name`."""
        if name == "proposal_old":
            return "fragment_old"
        if name == "proposal_text":
            return WORDING_FIELDS.get(self.proposal_form.data or "", "proposal_form")
        return name

    def add_service_problems(self, problems: Mapping[str, Sequence[Message]]) -> None:
        """Show a service's problems at the fields of this form."""
        self.add_problems({self.field_of(name): messages for name, messages in problems.items()})


def _grouped(claims: Sequence[Claim]) -> list[dict[str, str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        groups.setdefault((claim.ground, claim.note), []).append(claim.words)
    return [{"words": "\n".join(lines), "ground": ground, "note": note} for (ground, note), lines in groups.items()]


class FilingForm(PortalForm):
    """The signer's block."""

    request_key = HiddenField()
    submission_version = IntegerField()
    last_filing = IntegerField()
    terms_version = HiddenField()
    terms_digest = HiddenField()
    signer_name = StringField(msg("Name of the signer"))
    signer_title = StringField(msg("Title or position"))
    terms_agreed = BooleanField(msg("I have read the terms of filing and agree to them"))


class WithdrawalForm(PortalForm):
    """Why a submission is withdrawn."""

    reason = TextAreaField(msg("Reason for withdrawing"))


def posted_values(form: Any) -> list[tuple[str, str]]:
    """Every field of a form as it was typed, to be carried on by another form."""
    pairs: list[tuple[str, str]] = []
    for field in form:
        if isinstance(field, FieldList):
            pairs += [(inner.name, str(inner.data or "")) for entry in field for inner in entry]
        else:
            pairs.append((field.name, "" if field.data is None else str(field.data)))
    return pairs
