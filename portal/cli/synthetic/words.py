"""Words for synthetic comments: sentences that go from word to word as the demonstration's comments do.

So words are as common or rare as in real comments, and no two comments are alike. Two words stand in none of the
sentences by themselves: COMMON is put into about 30 % and RARE into about 1 % of all comments, for searches of which
the share of hits is known. Everything follows from the random numbers handed in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Final

from portal.demo import source

COMMON: Final = "부담"
RARE: Final = "가명처리"
COMMON_SHARE: Final = 0.30
RARE_SHARE: Final = 0.01
#: Both words are Korean, so they stand in Korean comments only.
KOREAN_SHARE: Final = 0.8

_WITH_COMMON: Final = ("이행에 드는 부담이 큽니다.", "행정 부담을 줄여 주시기 바랍니다.", "비용 부담이 예상됩니다.")
_WITH_RARE: Final = ("가명처리 기준을 함께 정하여 주시기 바랍니다.",
                     "가명처리한 정보에는 적용되지 않음을 밝혀 주십시오.")
_LONGEST_SENTENCE: Final = 24
#: Least and most sentences of a comment, by language, as in the demonstration's comments.
_SENTENCES: Final = {"ko": (1, 7), "en": (2, 8)}


class Voice:
    """How one language goes on from each word."""

    def __init__(self, texts: Sequence[str]) -> None:
        following: dict[str, list[str]] = defaultdict(list)
        self._first: list[str] = []
        for text in texts:
            words = text.split()
            begins = True
            for word, after in zip(words, [*words[1:], ""], strict=True):
                if begins:
                    self._first.append(word)
                begins = word.endswith((".", "?"))
                if after and not begins:
                    following[word].append(after)
        self._following = dict(following)

    def sentence(self, random: Random) -> str:
        """A sentence."""
        share = random.random
        word = self._first[int(share() * len(self._first))]
        words = [word]
        while len(words) < _LONGEST_SENTENCE and (after := self._following.get(word)):
            word = after[int(share() * len(after))]
            words.append(word)
        sentence = " ".join(words)
        return sentence if sentence.endswith((".", "?")) else sentence + "."


@cache
def voice(language: str) -> Voice:
    """The voice of a language. Comments with planted personal data or confidential words lend none of theirs."""
    return Voice([
        " ".join(word for word in comment["reason"].split()
                 if COMMON not in word and RARE not in word and sum(c.isdigit() for c in word) < 5 and "@" not in word)
        for comment in source.read("comments.jsonl")
        if comment["lang"] == language and not comment["pii"] and not comment["confidential_spans"]])


def reason(random: Random, language: str) -> str:
    """The reason of a comment."""
    speaking = voice(language)
    least, most = _SENTENCES[language]
    sentences = [speaking.sentence(random) for _ in range(random.randint(least, most))]
    if language == "ko":
        if random.random() < COMMON_SHARE / KOREAN_SHARE:
            sentences.insert(random.randrange(len(sentences) + 1), random.choice(_WITH_COMMON))
        if random.random() < RARE_SHARE / KOREAN_SHARE:
            sentences.insert(random.randrange(len(sentences) + 1), random.choice(_WITH_RARE))
    return " ".join(sentences)


def language(random: Random) -> str:
    """The language of a comment."""
    return "ko" if random.random() < KOREAN_SHARE else "en"
