"""Near-copies: variants of a letter are found whatever was done to them, and nothing unrelated is drawn in."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bench.made_letters import corpus_letters, made_texts, pairwise
from portal.analysis.near_copies import NearCopies, find_campaigns
from portal.analysis.texts import Text
from portal.analysis.variants import adapts, compare_variants
from portal.ordinances.clauses import Language
from tests.support.timing import assert_within
from tests.unit.analysis.hostile_texts import HOSTILE

LETTER = (
    "과태료의 계도기간을 부칙에 정하여 주시기 바랍니다.",
    "고시가 아직 나오지 않아 준비할 수 있는 것이 거의 없습니다.",
    "작은 회사는 한 번의 처분으로도 사업을 접게 됩니다.",
    "지킬 수 있는 규칙이라야 모두가 지키게 된다고 생각합니다.",
)
OWN = "저희 병원의 예약 창구에서는 어르신들이 화면 안내를 읽지 못하십니다."
UNLIKE = "국내대리인을 지정하는 기준은 매출이 아니라 이용자의 수로 정하는 것이 형평에 맞습니다."


def texts(*written: str) -> list[Text]:
    return [Text(f"t{number}", "ko", text) for number, text in enumerate(written)]


def groups(copies: NearCopies) -> list[tuple[str, ...]]:
    return [campaign.members for campaign in copies.campaigns]


@pytest.mark.parametrize("variant", [
    " ".join(LETTER),
    "".join(LETTER).replace(" ", ""),
    "가람솔의 의견입니다.\n" + " ".join(LETTER),
    " ".join(reversed(LETTER)),
    " ".join((*LETTER, OWN)),
    " ".join(LETTER[:2]),
    " ".join(LETTER)[:60],
    " ".join((LETTER[0], "소규모 기업은 처분 한 번에 문을 닫습니다.", *LETTER[2:])),
])  # fmt: skip
def test_a_variant_is_found(variant: str) -> None:
    copies = find_campaigns(texts(" ".join(LETTER), variant, UNLIKE, "전혀 다른 조항에 대한 다른 사람의 글로, 닮은 데가 없습니다."))
    assert groups(copies) == [("t0", "t1")]
    assert copies.campaigns[0].template == copies.campaigns[0].id


@pytest.mark.parametrize(("language", "said", "instead"), [
    ("ko", "부칙에 2년의 과태료 유예를 명시하고 상담을 중심으로 운영하여 주십시오.", "부칙에 6개월의 과태료 유예를 명시하고 상담을 중심으로 운영하여 주십시오."),
    ("ko", "부칙에 2년의 과태료 유예를 명시하고 상담을 중심으로 운영하여 주십시오.",
     "부칙에 2년의 과태료 유예를 명시하지 말고 상담을 중심으로 운영하여 주십시오."),
    ("ko", "유예기간의 위반은 이후의 가중 사유로 삼지 않는다는 점도 규정하여 주십시오.",
     "유예기간의 위반은 이후의 가중 사유로 삼는다는 점도 규정하여 주십시오."),
    ("en", "We ask the Ministry to require that both criteria be met together in the Republic of Korea.",
     "We ask the Ministry not to require that both criteria be met together in the Republic of Korea."),
    ("en", "Records should be kept for five years after the service ends in Korea.",
     "Records should be kept for two years after the service ends in Korea."),
    ("ko", "서류의 보관 기간을 지금보다 더 짧게 줄여 주시기 바랍니다.", "서류의 보관 기간을 지금보다 더 짧게 3년으로 줄여 주시기 바랍니다."),
])  # fmt: skip
def test_a_sentence_turned_into_another_demand_is_told(language: Language, said: str, instead: str) -> None:
    rest = " ".join(LETTER) if language == "ko" else (
        "The notices are still missing, and nobody can prepare. A small company does not survive a single sanction."
    )  # fmt: skip
    letter, variant = f"{rest} {said}", f"{rest} {instead}"
    found, = compare_variants(Text("t", language, letter), [Text("v", language, variant)])
    assert [variant[start:end] for start, end in found.additions] == [instead]
    assert [letter[start:end] for start, end in found.omissions] == [said]


@pytest.mark.parametrize(("language", "said", "instead"), [
    ("ko", "부칙에 2년의 과태료 유예를 명시하고 상담을 중심으로 운영하여 주십시오.", "부칙에 2년의 유예를 명시하고 과태료보다 상담을 중심으로 운영해 주십시오."),
    ("ko", "준비할 수 있는 것이 없고 물어볼 사람도 없습니다.", "준비할 수 있는 것이 없으며 물어볼 사람도 없는 형편입니다."),
    ("en", "Records should be kept for five years after the service ends.", "Keep records for 5 years after the service has ended."),
])  # fmt: skip
def test_the_same_in_other_words_is_no_addition(language: Language, said: str, instead: str) -> None:
    found, = compare_variants(Text("t", language, said), [Text("v", language, instead)])
    assert found.additions == found.omissions == ()


@pytest.mark.parametrize(("written", "instead"), [
    (LETTER[0], LETTER[0].replace("부칙에 ", "부칙에\n")),
    ("Please wait two years, and set up a helpline.", "Please wait two years. And set up a helpline."),
    (LETTER[0], LETTER[0].replace("부칙에", "부칙에 빠짐없이")),
    ("제3조 원칙과 별표 1 인공지능사업자의 범위를 분명하게 하여 주십시오.", "제3조 원칙 그리고 별표 1 인공지능사업자의 범위를 분명하게 해 주십시오."),
])  # fmt: skip
def test_a_sentence_that_was_broken_or_dressed_up_is_the_same(written: str, instead: str) -> None:
    language: Language = "en" if written.isascii() else "ko"
    found, = compare_variants(Text("t", language, written), [Text("v", language, instead)])
    assert found.additions == found.omissions == ()


def test_another_clause_is_another_demand() -> None:
    letter, variant = "제27조제2항의 보관 기간을 줄여 주시기 바랍니다.", "제27조제3항의 보관 기간을 줄여 주시기 바랍니다."
    found, = compare_variants(Text("t", "ko", letter), [Text("v", "ko", variant)])
    assert found.additions and found.omissions


@pytest.mark.parametrize("line", [
    "Thank you for your attention, and please do not hesitate to ask.",
    "We remain at your disposal should you have any questions.",
    "We would be happy to discuss this further should you need more information.",
    "두서없는 글 읽어 주셔서 감사합니다.", "변함없는 관심에 감사드립니다.", "강화군 청년모임의 의견입니다.", "연못마을 주민회 드림",
    "국내 도입 기업 모임 드림", "한국의료기기협회 추가 서명",
])  # fmt: skip
def test_names_and_thanks_are_no_addition_whatever_words_they_hold(line: str) -> None:
    language: Language = "en" if line.isascii() else "ko"
    letter = "\n".join(LETTER) if language == "ko" else "The notices are still missing.\nA small company ends with a fine."
    found, = compare_variants(Text("t", language, letter), [Text("v", language, f"{letter}\n{line}")])
    assert not found.additions


def test_time_to_compare_grows_with_the_sentences(request: pytest.FixtureRequest) -> None:
    sentences = [text.text for text in made_texts(100, seed=5, share=0)]
    letter, variant = " ".join(sentences), " ".join(reversed([f"{one[:-1]} 그리고 다시." for one in sentences]))
    assert_within(6.0, lambda: compare_variants(Text("t", "ko", letter), [Text("v", "ko", variant)] * 40))


def test_what_a_text_that_breaks_off_lost_is_left_out() -> None:
    letter = " ".join(LETTER)
    found, = compare_variants(Text("t", "ko", letter), [Text("v", "ko", letter[: letter.index("처분으로도")].rstrip())])
    assert not found.additions
    assert [letter[start:end] for start, end in found.omissions] == ["처분으로도 사업을 접게 됩니다.", LETTER[3]]


@pytest.mark.parametrize("line", [
    "We do not support Article 23(2), which should be deleted.",
    "Members of the public should be able to appeal under Article 25.",
    "The retention period below five years is too short.",
    "We support the equivalence for medical devices.",
    "다만 국내대리인 지정 제도에는 찬성합니다.",
    "국내대리인 지정 제도를 지지합니다.",
    "제23조제2항의 표시 의무는 삭제에 동의합니다.",
    "별표 1에 의료기기를 추가하는 안을 지지합니다.",
])  # fmt: skip
def test_a_short_sentence_that_says_something_is_an_addition(line: str) -> None:
    language: Language = "en" if line.isascii() else "ko"
    letter = " ".join(LETTER) if language == "ko" else (
        "The notices are still missing, and nobody can prepare. A small company ends with a single fine. Please wait a year."
    )  # fmt: skip
    for variant in (f"{line} {letter}", f"{letter} {line}"):
        found, = compare_variants(Text("t", language, letter), [Text("v", language, variant)])
        assert [variant[start:end] for start, end in found.additions] == [line]


@pytest.mark.parametrize("places", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_template_is_what_the_variants_have_in_common_whatever_the_ids(places: tuple[int, ...]) -> None:
    written = ("가람솔의 의견입니다.\n" + " ".join(LETTER), " ".join((*LETTER, OWN)), " ".join(LETTER))
    found = find_campaigns(Text(f"t{place}", "ko", text) for place, text in zip(places, written, strict=True))
    campaign, = found.campaigns
    assert campaign.template == f"t{places[2]}"
    assert {variant.id for variant in campaign.variants if variant.additions} == {f"t{places[1]}"}


@pytest.mark.parametrize("of_own", [1, 2])
def test_what_several_copies_add_is_the_letters_and_what_one_adds_is_its_own(of_own: int) -> None:
    written = [" ".join(LETTER)] * (3 - of_own) + [" ".join((*LETTER, OWN))] * of_own
    campaign, = find_campaigns(texts(*written)).campaigns
    template = texts(*written)[int(campaign.template[1:])].text
    assert template == " ".join(LETTER if of_own == 1 else (*LETTER, OWN))


@pytest.mark.parametrize(("language", "line"), [
    ("ko", "가람솔의 의견입니다."), ("ko", "긍정적인 검토를 부탁드립니다."), ("ko", "읽어 주셔서 감사합니다."),
    ("en", "Caribouline Labs is a company of 31 people."), ("en", "Brightfen agrees."),
    ("en", "We would be pleased to discuss this further."), ("en", "Thank you for the chance to comment."),
])  # fmt: skip
def test_who_writes_and_how_the_letter_closes_is_no_addition(language: Language, line: str) -> None:
    """Wherever it stands: something of the filer's own may follow a closing."""
    letter = LETTER if language == "ko" else (
        "The three thresholds apply in the alternative, and the first refers to worldwide turnover.",
        "A provider with hardly any users in Korea would have to name an agent.",
        "Both criteria should be met together and be measured by activity in the country.",
    )  # fmt: skip
    own = OWN if language == "ko" else "Licences of software that runs offline have no daily users to count at all."
    begins = "agrees" in line or "31" in line or line.startswith("가람솔")
    parts = (line, *letter, own) if begins else (*letter, line, own)
    template, variant = Text("a", language, " ".join(letter)), Text("b", language, " ".join(parts))
    said, = compare_variants(template, [variant])
    assert [variant.text[start:end] for start, end in said.additions] == [own]



