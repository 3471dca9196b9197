"""Pages about the portal itself: terms, privacy, accessibility, terms of filing; and verifying a receipt."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import TextAreaField

from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import msg
from portal.kernel.permissions import ANYONE, PUBLIC
from portal.ledger.receipts import read_receipt, verify
from portal.publication import queries
from portal.web.access import Area, Context
from portal.web.forms import Needed, PortalForm
from portal.web.public.serving import fresh
from portal.web.results import Bytes, Page, page

area = Area("about", __name__)


def _legal(c: Context, name: str, facts: dict[str, Any]) -> Bytes:
    settings = c.settings
    told = facts.get("consultation", {})
    return fresh(c, "public/legal.html", facts, legal=name, contact=settings.contact_email, level=2,
                 operator=settings.operator_ko if c.locale == "ko" else settings.operator_en,
                 kind=told.get("kind"), ministry=told.get(f"ministry_{c.locale}"),
                 comments_appear=told.get("comments_appear"),
                 responses_while_open=told.get("responses_while_open"))


@area.view("/terms", PUBLIC)
def terms(c: Context) -> Bytes:
    """Terms of use."""
    return _legal(c, "terms", {})


@area.view("/privacy", PUBLIC)
def privacy(c: Context) -> Bytes:
    """The privacy notice (개인정보 보호법 제30조)."""
    return _legal(c, "privacy", {})


@area.view("/c/<slug>/terms-of-filing", PUBLIC)
def terms_of_filing(c: Context, slug: str) -> Bytes:
    """What a filer agrees to in this consultation."""
    _, facts, _ = queries.consultation(c.session, slug)
    return _legal(c, "terms_of_filing", {"consultation": facts})


@area.view("/accessibility", PUBLIC)
def accessibility(c: Context) -> Bytes:
    """What was done and tested for people with disabilities, and where to complain."""
    return fresh(c, "public/accessibility.html", {}, contact=c.settings.contact_email)


class ReceiptForm(PortalForm):
    """A receipt as it was downloaded."""

    receipt = TextAreaField(msg("The receipt file's text"), [Needed(msg("Paste the text of the receipt file."))])


def _consultation(c: Context, slug: str) -> dict[str, Any] | None:
    """What is public of the consultation that a receipt names; None where there is none."""
    try:
        _, facts, _ = queries.consultation(c.session, slug)
    except NotFoundError:
        return None
    return facts


@area.view("/receipts/verify", ANYONE, methods=("GET", "POST"))
def verify_receipt(c: Context) -> Page:
    """Is this receipt ours, and unchanged? Nothing that is pasted is kept."""
    form = ReceiptForm.posted() if request.method == "POST" else ReceiptForm()
    outcome = payload = attested = consultation = None
    if request.method == "POST" and form.validate():
        receipt = read_receipt(form.receipt.data)
        if receipt is None:
            form.receipt.errors = [msg("This is not the text of a receipt file. Open the file that you downloaded "
                                       "with the receipt and paste all of it.")]
        else:
            ours = receipt.key_id == c.portal.signing_key.key_id
            good = ours and verify(receipt.payload, receipt.signature, c.portal.signing_key.public)
            outcome = "good" if good else "foreign" if not ours else "changed"
            if outcome == "good":
                payload, attested = receipt.payload, receipt.facts()
                consultation = attested and _consultation(c, attested.consultation)
    return page("public/verify_receipt.html", status=422 if form.errors else 200, form=form, outcome=outcome,
                payload=payload, attested=attested, consultation=consultation,
                key_id=c.portal.signing_key.key_id, public_key=c.portal.signing_key.public.hex())
