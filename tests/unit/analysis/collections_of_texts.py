"""A small collection whose issues are known, made of words that need no tokeniser."""

from __future__ import annotations

import random
from collections.abc import Sequence

from portal.analysis.texts import Text, Tokens

#: Issue: its clause, and its words in Korean and English.
ISSUES = {
    "grace": ("art_32", "과태료 유예 계도기간 부칙 시행 준비 기간", "fine grace period transition addenda entry force"),
    "agent": (
        "art_29__para_1",
        "국내대리인 매출액 해외 기준 이용자 지정 조원",
        "agent turnover global threshold users won korea",
    ),
    "label": (
        "art_23__para_2__subpara_2",
        "표시 기계판독 안내 문구 워터마크 음성 고지",
        "label machine readable statement watermark mark notice",
    ),
    "editing": (
        "art_23__para_4__subpara_3",
        "편집 보정 맞춤법 번역 경미 예외 요약",
        "editing spelling translation minor correction exempt assist",
    ),
    "retention": (
        "art_27__para_2",
        "보관 문서 5년 증빙 기록 로그 연한",
        "retention records years documents evidence logs keep",
    ),
}
_POSITIONS = ("support", "oppose", "amend", "question")


def collection(each: int = 12, seed: int = 1, prefix: str = "") -> tuple[list[Text], list[Tokens], dict[str, str]]:
    """`each` texts of every issue, half in each language, a fifth filed to the whole draft; the issue of each."""
    chance = random.Random(seed)
    texts, tokens, issue_of = [], [], {}
    for issue, (clause, korean, english) in ISSUES.items():
        for number in range(each):
            language = ("ko", "en")[number % 2]
            own = chance.sample((korean if language == "ko" else english).split(), 5)
            others = chance.sample(
                [word for _, ko, en in ISSUES.values() for word in (ko if language == "ko" else en).split()], 2
            )
            words = tuple(own + others)
            one = f"{prefix}{issue}{number:02}"
            chosen = "doc" if number % 5 == 4 else clause
            texts.append(Text(one, language, " ".join(words) + ".", chosen, _POSITIONS[number % 4]))
            tokens.append(Tokens(words, "test"))
            issue_of[one] = issue
    return texts, tokens, issue_of


def shuffled(texts: Sequence[Text], tokens: Sequence[Tokens], seed: int) -> tuple[list[Text], list[Tokens]]:
    """The same in another order."""
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    return [texts[row] for row in order], [tokens[row] for row in order]
