"""One text that arrives: the copy it is, the clusters and tags that suit it, and nothing where nothing suits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.analysis.arriving import AtHand
from portal.analysis.copies_at_hand import CopiesAtHand
from portal.analysis.engine import Analysis, Engine, Grouping
from portal.analysis.near_copies import find_campaigns
from portal.analysis.texts import Text, Tokens
from tests.unit.analysis.hostile_texts import HOSTILE

LETTER = (
    "과태료의 계도기간을 부칙에 정하여 주시기 바랍니다. 고시가 아직 나오지 않아 준비할 수 있는 것이 거의 없습니다. "
    "작은 회사는 한 번의 처분으로도 사업을 접게 됩니다."
)
OWN = "저희 병원의 예약 창구에서는 어르신들이 화면 안내를 읽지 못하십니다."


@pytest.fixture(scope="module")
def filed(corpus: list[dict[str, Any]]) -> list[Text]:
    return [Text(one["id"], one["lang"], one["reason"], one["clause"], one["position"]) for one in corpus]


def test_a_copy_of_what_stood_alone() -> None:
    at_hand = CopiesAtHand([Text("a", "ko", LETTER), Text("b", "ko", OWN * 2)])
    new = Text("n", "ko", f"{LETTER} {OWN}")
    copy = at_hand.of(new)
    assert copy is not None and (copy.template, copy.campaign) == ("a", None)
    assert [new.text[start:end] for start, end in copy.variant.additions] == [OWN] and not copy.variant.omissions


def test_a_letter_of_a_campaign_that_somebody_adapted() -> None:
    there = [Text(identity, "ko", LETTER) for identity in "ab"]
    new = Text("n", "ko", (
        "저희 극단의 배우 스물네 명이 함께 읽었습니다. 과태료에는 계도기간이 있다고 부칙에 정하여 주시면 좋겠습니다. 포스터 한 장에도 그림 도구를 씁니다. "
        "고시가 아직 나오지 않아 준비할 수 있는 것이 거의 없습니다. 관객에게 나누어 줄 안내문도 새로 써야 합니다."
    ))  # fmt: skip
    copy = CopiesAtHand(there, find_campaigns(there).campaigns).of(new)
    assert copy is not None and copy.campaign is not None
    assert CopiesAtHand(there[:1]).of(new) is None  # of one letter alone more is asked: it may only be quoted


@pytest.mark.parametrize("there", [[], [Text("a", "ko", LETTER), Text("b", "ko", "찬성합니다."), Text("c", "ko", "")]])
def test_no_copy(there: list[Text]) -> None:
    at_hand = CopiesAtHand(there)
    for text in (OWN, "", "찬성합니다.", *HOSTILE.values()):
        assert at_hand.of(Text("n", "ko", text)) is None, text[:20]


def test_a_text_is_no_copy_of_itself() -> None:
    assert CopiesAtHand([Text("a", "ko", LETTER)]).of(Text("a", "ko", LETTER)) is None


def test_the_drafts_own_words_make_no_copy() -> None:
    clause = "과학기술정보통신부장관은 전문위원회의 심의를 거쳐 고영향 인공지능의 해당 여부를 확인하고 그 결과를 통지하여야 한다."
    there, new = Text("a", "ko", f"너무 깁니다. {clause} 나누어 주십시오."), Text("n", "ko", f"{clause} 기한을 적어 주시고 회의록의 공개도 검토하여 주십시오.")
    assert CopiesAtHand([there]).of(new) is not None
    assert CopiesAtHand([there], quoted=[clause]).of(new) is None


def test_the_corpus_one_by_one(filed: list[Text]) -> None:
    """Half of each campaign at hand: the other half is found to belong to it, and nothing else is."""
    campaigns = find_campaigns(filed).campaigns
    later = {member for campaign in campaigns for member in campaign.members[1::2]} | {text.id for text in filed[::4]}
    there = [text for text in filed if text.id not in later]
    at_hand = CopiesAtHand(there, find_campaigns(there).campaigns)
    of = {member: campaign.id for campaign in campaigns for member in campaign.members}
    found = {text.id: of.get(copy.template, "alone") for text in filed if text.id in later and (copy := at_hand.of(text))}
    assert all(of.get(text) == campaign for text, campaign in found.items()), "drawn into a campaign that is not its own"
    assert len(found) >= 0.95 * len(later & set(of))


@pytest.fixture(scope="module")
def standing(engine: Engine, filed: list[Text]) -> Analysis:
    return engine.analyse(filed[:50])


@pytest.fixture(scope="module")
def at_hand(engine: Engine, filed: list[Text], corpus: list[dict[str, Any]], standing: Analysis) -> AtHand:
    return AtHand(engine, filed[:50], engine.tokens_of(filed[:50]), Grouping(standing.clusters), campaigns=standing.campaigns,
                  labels={one["id"]: one["tags"] for one in corpus[:50]})  # fmt: skip


def test_an_arrival_is_seen_as_when_texts_are_added(engine: Engine, filed: list[Text], at_hand: AtHand,
                                                    standing: Analysis) -> None:  # fmt: skip
    new, tagged = filed[50:60], 0
    added = engine.analyse(filed[:50], added=new, standing=Grouping(standing.clusters))
    for text in new:
        arrival = at_hand.arrival(text)
        assert arrival.id == text.id and arrival.tokens == engine.tokeniser.tokens(text.text, text.language)
        assert [one.cluster for one in arrival.clusters] == [one.cluster for one in added.placed[text.id]]
        assert arrival.fits == (text.id not in added.tray)
        assert len(arrival.tags) <= 3 and arrival.engine == added.engine
        tagged += bool(arrival.tags)
    assert tagged >= 5


def test_a_hostile_text_arrives(at_hand: AtHand) -> None:
    for name in ("empty", "half a character", "only emoji", "mixed scripts", "right to left"):
        arrival = at_hand.arrival(Text(name, "en", HOSTILE[name][:5_000], "no such clause"))
        assert arrival.copy is None and len(arrival.clusters) <= 3


def test_nothing_at_hand(engine: Engine, filed: list[Text]) -> None:
    arrival = AtHand(engine, [], [], Grouping(())).arrival(replace(filed[0], id="n"))
    assert (arrival.copy, arrival.clusters, arrival.fits, arrival.tags) == (None, (), False, ())
    alone = AtHand(engine, filed[:1], [Tokens((), "none")], Grouping(())).arrival(replace(filed[0], id="n"))
    assert alone.copy is not None and alone.copy.template == filed[0].id


def test_a_text_that_quotes_one_sentence_of_another_is_no_copy_of_it() -> None:
    shared = "현장에서 실제로 지킬 수 있는 규정이 되도록 작은 기업의 형편을 헤아려 기준을 분명하게 정하여 주시기를 바랍니다."
    there = f"제12조의 데이터 구축 사업은 지방 소재 회사가 참여할 길이 없습니다. 지역 할당을 두어 주십시오. {shared}"
    arrived = f"제8조의 실태조사는 해마다 같은 자료를 여러 번 내게 하므로 국가통계와 한 번에 받도록 하여 주십시오. {shared} 서식도 줄여 주십시오."
    at_hand = CopiesAtHand([Text("there", "ko", there)])
    assert at_hand.of(Text("new", "ko", arrived)) is None
    assert at_hand.of(Text("new", "ko", f"{there} 저희 군에는 그런 회사가 둘뿐입니다.")) is not None
