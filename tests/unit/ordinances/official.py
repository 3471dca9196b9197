"""The official texts and the data written for this project, which stand beside the project and are never copied in."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[4] / "shared" / "data"
MARKDOWN = DATA / "ordinances" / "kr"
DECREE_1 = MARKDOWN / "ai" / "ai_basic_act_decree" / "2026-01-21_36053.md"
DECREE_2 = MARKDOWN / "ai" / "ai_basic_act_decree" / "2026-07-20_36506.md"
BUILDING_DECREE = MARKDOWN / "decree" / "building_decree" / "2025-10-01_35811.md"
DRAFT_1 = DATA / "demo" / "draft_v1.json"
DRAFT_2 = DATA / "demo" / "draft_v2.json"
MAPPING = DATA / "ordinances" / "mapping"

needs_data = pytest.mark.skipif(not MARKDOWN.is_dir(), reason=f"the official texts are not at {DATA}")


def markdown_files() -> list[Path]:
    """All Markdown files; empty where they are not there."""
    return sorted(MARKDOWN.rglob("*.md"))
