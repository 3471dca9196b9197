"""Where a Korean word ends and its particle or ending begins: 사업자|를, 지원|하는, 위원회|에서|는.

A small table of particles and of the endings that statutes use, with the nouns that only look as if they had one
(결과, 허가, 제도). No analyser: it serves to show a change of particle as such, in the browser by the same table
(`static/js/redline.js`), and a word that it cuts wrongly is only shown changed as a whole.
"""

from __future__ import annotations

from typing import Final


def words(line: str) -> frozenset[str]:
    """The words of a line as a set: the tables below are meant to be read."""
    return frozenset(line.split())


#: Particles, each the smallest piece; a word may carry several, one behind the other.
PARTICLES: Final = words("""
    을 를 은 는 이 가 의 에 로 과 와 만 등 들 으로 에서 에게 께서 부터 까지 마다 보다 처럼 만큼 밖에 조차 마저
    이나 이든 라도 이라도 로서 으로서 로써 으로써 에도 에는 이란 이라 이라는 이라고 라는 라고 이며 이고 이다 인지
""")
#: What turns a noun into a verb (지원|하는, 개정|된).
ENDINGS: Final = words("""
    한 할 함 해 하는 하여 하여야 하고 하며 하거나 하지 하도록 한다 했다 하였다 하려는 하려고 하기 하면 하되 해야 해서
    하여서는 하던 하자 한정 된 될 됨 되는 되어 되어야 되고 되며 되거나 되지 되도록 된다 되었다 되면 되기 돼야
""")
SUFFIXES: Final = PARTICLES | ENDINGS
_LONGEST: Final = max(map(len, SUFFIXES))
_MOST_SUFFIXES: Final = 4

#: Two syllables at the end of a noun that look like a syllable with a particle or an ending.
NOT_SUFFIXED: Final = words("""
    결과 효과 경과 초과 통과 부과 성과 학과 교과 여과 전과 투과 치과 외과 내과
    허가 추가 부가 대가 국가 휴가 주가 시가 여가 고가 저가 유가 재가
    협의 심의 회의 동의 결의 합의 논의 정의 주의 건의 이의 임의 고의 명의 질의 유의 편의 강의 토의 발의 문의 모의
    높이 길이 넓이 깊이 없이 같이 많이 차이 나이 사이 추이
    도로 수로 서로 새로 바로 대로 따로 별로 미로 회로 주로 차로 경로 통로 선로
    미만 불만 균등 평등 차등 동등 고등 대등
    제한 권한 기한 유한 무한 상한 하한 연한 시한 극한 국한 포함 결함 역할 분할 관할
    저해 피해 손해 방해 재해 침해 이해
""")

#: Particles whose form depends on the sound before: after a final consonant, after a vowel.
_AFTER_CONSONANT: Final = words("을 은 이 과 이나 이든 이란 이라 이라는 이라고 이라도")
_AFTER_VOWEL: Final = words("를 는 가 와 라는 라고 라도")
_AFTER_CONSONANT_NOT_RIEUL: Final = words("으로 으로서 으로써")
_AFTER_VOWEL_OR_RIEUL: Final = words("로 로서 로써")
#: The commonest particles are seen behind a single syllable too (법을, 자는).
_BEHIND_ONE_SYLLABLE: Final = words("을 를 은 는")

_FIRST_SYLLABLE: Final = 0xAC00
_RIEUL: Final = 8
#: ㄶ and ㅆ end verbs, never nouns (않을, 있을, 되었을).
_VERBAL_FINALS: Final = (6, 20)


def split_word(word: str) -> list[str]:
    """The word as stem and suffixes, in order; joined they are the word. `word` is a run of Hangul syllables."""
    suffixes: list[str] = []
    stem = word
    while len(suffixes) < _MOST_SUFFIXES and (suffix := _last_suffix(stem)):
        suffixes.insert(0, suffix)
        stem = stem[: -len(suffix)]
    return [stem, *suffixes]


def _last_suffix(word: str) -> str | None:
    """The longest suffix at the end that leaves a stem of two syllables (of one, for the commonest particles)."""
    if word[-2:] in NOT_SUFFIXED:
        return None
    for length in range(min(_LONGEST, len(word) - 1), 0, -1):
        suffix = word[-length:]
        if suffix not in SUFFIXES:
            continue
        stem = word[:-length]
        if (len(stem) >= 2 or suffix in _BEHIND_ONE_SYLLABLE) and _sounds_right(stem, suffix):
            return suffix
    return None


def _sounds_right(stem: str, suffix: str) -> bool:
    final = (ord(stem[-1]) - _FIRST_SYLLABLE) % 28
    if suffix in _AFTER_CONSONANT:
        return final != 0 and final not in _VERBAL_FINALS
    if suffix in _AFTER_VOWEL:
        return final == 0
    if suffix in _AFTER_CONSONANT_NOT_RIEUL:
        return final not in (0, _RIEUL)
    if suffix in _AFTER_VOWEL_OR_RIEUL:
        return final in (0, _RIEUL)
    return True