def test_what_a_variant_adds_and_leaves_out() -> None:
    made = texts(" ".join(LETTER), " ".join(LETTER), "가람솔 주식회사\n" + " ".join((*LETTER[:2], LETTER[3], OWN)))
    campaign, = find_campaigns(made).campaigns
    by = {variant.id: variant for variant in campaign.variants}
    assert by["t1"].additions == by["t1"].omissions == ()
    assert [made[2].text[start:end] for start, end in by["t2"].additions] == [OWN]
    assert [made[0].text[start:end] for start, end in by["t2"].omissions] == [LETTER[2]]


def test_a_quotation_brings_nothing_together() -> None:
    others = (
        "영향평가의 범위가 넓습니다. 시험 운영까지 넣으면 연구가 멈춥니다. " + LETTER[1] + " 학습용 자료의 출처를 모두 적으라는 것도 지나칩니다.",
        "국내대리인은 한 곳이면 충분합니다. 계열사마다 두게 하면 비용만 늘고 책임은 흐려집니다. " + LETTER[1] + " 전화번호도 하나로 하십시오.",
    )
    copies = find_campaigns(texts(" ".join(LETTER), " ".join(LETTER), *others))
    assert groups(copies) == [("t0", "t1")]
    assert [(passage.members, passage.text) for passage in copies.shared_passages] == [
        (("t0", "t1", "t2", "t3"), LETTER[1])
    ]


