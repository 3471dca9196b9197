"""What is pure about a submission: cleaning, masking, confidential places, digests. Mostly as properties."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import personal_data
from portal.kernel.errors import InvalidError
from portal.submissions import canonical
from portal.submissions.comment_input import OWN_FIELDS, Claim, CommentInput, cleaned, mask_resident_numbers
from portal.submissions.confidentiality import locate, pieces, read_claims, stored_claims
from portal.submissions.models import MAX_TEXT

letters = st.text(st.sampled_from("가나다 라\n.,abc12\u1100\u1161é\u200b"), max_size=40)
claims = st.lists(st.builds(Claim, st.text(st.sampled_from("가나다 ab"), min_size=1, max_size=4).filter(str.strip),
                            st.sampled_from(["trade_secret", "other"]), letters), max_size=4).map(tuple)
inputs = st.builds(
    CommentInput, st.sampled_from([None, "support", "amend"]),
    st.sampled_from([None, "full_text", "fragment", "new_clause", "deletion", "instruction"]),
    st.sampled_from([None, "ko", "en"]), letters, letters, letters, letters, st.sampled_from(["ko", "en"]), claims)


@given(inputs)
def test_cleaning_is_idempotent_and_keeps_what_is_seen(typed: CommentInput) -> None:
    once = cleaned(typed).input
    assert cleaned(once).input == once
    assert cleaned(once).told == ()
    for text in once.texts().values():
        assert unicodedata.is_normalized("NFC", text)
        assert "\r" not in text
    assert (once.proposal_form is None) == (once.proposal_language is None)


@given(letters, st.from_regex(r"[0-9]{6}-?[1-8][0-9]{6}", fullmatch=True), letters)
def test_masking_leaves_no_resident_number(before: str, number: str, after: str) -> None:
    text = f"{before} {number} {after}"
    masked = mask_resident_numbers(text)
    assert not personal_data.find_resident_numbers(masked)
    assert f"{number[:6]}-*******" in masked
    assert mask_resident_numbers(masked) == masked


@pytest.mark.parametrize(("text", "masked"), [
    ("900230-1234567", "900230-*******"), ("9002301234567", "900230-*******"),
    ("９００２３０－１２３４５６７", "９００２３０-*******"),
    ("없음", "없음")])
def test_masked_forms(text: str, masked: str) -> None:
    assert mask_resident_numbers(text) == masked


@given(inputs)
def test_pieces_are_the_text_again_and_cover_every_claim(typed: CommentInput) -> None:
    clean = cleaned(typed).input
    located = locate(clean.confidential, clean.texts())
    for field in OWN_FIELDS:
        text = getattr(clean, field)
        parts = pieces(text, located.spans, field)
        assert "".join(part.words for part in parts) == text
        open_words = "\x00".join(part.words for part in parts if part.ground is None)
        for claim in clean.confidential:
            assert claim.words not in open_words, "no claimed words may be left in the open"
    for span in located.spans:
        assert getattr(clean, span["field"])[span["start"]:span["end"]] == span["words"]
    found = {span["words"] for span in located.spans}
    assert {claim.words for claim in located.missing} == {claim.words for claim in clean.confidential} - found


@given(claims)
def test_claims_are_stored_and_read(given_claims: tuple[Claim, ...]) -> None:
    assert read_claims(json.loads(json.dumps(stored_claims(given_claims)))) == given_claims


def content(typed: CommentInput) -> dict[str, object]:
    located = locate(typed.confidential, typed.texts())
    return canonical.comment_content(
        uid="00000000-0000-0000-0000-000000000001", draft_version=1, clause_eid="art_1", language=typed.language,
        position=typed.position or "", proposal_form=typed.proposal_form, proposal_language=typed.proposal_language,
        proposal_old=typed.proposal_old, proposal_text=typed.proposal_text, reason=typed.reason,
        legal_basis=typed.legal_basis, confidential=located.spans)


@given(inputs)
def test_a_digest_survives_storage_and_tells_every_difference(typed: CommentInput) -> None:
    clean = cleaned(typed).input
    made = content(clean)
    assert canonical.digest(json.loads(json.dumps(made, ensure_ascii=False))) == canonical.digest(made)
    assert canonical.digest(dict(reversed(list(made.items())))) == canonical.digest(made)
    assert canonical.digest(content(replace(clean, reason=clean.reason + "!"))) != canonical.digest(made)


def test_the_digest_of_a_known_comment_never_changes() -> None:
    """Receipts given years ago must still verify: a change here is a new format, never a new digest for the old one."""
    typed = CommentInput("amend", "fragment", "ko", "사전에", "미리", "이유 31억", "법 제31조", "ko",
                         (Claim("31억", "trade_secret", "까닭"),))
    assert canonical.digest(content(typed)) == "90e7637c40dfdf853457fe330014f3a9fec9400d599c97bfe72879f9ce8e3a48"
    filing = canonical.filing_content(
        consultation="ai-basic-act-decree", period=1, organisation_ko="마루솔랩", organisation_en="Marusol Lab",
        filing=1, signer_name="이서명", signer_title="", terms_version="1", terms_digest="0" * 64,
        filed_at=datetime(2025, 12, 3, 3, 0, tzinfo=UTC), comment_digests=["a" * 64])
    assert canonical.digest(filing) == "c0901a6540edfb282b582399fc4d8dad8edd16d6f465ce2149828bed96d64dcd"


@pytest.mark.parametrize("length", [MAX_TEXT, MAX_TEXT + 1])
def test_the_limit_of_a_text_is_exact(length: int) -> None:
    typed = CommentInput(reason="가" * length)
    if length <= MAX_TEXT:
        assert cleaned(typed).input.reason == typed.reason
    else:
        with pytest.raises(InvalidError):
            cleaned(typed)
