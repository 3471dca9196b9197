"""Small drafts for tests, in the formats that can be imported."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: When these tests take place.
NOW = datetime(2025, 12, 3, 3, 0, tzinfo=UTC)
DEMO = Path(__file__).parents[3] / "portal" / "demo" / "data"
OFFICIAL = Path(__file__).parents[3].parent / "shared" / "data" / "ordinances"

MARKDOWN = """# 시험법 시행령

## 제1장 총칙

##### 제1조 (목적)

이 영은 「시험법」에서 위임된 사항을 정함을 목적으로 한다.

##### 제2조 (고지)

**①** 사업자는 다음 각 호의 사항을 알려야 한다.

  1\\. 시험의 방법
  2\\. 시험의 결과

**②** 제1항에 따른 고지는 문서로 한다.

## 부칙

이 영은 공포한 날부터 시행한다.
"""

ENGLISH: dict[str, Any] = {
    "title": "Enforcement Decree of the Testing Act",
    "chapters": {"제1장 총칙": "Chapter I General Provisions"},
    "provisions": {
        "art_1": {"heading": "Purpose", "text": "The purpose of this Decree is to prescribe delegated matters."},
        "art_2": {"heading": "Notice", "text": ""},
        "art_2__para_1": {"heading": None, "text": "An operator shall notify the following:"},
        "art_9": {"heading": "Stray", "text": "This fits nowhere."},
    },
}


def demo_part(version: int, *articles: str) -> bytes:
    """Some articles of the demonstration draft in both languages, with its first annex: quickly built, and shaped like
    the whole."""
    document = json.loads((DEMO / f"draft_v{version}.json").read_bytes())
    document["clauses"] = [clause for clause in document["clauses"] if clause["eid"].split("__")[0] in articles]
    document["annexes"] = document["annexes"][:1]
    return json.dumps(document, ensure_ascii=False).encode()
