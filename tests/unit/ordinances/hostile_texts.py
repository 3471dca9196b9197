"""Flat texts made to take a reader long: whatever they hold, the time grows with their length alone.

    python -m tests.unit.ordinances.hostile_texts [times]

reads them that many times as long as the suite does (8: a limit of 4 s each) and prints the seconds of each.
"""

from __future__ import annotations

import contextlib
import sys
import time

from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import plain_text

#: The beginning, and what stands behind it again and again, so many times.
TEXTS: tuple[tuple[str, str, int], ...] = (
    ("", "제1조(하나) 글\n", 7_500),
    ("제1조(하나)\n", "가. 글\n나. 글\n", 7_500),
    ("제1조(", "(", 60_000),
    ("제1조(하나)\n", "[", 60_000),
    ("제1조(하나)\n", "<개정 2020.1.1> ", 7_500),
    ("제1조(하나) ", "글", 250_000),
    ("제1조(하나)\n부칙\n", "제2조 중 제3조를 다음과 같이 한다.\n", 5_000),
    ("제1조(하나)\n", "[별표 1]\n", 3_750),
    ("목차\n", "제1조(하나)\n", 7_500),
    ("제1조(하나)\n", "부칙 <제1호,2020.1.1>\n글\n", 5_000),
    ("제1조(하나)\n", "[별표]\n", 7_500),
    ("", "대통령령" + " " * 400 + "x\n", 75),
    ("제1조(하나)\n", "부칙" + " " * 20_000 + "x\n", 2),
)


def seconds(place: int, times: int = 1) -> float:
    """The processor time that one of them takes, so many times as long."""
    start, again, count = TEXTS[place]
    text = (start + again * (count * times)).encode()
    began = time.process_time()
    with contextlib.suppress(UnreadableDraft):
        plain_text.read(text)
    return time.process_time() - began


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    for place, (start, again, _) in enumerate(TEXTS):
        took = seconds(place, times)
        print(f"{took:6.2f} s  {(start + again)[:60]!r}")
        if took > times / 2:
            raise SystemExit("That is too long.")
