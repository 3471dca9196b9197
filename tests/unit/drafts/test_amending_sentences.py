"""Amending sentences as an import: what could not be carried out waits at its own line, with the reason."""

from __future__ import annotations

from portal.drafts.imports import read_amendment
from portal.ordinances.clauses import Draft
from tests.unit.ordinances.small_draft import clause

IN_FORCE = Draft((clause("art_1", "이 영은 시험의 사항과 시험의 방법을 정한다."), clause("art_2", "위임한다.")))
SENTENCES = """시험 시행령 일부를 다음과 같이 개정한다.

제1조 중 "위임"을 "위탁"으로 하고, 제7조를 삭제한다.
제2조 중 "위임"을 "위탁"으로 한다.
제1조 중 "시험의"를 "실험의"로 한다.
"""


def test_orders_wait_at_their_line_in_their_words_with_the_reason() -> None:
    reading, _ = read_amendment(IN_FORCE, SENTENCES.encode())
    assert [(one.line, one.text.split("\n")) for one in reading.not_placed] == [
        (3, ['제1조 중 "위임"을 "위탁"으로 하고, — 제1조에 “위임”이 없습니다.', "제7조를 삭제한다. — 안에 제7조가 없습니다."]),
        (5, ['제1조 중 "시험의"를 "실험의"로 한다. — 제1조에 “시험의”가 2번 나옵니다. 모두 고쳤으니 확인해 주십시오.']),
    ]  # fmt: skip
    assert reading.draft.by_eid["art_2"].text_ko == "위탁한다."