ADAPTED = (
    "저희 극단의 배우 스물네 명이 함께 읽었습니다. 과태료에는 계도기간이 있다고 부칙에 정하여 주시면 좋겠습니다. 포스터 한 장을 만들 때에도 그림 도구를 씁니다. "
    f"{LETTER[1]} 관객에게 나누어 줄 안내문도 새로 써야 합니다. 작은 극단은 처분 한 번으로도 사업을 접을 수밖에 없습니다."
)


def test_a_letter_that_somebody_adapted_is_found() -> None:
    """Sentence by sentence it says what the letter says, with its own between, and has few words in a row with it."""
    copies = find_campaigns(texts(" ".join(LETTER), " ".join(LETTER), "가람솔입니다.\n" + " ".join(LETTER), ADAPTED, UNLIKE))
    assert groups(copies) == [("t0", "t1", "t2", "t3")]
    assert {one.id for one in copies.campaigns[0].variants if one.additions} == {"t3"}


@pytest.mark.parametrize("there", [
    [ADAPTED, ADAPTED],  # a campaign of its own, word for word
    [ADAPTED],
])  # fmt: skip
@pytest.mark.parametrize("letters", [
    [" ".join(LETTER)] * 3,  # a campaign word for word
    [" ".join(LETTER), " ".join(LETTER), "가람솔입니다.\n" + " ".join(LETTER)],
])  # fmt: skip
def test_a_letter_that_was_adapted_is_found_however_often_either_was_filed(there: list[str], letters: list[str]) -> None:
    made = texts(*letters, *there, UNLIKE)
    assert groups(find_campaigns(made)) == [tuple(text.id for text in made[:-1])]


