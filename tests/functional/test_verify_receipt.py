"""Verifying a receipt in the browser: genuine, changed, of another portal, no receipt at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.ledger.receipts import ReceiptFacts, ReceiptFile, SigningKey
from tests.support.client import Visitor


def _file(key: SigningKey, now: datetime) -> ReceiptFile:
    payload = ReceiptFacts("R-7K3M-Q0ZT", "decree", "마루솔랩", 1, 3, now, "0" * 64).payload()
    return ReceiptFile(payload, key.sign(payload), key.key_id, key.public.hex())


def _verify(visitor: Visitor, text: str, status: int = 200) -> str:
    return visitor.post("/receipts/verify", {"receipt": text}, status=status).get_data(as_text=True)


def test_a_genuine_receipt(visitor: Visitor, app: Flask, now: datetime) -> None:
    text = _file(app.extensions["portal"].signing_key, now).to_json()
    body = _verify(visitor, text)
    assert "alert--success" in body and "R-7K3M-Q0ZT" in body


def test_what_a_receipt_says_is_told_in_words(visitor: Visitor, app: Flask) -> None:
    filed_at = datetime(2025, 11, 12, 5, 3, 7, tzinfo=UTC)
    text = _file(app.extensions["portal"].signing_key, filed_at).to_json()
    facts, _, signed = _verify(visitor, text).partition('class="preserve')
    assert "접수번호" in facts and "제출 시각" in facts and "2025. 11. 12.(수) 14:03:07" in facts
    assert "filed-at" not in facts and "filed-at: 2025-11-12T05:03:07" in signed


def test_public_pages_lead_to_it(visitor: Visitor) -> None:
    for path in ("/terms", "/search", "/sign-in"):
        assert 'href="/receipts/verify"' in visitor.get(path).get_data(as_text=True), path


def test_one_changed_character(visitor: Visitor, app: Flask, now: datetime) -> None:
    text = _file(app.extensions["portal"].signing_key, now).to_json()
    body = _verify(visitor, text.replace("comments: 3", "comments: 4"))
    assert "alert--danger" in body and "alert--success" not in body


def test_another_portals_receipt(visitor: Visitor, now: datetime) -> None:
    text = _file(SigningKey.from_hex("11" * 32), now).to_json()
    assert "alert--danger" in _verify(visitor, text)


@pytest.mark.parametrize("text", [
    "", "{}", "[1]", "not json", '{"payload": 1, "signature": 2, "key_id": 3, "public_key": 4}'])
def test_no_receipt(visitor: Visitor, text: str) -> None:
    body = _verify(visitor, text, status=422)
    assert "error-summary" in body and "alert--success" not in body
