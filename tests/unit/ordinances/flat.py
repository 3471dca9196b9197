"""A Markdown file of the data as flat text, as it would be pasted from a word processor: nothing but its words."""

from __future__ import annotations

import re
import unicodedata


def flat_text(markdown: str) -> str:
    """Title, main text and addenda without any mark of Markdown, ① on the line of its article."""
    lines = unicodedata.normalize("NFC", markdown).split("\n")
    body = lines[lines.index("---", 1) + 1 :]
    flat: list[str] = []
    article = False
    for line in body:
        text = line.strip()
        if not text or text == "## 부칙":
            continue
        heading = re.fullmatch(r"#{1,6} (.*)", text)
        text = heading[1] if heading else re.sub(r"^(\S{1,6})\\\.", r"\1.", text.replace("**", "", 2))
        if heading and re.match(r"제[0-9]+조", text):
            flat.append(text.replace(" (", "(", 1))
            article = True
            continue
        if article and not heading:
            flat[-1] += f" {text}"
        else:
            flat.append(text)
        article = False
    return "\n".join(flat)