def test_who_shares_something_with_an_adapted_letter_alone_is_in_no_campaign() -> None:
    """Groups are no chains: what is taken into one says what its letter says."""
    letter = " ".join(LETTER)
    own = [one for one in ADAPTED.replace(". ", ".|").split("|") if one not in LETTER]
    loner = " ".join((own[0], own[2], own[3]))
    copies = find_campaigns(texts(letter, letter, "가람솔입니다.\n" + letter, f"{letter} 나무숲 드림", ADAPTED, ADAPTED, loner))
    assert groups(copies) == [tuple(f"t{number}" for number in range(6))]


def test_two_sentences_among_many_of_its_own_make_no_copy() -> None:
    own = (
        "영향평가의 범위가 넓습니다.", "시험 운영까지 평가하게 하면 대학의 연구가 멈추고 맙니다.",
        "학습용 자료의 출처를 모두 적으라는 것도 사람이 할 수 있는 일이 아닙니다.",
        "국내대리인은 한 곳이면 충분하고 계열사마다 두게 하면 책임이 흐려집니다.",
        "실태조사는 해마다 같은 자료를 여러 부처가 따로 받아 가므로 하나로 합쳐야 합니다.",
    )
    quoting = " ".join((*own[:2], LETTER[1], own[2], LETTER[2], *own[3:]))
    copies = find_campaigns(texts(" ".join(LETTER), " ".join(LETTER), "가람솔입니다.\n" + " ".join(LETTER), quoting))
    assert groups(copies) == [("t0", "t1", "t2")]


