"""Which words tell what a text is about, and which stand in any opinion whatever it is about.

The words here weigh as much as others where texts are compared; they are only not shown to people, in the title of a
group or as the reason for a suggestion. Written by hand, from general knowledge of how opinions are put, after the
titles of the development corpus had been read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from portal.kernel.search_text import search_tokens

_ENGLISH: Final = (
    "able about above accept accord achieve act actually add addition adopt affect again agree allow almost alone "
    "along already also alternative although always amend among amount another answer any anybody anyone anything "
    "anyway appear apply appreciate approach appropriate argue around arrange article ask assume attempt attention "
    "available avoid aware away bad base basis bear become before begin behave believe belong below benefit best "
    "better between beyond big both brief bring broad call can cannot care carry case cause certain chance change "
    "choice choose circumstance claim clarify clarity clause clear clearly close come comment commit common company "
    "compare complete concern conclude concrete condition confident consequence consider consist constitute "
    "contain context continue contrary correct could count course cover create current currently cut deal decide "
    "decision decree deem defend define definition degree delete demand depend describe desirable despite detail "
    "determine differ difference different difficult difficulty directly discuss disproportionate do doubt draft "
    "draw drop each early easily easy effect effective eight either else enable encourage end endorse enough "
    "ensure enter entire entirely equal especially essential establish even event ever every everybody everyone "
    "everything everywhere exact exactly example except exist expect explain explicit explicitly express extend "
    "extent face fact fail fair fall far favour few final finally find firm first fit five follow forget form "
    "former forward four free fully fundamental further furthermore gain general generally get give go good "
    "grateful great ground half hand handle happen happy hard hardly have hear help hence hereby hold hope "
    "however hundred idea identify illustrate imagine immediate important impose impossible improve inclined "
    "include increase indeed indicate inform instance instead insufficient intend intent introduce invite involve "
    "issue item itself join judge just justify keep kind kindly know known lack large last late later latter lay "
    "lead learn least leave less let level like likely likewise limit line list little live long look lose lot "
    "main mainly maintain make manage manner many matter may maybe mean meaning meant meanwhile meet mention mere "
    "merely might million mind minister ministry miss moment moreover mostly move much must namely narrow near "
    "nearly necessary need neither never nevertheless new next nine nobody none nor normal nothing notion now "
    "object obtain obvious obviously occur offer often okay once one only opinion oppose option order ordinary "
    "other otherwise ought ours out outside overall own paragraph part particular particularly partly pass past "
    "people perhaps permit persist person place plain plainly please point position possible possibly practical "
    "practice precise precisely prefer prepare presence present presume pretend prevent previous principle "
    "probably problem proceed proper proportionate proposal propose provide provision put question quick quite "
    "raise rare rarely rather reach read ready real realistic really reason reasonable reasonably recall receive "
    "recent recognise recommend refer reference reflect refuse regard regret relate relation relevant rely remain "
    "remove repeat replace request require requirement respect respectfully respond rest result right rule run "
    "satisfy say second see seek seem select sense sentence separate serious serve set settle seven several shall "
    "short should show side significant similar simple simply since single sit situation six small so solution "
    "solve some somebody someone something sometimes somewhat soon sort sound speak specific specifically specify "
    "stage stand start state statement stay step still stop straightforward strict strong strongly subject "
    "submission submit subparagraph substance such sufficient sufficiently suggest suggestion suit suitable "
    "support suppose sure surely system take talk tell ten tend text than thank therefore thing think third "
    "thirty this thorough though thought thousand three thus together too total toward treat true try turn twenty "
    "twice two unable unclear under understand unless unlike unnecessary until upon urge use useful useless user "
    "usual usually valuable various very view wait want way welcome well whatever whether while whole why wide "
    "widely will willing wish without wonder word work worry worth would write wrong year yes yet zero"
)
_KOREAN: Final = (
    "가능 가능성 가운데 각각 각자 간단 개선 거리 걱정 검토 견해 결과 결국 경우 경험 경험상 고려 곤란 공감 과정 "
    "관계 관련 구체 구체적 국민 규정 규정상 근거 글 금년 기대 기존 끝 나머지 내년 내용 노력 누구 다른 다만 다수 "
    "다음 다툼 당사 당연 대다수 대부분 대상 대안 대체 대하 도움 동안 동의 동일 뒤 등장 때문 뜻 마련 마지막 "
    "마찬가지 막연 만큼 말 말씀 매우 명시 명확 명확성 모두 모든 무엇 문구 문의 문제 문제점 미만 민원 바람직 반대 "
    "반면 반영 방법 방식 방안 방침 방향 배경 범위 별도 본문 본회 부당 부분 부탁 부탁드리 분명 불가능 불구 불명확 "
    "불필요 비교 사람 사례 사실 사실상 사유 사이 사항 삭제 상당 상당수 상태 상황 생각 설명 세부 셋째 소견 수정 "
    "수준 시작 시행규칙 시행령 시행령안 신설 실무 실제 실질 심각 아래 안내문 앞 어느 어디 어려움 언제 업계 여러 "
    "여부 여지 역할 예 예상 예시 오히려 올해 요구 요청 우려 우리 우선 위치 유사 유형 의견 의도 의문 의미 이내 "
    "이때 이러 이미 이상 이유 이전 이하 이해 이행 이후 일각 일반 일부 일정 입장 자체 작년 작동 적용 적절 적정 "
    "적합 전부 전제 전체 전혀 절반 점 정도 정부 제안 제언 제외 제정 제출 조문 조문상 조정 조치 조항 존재 주장 "
    "주체 중 중요 즉 지금 지나 지난해 지적 지지 지칭 직접 질문 질의 집중 차라리 차이 찬성 참고 처음 첫 첫째 초안 "
    "최근 최대 최소 최소한 추가 추후 충분 취지 측면 타당 특별 특정 특히 판단 편이 포함 표현 필요 필요성 하나 한계 "
    "한정 합리 합리적 항목 해당 해석 행위 현실 현실적 현장 현재 현행 협조 형태 혼란 확보 환영 회사 회원 회원사 "
    "효과 후 후단 희망"
)
#: Words of any law on a technology: a group is not known by them alone, and as English reasons they are noise. Parts of
#: terms such as grace period, they are no words of any opinion.
_WEAK_ENGLISH: Final = (
    "ai area art business cent change claim code content cost court criterion customer data date day deadline design "
    "developer device does document duty electronic english eu european export figure file foreign function generative "
    "given goes going gone group home individual industry information internal international korea korean language law "
    "made mail makes market model month name national number official often online operate operation operator output "
    "page paid pay percent period price product provider public publish republic risk safety said screen scale "
    "security sell service share software staff status task team technical technology test time tool train translate "
    "type vendor version visible visitor website week used using plus legal told lower separate separately address"
)
_WEAK_KOREAN: Final = (
    "ai 가운데 개발 개발사 개인 게시 계획 고객 공개 공급 관리 국내 국내외 기간 기관 기능 기술 기업 기준 나라 날짜 답변 "
    "대표 데이터 명백 모델 변경 분야 사업 사업자 사용 사용자 생성 서비스 선택 수단 시스템 시험 시점 안내 업무 업체 "
    "연락 연장 영역 외국 요건 용도 운영 위험 의무 이름 이용 이용사업자 이용자 인공지능 자료 작성 장치 제공 제품 지정 "
    "직원 책임 처리 최종 표시 학습 한국 해외 해외 확인 확정 활동 활용 회사 화면"
)
_WEAK: Final = frozenset([*(word for word, _ in search_tokens(_WEAK_ENGLISH)), *_WEAK_KOREAN.split()])
_OF_ANY_OPINION: Final = frozenset([*(word for word, _ in search_tokens(_ENGLISH)), *_KOREAN.split()])
_IS_WORD: Final = re.compile(r"[^\W\d_][\w·-]+", re.UNICODE)


def says_little(word: str) -> bool:
    """Whether a word (a Korean morpheme, an English stem) stands in opinions on anything: no reason by itself."""
    return word in _OF_ANY_OPINION


def is_weak(word: str) -> bool:
    """Whether a word says little by itself: one of any opinion, or of any law on a technology."""
    return says_little(word) or word.lower() in _WEAK


@lru_cache(maxsize=100_000)
def is_reason(word: str) -> bool:
    """Whether a word can be shown as a reason. An English one that is many laws' word tells nothing by itself, nor do
    numbers, single Latin letters, Korean verbs (만들다, 쓰다) and single syllables, which have many meanings."""
    if word.isascii():
        return sum(map(str.isalpha, word)) > 1 and not is_weak(word)
    return len(word) > 1 and not word.endswith("다") and not says_little(word)


@lru_cache(maxsize=100_000)
def tells(word: str) -> bool:
    """Whether a word can stand in a title: it says something, and is no number and no Korean verb (…다)."""
    if says_little(word) or _IS_WORD.fullmatch(word) is None:
        return False
    return not ("가" <= word[-1] <= "힣" and word.endswith("다"))
