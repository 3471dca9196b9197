"""Verifying a receipt in the browser: genuine, changed, of another portal, no receipt at all."""

from __future__ import annotations

from datetime import datetime

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