@pytest.mark.parametrize(("text", "is_adapted"), [
    (ADAPTED, True),
    (" ".join((LETTER[1], OWN)), False),  # one sentence, however much of the text it is
    (" ".join((*LETTER[:2], OWN)), True),
    (" ".join((*LETTER[:2], *[f"{number}번째로 저희 병원의 예약 창구에서 겪은 일을 적습니다." for number in range(9)])), False),
    ("", False),
])  # fmt: skip
def test_what_adapts_a_letter(text: str, is_adapted: bool) -> None:
    letter, other = texts(" ".join(LETTER), text)
    assert adapts(letter, other) is is_adapted


def test_a_small_part_of_a_long_letter_is_not_the_letter() -> None:
    letter = " ".join((*LETTER, *(f"{number}번째 이유는 준비할 사람과 시간과 돈이 모두 모자라다는 데에 있습니다." for number in range(20))))
    assert not adapts(*texts(letter, " ".join(LETTER[:2])))


def test_short_texts_with_one_sentence_in_common_are_no_campaign() -> None:
    """Each is about something else, and two fifths of each are one sentence that went around."""
    shared = "현장에서 실제로 지킬 수 있는 규정이 되도록 작은 기업의 형편을 헤아려 기준을 분명하게 정하여 주시기를 바랍니다."
    copies = find_campaigns(texts(
        f"제8조의 실태조사는 해마다 같은 자료를 여러 번 내게 하므로 국가통계와 한 번에 받도록 하여 주십시오. {shared} 서식도 줄여 주십시오.",
        f"제12조의 데이터 구축 사업은 지방 소재 회사가 참여할 길이 없습니다. 지역 할당을 두어 주십시오. {shared}",
        f"{shared} 제33조에서 과징금을 나누어 내는 기한이 짧아 대출을 받아야 합니다. 여섯 달로 늘려 주시면 좋겠습니다.",
        "국내대리인은 한 곳이면 충분합니다. 계열사마다 두게 하면 비용만 늘고 책임은 흐려집니다.",
    ))  # fmt: skip
    assert copies.campaigns == ()
    assert [(passage.members, passage.text) for passage in copies.shared_passages] == [(("t0", "t1", "t2"), shared)]


def test_long_texts_are_not_chained_by_what_each_holds_of_the_next() -> None:
    """Neighbours share a fifth of what they say: none is a copy of another, however many stand in a row."""
    parts = [text.text for text in made_texts(60, seed=3, share=0)]
    chain = [" ".join(parts[number : number + 5]) for number in range(0, 56, 4)]
    copies = find_campaigns(texts(*chain))
    assert copies.campaigns == ()
    assert copies.shared_passages


def test_the_drafts_own_words_make_no_campaign_and_no_passage() -> None:
    clause = "과학기술정보통신부장관은 전문위원회의 심의를 거쳐 고영향 인공지능의 해당 여부를 확인하고 그 결과를 통지하여야 한다."
    made = texts(
        f"이 문장은 너무 깁니다. {clause} 둘로 나누어 주시고, 통지의 기한을 숫자로 적어 주십시오. 저희는 그 기한을 삼십 일로 제안합니다.",
        f"심의에 당사자가 참여하여야 합니다. {clause} 여기에 의견 진술의 기회를 더하여 주십시오. 회의록의 공개도 검토하여 주십시오.",
    )
    alike = find_campaigns(made)
    assert alike.campaigns or alike.shared_passages
    quoted = find_campaigns(made, [clause])
    assert quoted.campaigns == quoted.shared_passages == ()


def test_short_texts_are_no_campaign() -> None:
    assert find_campaigns(texts("찬성합니다.", "찬성합니다.", "찬성합니다!", "", "")).campaigns == ()


def test_nothing_and_one() -> None:
    assert find_campaigns([]) == find_campaigns(texts("하나뿐인 글은 무엇의 사본도 아닙니다. 그렇습니다.")) == NearCopies((), ())


def test_the_same_in_any_order(corpus: list[dict[str, Any]]) -> None:
    made = [Text(one["id"], one["lang"], one["reason"]) for one in corpus]
    once = find_campaigns(made)
    Random(5).shuffle(made)
    assert find_campaigns(made) == once


