"""Letters made for measuring: campaigns of known members with every edit that filers make, among unrelated texts.

`corpus_letters` takes the words of the corpus beside the project, so that unrelated texts are about the same clauses;
`made_texts` makes any number of short texts of made-up words, for time and memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text

CORPUS: Final = Path(__file__).parents[2] / "shared" / "data" / "corpus"
#: What a variant may go through; each variant one to three of them.
EDITS: Final = ("name", "order", "addition", "paraphrase", "cut", "drop")

_NAMES: Final = {
    "ko": ("{}의 의견입니다.", "{}는 다음과 같이 의견을 제출합니다.", "주식회사 {}", "저희 {}도 동참합니다."),
    "en": ("{} submits the following comments.", "{} endorses the comments below.", "{}, Singapore", "{} agrees."),
}
#: Other words for the same; a paraphrase puts as many of them as fit, and turns the parts of the sentence round.
_OTHER_WORDS: Final = {
    "ko": (
        "바랍니다 요청드립니다/합니다 하고 있습니다/있습니다 있는 실정입니다/없습니다 없는 상황입니다/"
        "주십시오 주시면 좋겠습니다/또한 아울러/및 그리고/경우 때/명확 분명/필요 요구/어렵 힘들/과도 지나치/부담 짐/"
        "기업 회사/사업자 업체/규정 조문/의무 책무/범위 테두리/기준 잣대/제외 빼는 것/정하 마련하/하여야 해야/"
        "대하여 관해/위하여 위해/따라 맞추어/통하여 거쳐/이용자 쓰는 사람/제공 공급/표시 표기/고지 알림"
    ),
    "en": (
        "We Our company/should ought to/must has to/ask request/because since/However Yet/company firm/companies firms/"
        "operator business/users customers/requirement rule/large big/small little/provide offer/cannot is unable to/"
        "many a great number of/only merely/clear plain/before ahead of/means implies/use employ/need require/"
        "system product/service offering/would is going to"
    ),
}


@dataclass(frozen=True)
class MadeSet:
    """Texts, and the campaign of each member by its id; a text that is in none is unrelated to all others.
    `quoting` are the unrelated ones that quote a sentence of a campaign; `added` has what each variant adds."""

    texts: tuple[Text, ...]
    campaigns: dict[str, str]
    quoting: frozenset[str]
    added: dict[str, tuple[str, ...]]


def corpus_comments() -> list[dict[str, object]]:
    """The comments of the corpus; none where it is not beside the project."""
    path = CORPUS / "comments.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []


def corpus_letters(seed: int, campaigns: int = 12, largest: int = 25) -> MadeSet:
    """Campaigns made of the corpus' single comments, variants of every edit, and all other single comments as they are,
    some of them with a sentence of a campaign quoted in them."""
    random = Random(seed)
    singles = [
        Text(str(one["id"]), one["lang"], str(one["reason"]), str(one["clause"]))  # type: ignore[arg-type]
        for one in corpus_comments() if not one["campaign"]
    ]  # fmt: skip
    random.shuffle(singles)
    templates = [text for text in singles if len(_sentences(text)) >= 4][:campaigns]
    # What variants add comes from texts that are not in the set themselves.
    rest = [text for text in singles if text not in templates]
    spare, rest = rest[: len(rest) // 4], rest[len(rest) // 4 :]
    texts: list[Text] = []
    of: dict[str, str] = {}
    added: dict[str, tuple[str, ...]] = {}
    for number, template in enumerate(templates):
        own = [text for text in spare if text.language == template.language and text.clause != template.clause]
        wordings = [(sentence, _paraphrase(sentence, template.language, random)) for sentence in _sentences(template)]
        for place in range(random.randint(3, largest)):
            identity = f"k{number:02}-{place:03}"
            sentences, addition = (_sentences(template), ()) if place == 0 else _edited(template, wordings, own, random)
            texts.append(Text(identity, template.language, _joined(sentences, random), template.clause))
            of[identity], added[identity] = f"k{number:02}", addition
    quoting = set()
    for text in rest:
        if len(text.text) > 300 and random.random() < 0.2:
            quoted = random.choice([one for one in templates if one.language == text.language] or templates)
            sentences = _sentences(text)
            sentences.insert(random.randint(0, len(sentences)), random.choice(_sentences(quoted)))
            text = Text(text.id, text.language, " ".join(sentences), text.clause)
            quoting.add(text.id)
        texts.append(text)
    random.shuffle(texts)
    return MadeSet(tuple(texts), of, frozenset(quoting), added)


def pairwise(found: dict[str, str], meant: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the pairs of texts that stand in one group."""
    together, said, true = 0, 0, 0
    both: dict[tuple[str, str], int] = {}
    for identity, group in found.items():
        if identity in meant:
            both[group, meant[identity]] = both.get((group, meant[identity]), 0) + 1
    together = sum(count * (count - 1) // 2 for count in both.values())
    said, true = (_pairs(groups) for groups in (found, meant))
    precision, recall = together / said if said else 1.0, together / true if true else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs(groups: dict[str, str]) -> int:
    counts: dict[str, int] = {}
    for group in groups.values():
        counts[group] = counts.get(group, 0) + 1
    return sum(count * (count - 1) // 2 for count in counts.values())


def _sentences(text: Text) -> list[str]:
    return [text.text[start:end] for start, end in split_sentences(text.text, text.language)]


def _joined(sentences: Sequence[str], random: Random) -> str:
    return "".join(one + ("\n" if random.random() < 0.15 else " ") for one in sentences).strip()


def _edited(template: Text, wordings: Sequence[tuple[str, str]], own: Sequence[Text],
            random: Random) -> tuple[list[str], tuple[str, ...]]:  # fmt: skip
    edits = set(random.sample(EDITS, random.randint(1, 3)))
    sentences = [one for one, _ in wordings]
    if "paraphrase" in edits:
        share = random.uniform(0.2, 0.7)
        sentences = [other if random.random() < share else one for one, other in wordings]
    if "drop" in edits and len(sentences) > 3:
        sentences.pop(random.randrange(len(sentences)))
    if "order" in edits:
        place = random.randrange(len(sentences) - 1)
        sentences[place], sentences[place + 1] = sentences[place + 1], sentences[place]
    if "cut" in edits:
        whole = " ".join(sentences)
        sentences = [whole[: round(len(whole) * random.uniform(0.35, 0.9))]]
    addition: tuple[str, ...] = ()
    if "addition" in edits and "cut" not in edits:
        addition = tuple(_sentences(random.choice(list(own)))[:2])
        sentences = [*addition, *sentences] if random.random() < 0.2 else [*sentences, *addition]
    if "name" in edits:
        name = "".join(random.choices("가나다라마바사아자차카타파하", k=5)) if template.language == "ko" else (
            "".join(random.choices("abcdefghiklmnoprstuvwy", k=8)).title()
        )  # fmt: skip
        sentences.insert(0, random.choice(_NAMES[template.language]).format(name))
    return sentences, addition


def _paraphrase(sentence: str, language: str, random: Random) -> str:
    for one in _OTHER_WORDS[language].split("/"):
        sentence = sentence.replace(*one.split(" ", 1))
    parts = re.split(r"(?<=,) ", sentence)
    if len(parts) == 2 and language == "en":
        parts = [parts[1].rstrip(".").capitalize() + ",", parts[0].rstrip(",") + "."]
    words = " ".join(parts).split()
    return " ".join(word for word in words if random.random() > 0.12) or sentence


def made_texts(count: int, seed: int = 1, share: float = 0.3) -> Iterator[Text]:
    """Short texts, half of them Korean, of about 150 characters; `share` of them in campaigns of 2 to `count` / 20."""
    random = Random(seed)
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    words = {
        "ko": ["".join(random.choices(syllables, k=random.randint(2, 4))) for _ in range(20_000)],
        "en": ["".join(random.choices("abcdefghiklmnoprstuvwy", k=random.randint(3, 9))) for _ in range(20_000)],
    }
    made = 0
    while made < count:
        language = random.choice(("ko", "en"))
        size = 1
        if random.random() < share / 10:
            size = min(int(2 / (1 - random.random()) ** 0.9), max(2, count // 20), count - made)
        letter = [_words(words[language], random) for _ in range(3 if language == "en" else 4)]
        for place in range(size):
            sentences = list(letter)
            if place and random.random() < 0.5:
                sentences[random.randrange(len(sentences))] = _words(words[language], random)
            if place and random.random() < 0.3:
                sentences.append(_words(words[language], random))
            yield Text(f"t{made:07}", language, " ".join(sentences))  # type: ignore[arg-type]
            made += 1


def _words(words: Sequence[str], random: Random) -> str:
    chosen = (words[int(len(words) * random.random() ** 2)] for _ in range(8))
    return " ".join(chosen) + "."