def test_the_campaigns_of_the_corpus(corpus: list[dict[str, Any]]) -> None:
    copies = find_campaigns(Text(one["id"], one["lang"], one["reason"]) for one in corpus)
    meant = {one["id"]: one["campaign"] for one in corpus if one["campaign"]}
    found = {member: campaign.id for campaign in copies.campaigns for member in campaign.members}
    assert set(found) <= set(meant)
    assert pairwise(found, meant)[2] >= 0.98
    # The template is the letter itself, without the line in which its author is named.
    by = {one["id"]: one["reason"].split() for one in corpus}
    original = {one["campaign"]: one["id"] for one in corpus if one["campaign"] and not one["variant_of"]}
    for campaign in copies.campaigns:
        whole, letter = by[original[meant[campaign.template]]], by[campaign.template]
        assert whole[len(whole) - len(letter) :] == letter and len(letter) > 0.85 * len(whole)


@pytest.mark.parametrize("seed", [3, 7, 9])
def test_a_campaign_of_which_some_members_are_missing_is_still_one(corpus: list[dict[str, Any]], seed: int) -> None:
    """Without a tenth of the comments some of its letters have few words in a row in common with the others."""
    drawn = Random(seed)
    some = [one for one in corpus if drawn.random() < 0.9]
    copies = find_campaigns(Text(one["id"], one["lang"], one["reason"]) for one in some)
    meant = {one["campaign"]: tuple(each["id"] for each in some if each["campaign"] == one["campaign"])
             for one in some if one["campaign"]}  # fmt: skip
    assert sorted(groups(copies)) == sorted(meant.values())


def test_ids_decide_nothing(corpus: list[dict[str, Any]]) -> None:
    said = []
    for seed in range(3):
        ids = [f"{number:03}" for number in range(len(corpus))]
        Random(seed).shuffle(ids)
        words = {identity: one["reason"] for identity, one in zip(ids, corpus, strict=True)}
        copies = find_campaigns(Text(identity, one["lang"], one["reason"]) for identity, one in zip(ids, corpus, strict=True))
        said.append([
            (words[campaign.template].split(), sorted(words[member] for member in campaign.members),
             sorted(words[variant.id][start:end] for variant in campaign.variants for start, end in variant.additions))
            for campaign in copies.campaigns
        ])  # fmt: skip
    assert said[0] and said[1:] == said[:-1]


def test_additions_of_the_corpus(corpus: list[dict[str, Any]]) -> None:
    """The further segments of variants are what they add."""
    by = {one["id"]: one for one in corpus}
    copies = find_campaigns(Text(one["id"], one["lang"], one["reason"]) for one in corpus)
    right = told = wanted = 0
    for campaign in copies.campaigns:
        issue = by[campaign.template]["segments"][0]["issue"]
        for variant in campaign.variants:
            own = [one["text"] for one in by[variant.id]["segments"] if one["issue"] != issue]
            added = [by[variant.id]["reason"][start:end] for start, end in variant.additions]
            told += len(added)
            right += sum(any(sentence in text for text in own) for sentence in added)
            wanted += len(own)
            assert all(any(sentence in text for sentence in added) for text in own), variant.id
    assert wanted == 14
    assert right / told >= 0.9


@pytest.mark.usefixtures("corpus")
def test_campaigns_made_of_the_corpus() -> None:
    made = corpus_letters(11)
    copies = find_campaigns(made.texts)
    found = {member: campaign.id for campaign in copies.campaigns for member in campaign.members}
    assert set(found) <= set(made.campaigns), "an unrelated letter is in a group"
    assert pairwise(found, made.campaigns)[2] >= 0.98


def test_hostile_texts() -> None:
    made = [Text(f"{name} {number}", "ko", text) for name, text in HOSTILE.items() for number in range(2)]
    assert_within(10.0, lambda: find_campaigns([*made, *texts(*LETTER)]), rounds=1)


def test_time_grows_with_the_number_of_texts() -> None:
    made = list(made_texts(4000))
    assert_within(4.0, lambda: find_campaigns(made))


def test_progress_is_told() -> None:
    told: list[float] = []
    find_campaigns(texts(*LETTER), (), told.append)
    assert told == sorted(told) and told[-1] == 1.0
