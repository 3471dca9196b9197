"""Splits a letter, an e-mail or minutes into passages on one clause each, and says which.

A letter is read line by line: heads of e-mails, letterheads, greetings, signatures and what officials say are set
aside; headings, numbering, rows of tables and empty lines part what stands on its own. Of the sentences of a paragraph
some belong to a passage and some only lead to one, and another passage may begin with any of them: both are told by
what a reader sees (where something is asked for and announced, how long what stands before and behind is, how well one
clause fits both), weighed as a conditional random field learnt it from letters with marked passages, and the likeliest
sequence is taken (A. Viterbi, 1967). A passage belongs to the clause that it cites or that its heading cites, else to
the one it is most like, with what leads to it (`portal.analysis.passages`).

Everything is a proposal for a person who has the letter beside it. Time grows with the length of the letter only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from portal.analysis.clause_index import ClauseIndex, article_of
from portal.analysis.learning import Vector
from portal.analysis.passages import By, ClauseModel, ClauseSuggestion, cited
from portal.analysis.sentences import split_sentences
from portal.analysis.texts import Text, Tokens
from portal.analysis.tokens import Tokeniser, terms_of
from portal.ordinances.addresses import AFTER
from portal.ordinances.clauses import Draft, Language


@dataclass(frozen=True, slots=True)
class Weights:
    """What a conditional random field has learnt from letters with marked passages (`python -m bench.analysis_letters
    --learn`): what speaks for and against passages, as logarithms of odds.

    `of_a_passage`: for a sentence to be of a passage rather than to lead to one, behind a constant: whether it asks for
    something, the one before it did, nothing was asked for yet in a paragraph that does ask, it or a later one asks;
    how much likelier the likeliest article is than the next; whether it begins its paragraph; its length (a logarithm),
    and its share of the paragraph; whether it finds fault, approves, inquires; how many paragraphs the letter has (a
    logarithm), and whether they are few; whether the paragraph is an item of a list or stands under a heading that is
    numbered or cites a clause.

    `begins`: for another passage to begin with a sentence, behind a constant: whether the one before it asks for
    something, and this one does not; something was asked for before; words announce it; it cites another clause; it has
    a lead-in; how much better the likeliest article of either side fits it than one fits both, for the two sentences
    and for all before and behind; the lengths before and behind (logarithms); whether the two sentences are likest to
    the same article; whether both inquire; something is said (asked for, blamed, approved, inquired) before, and from
    here on; the one before asks and this one finds fault, or approves; the one before says something and this one does
    not; as above the paragraphs of the letter, and whether this one is an item.

    `enters`, `leaves`: for a passage to begin behind a sentence that is of none, and for none to go on behind one.
    """

    of_a_passage: Vector
    begins: Vector
    enters: float
    leaves: float


_LEARNT: Final = Weights(
    of_a_passage=np.array([
        -1.09, 0.69, -0.4, -0.3, 0.3, 1.53, -0.93, 0.57, 0.66, 0.15, 0.29, -0.24, 0.39, 1.14, -0.05,
    ]),
    begins=np.array([
        -0.79, 0.99, -0.23, 0.11, 1.82, 0.92, 1.27, 0.95, 0.97, 0.49, 0.51, 0.07, -1.41, -0.12, 0.19, 0.25,
        0.27, -0.18, -0.03, -1.73, 0.87,
    ]),
    enters=-0.26, leaves=-0.26,
)  # fmt: skip
#: What stands under a heading or in a row of a table that cites a clause, or says that it is a comment or a part of
#: one, is of a passage unless so much speaks against it, in the same odds.
_OF_WHAT_IS_TOLD: Final = 2.0
#: A logarithm of a length begins from so many characters, those of Hangul counting threefold.
_USUAL: Final = 150
_HANGUL_COUNTS: Final = 3
#: A text of so few paragraphs is a comment rather than a letter of many.
_FEW_PARAGRAPHS: Final = 2
#: Shorter passages, in letters and digits, say nothing.
_SHORTEST: Final[dict[Language, int]] = {"ko": 8, "en": 20}
_LONGEST_HEADING: Final = 70
_LONGEST_CONTACT: Final = 120
#: A marked line that is so short is a heading, however it ends, where another kind of line follows.
_LEADS_AT_MOST: Final = 20
#: Lines are not broken before so many characters, and wider ones are not broken at all (in columns, of which a Korean
#: syllable takes two).
_SHORTEST_BROKEN: Final = 30
_WIDEST: Final = 160
#: A line of a head or a signature is looked for within so many lines of the beginning or the end.
_HEAD_LINES: Final = 15
_SIGNATURE_LINES: Final = 12
#: A sentence is looked at so far, and so many sentences are compared at once.
_LOOKED_AT: Final = 2000
_AT_ONCE: Final = 2048

_HANGUL: Final = re.compile("[가-힣]")
_LATIN: Final = re.compile("[A-Za-z]")
_SIGN: Final = re.compile(r"\w")

_QUOTED: Final = re.compile(r"[ \t]*(?:>[ \t]*)+")
#: 1. 1) (1) ① 가. (가) a) A. I. 의견 1. - • □ ○ ▪ ※ and the like.
_MARKER: Final = re.compile(
    r"[ \t]*(?:(?:\d{1,2}(?:[.-]\d{1,2}){0,3}[.)]?|[(]\d{1,2}[)]|[가-하][.)]|[(][가-하][)]|[A-Za-z][.)]|"
    r"[(][a-z][)]|[IVX]{1,4}[.)])[ \t]+"
    r"|(?:의견|질의|질문|건의|요청|제안|쟁점|[Cc]omment|[Qq]uestion|[Pp]oint|[Ii]ssue|[Rr]emark) ?#?\d{1,2}[.):：]?"
    r"[ \t]+"
    r"|[①-⑳㉮-㉻][ \t]*|[-–—*•·∙○●◦□■▪▫▶▷◆◇※ㅇ][ \t]+)"
)
#: What counts in a marker, and what stands for it where only the kind of list is asked for.
_COUNTED: Final = (
    (re.compile(r"\d+"), "1"), (re.compile("[가-하]"), "가"), (re.compile("[A-Z]+"), "A"), (re.compile("[a-z]"), "a"),
    (re.compile("[①-⑳]"), "①"), (re.compile("[㉮-㉻]"), "㉮"),
)  # fmt: skip
_HEAD: Final = re.compile(
    r"[ \t□○▪-]*(?:(?:수[ ]?신|제[ ]?목|발[ ]?신|참[ ]?조|경[ ]?유)(?:\t| {2,})|[(]경유[)]|"
    r"(?:from|to|cc|bcc|subject|date|sent|re|attn|attention|reply-to|attachments?|place|present|minutes|"
    r"venue|client|matter|organi[sz]ation|submitted by|submission of|(?:our|your) ref(?:erence)?|contact|participants|"
    r"attend(?:ees|ance)|in attendance|"
    r"보낸[ ]?(?:사람|이)|받는[ ]?(?:사람|이)|제[ ]?목|날[ ]?짜|참[ ]?조|수[ ]?신(?:자)?|발[ ]?신(?:자)?|"
    r"일[ ]?시(?:[·ㆍ]장소)?|"
    r"장[ ]?소|참[ ]?석(?:자)?|기[ ]?록(?:자)?|첨[ ]?부|붙[ ]?임|문서[ ]?번호|담[ ]?당(?:자)?|주[ ]?소|전[ ]?화|"
    r"연락처|받는[ ]?분|보내는[ ]?(?:이|분|사람|곳)|의뢰인|건[ ]?명|회신처|제출(?:기관|일자?|자|인|처|단체)|"
    r"작성(?:자|부서|일자?)|(?:기관|단체|회사|업체|법인)명|성[ ]?명|소[ ]?속|문의처?)[ \t]*[:：])",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}\.|https?://|\bwww\.|(?:\+\d{1,3}[ -])?\(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{4}\b|"
    r"\b\d{3}-\d{4}\b"
)
_GREETING: Final = re.compile(
    r"[ \t]*(?:dear\b|hello\b|hi\b|good (?:morning|afternoon)|to whom it may|안녕하|존경하는|귀 (?:부|기관|부처)의)",
    re.IGNORECASE,
)
#: To whom a letter goes, on a line of its own: names and nothing that is asked of them.
_ADDRESSEE: Final = re.compile(
    r"[가-힣A-Za-z·ㆍ() ]{1,40}(?:귀하|귀중|님께)|[가-힣 ]{0,30}(?:장관|위원장|국장|실장|과장|담당자)님? ?(?:께|앞)|"
    r"(?:To:? )?(?:[Tt]he )?(?:Hon(?:ou?rable|[.]) )?(?:(?:Vice |Deputy )?(?:Minister|Director)|Ministry|Department|"
    r"Office|Secretariat|Republic of Korea)(?: (?:of|the|for|and|&|[A-Z][\w&.-]*)){0,12}[ ,]*"
)
#: What cites an article is no head of a letter.
_CITES: Final = re.compile(r"제\s?\d{1,4}\s?조|\bArt(?:icle|[.])?s?\s?\d", re.IGNORECASE)
_CLOSING: Final = re.compile(
    r"[ \t]*(?:(?:with )?(?:kind |best |warm )*regards\b|(?:yours )?(?:sincerely|faithfully|truly|respectfully)\b|"
    r"with (?:respect|thanks)\b|"
    r"best wishes|respectfully(?: submitted|,)|cheers|thanks,|many thanks|감사합니다[.!]*[ \t]*$|"
    r"고맙습니다[.!]*[ \t]*$|"
    r"이상입니다|이상과 같이|수고하(?:십시오|세요|시기)|"
    r".{0,40}(?:드림|올림|배상)[.]?[ \t]*$|--[ ]?$|붙[ ]?임[ \t]*\d)",
    re.IGNORECASE,
)
#: A date that stands alone; where no sentence follows, a signature does.
_DATE: Final = re.compile(
    r"[ \t]*(?:\d{4}[.년-][ ]?\d{1,2}[.월-][ ]?\d{1,2}[.일]?|\d{1,2} [A-Z][a-z]{2,8} \d{4}|"
    r"[A-Z][a-z]{2,8} \d{1,2}, \d{4})[ \t]*$"
)
#: Sentences about the letter itself, what it encloses and how it may be used.
_ABOUT_THE_LETTER: Final = re.compile(
    r"안녕하(?:십|세)|의견을 (?:보내|드립|드리고자|제출)|의견을? 보내|보내 ?드립니다|(?:정리하여|정리해서) (?:보냅|"
    r"보내|제출)|"
    r"(?:감사|고맙)(?:드립|습|합)니다|회신(?:을)? (?:부탁|바랍)|양해 (?:부탁|바랍|하여)|연락 ?(?:주십|주세|주시|"
    r"바랍|드리)|궁금하신|"
    r"제출하오니|(?:본|이) (?:메모|의견서|서한)[은는]|이상의 의견|아래 표[는은]|추가 자료가 필요하|발전을 기원|"
    r"적겠습니다|적어 봅니다|(?:적어|담아|모아|정리해|정리하여|글로)[^.\n]{0,20} ?보냅니다|하셔서 보냅니다|"
    r"두서 ?없|잘 부탁드립|"
    r"이해(?:를|해)? ?(?:부탁|바랍|주시)|이를 바탕으로[^.\n]{0,20}의견을|의견을 (?:말씀|올립|전합|적습)|"
    r"(?:^|\s)(?:위|이상의|상기) (?:의견|사항|내용)을? (?:\S+ ){0,2}(?:검토|반영|고려)\S* ?(?:주시기|부탁|바랍)|"
    r"다음과 같(?:이|은) 의견|접수되었는지|공개(?:하지 말아|를 원하지 않|하지 않아 주)|비공개(?:로| 요청|"
    r"를 (?:요청|부탁))|"
    r"^이상입니다|입니다\.? 의견 드|동의를 받아|"
    r"\b(?:thank you (?:for|again)|thanks for|sorry for|happy to (?:turn|discuss|meet|provide|answer)|please find|"
    r"following up|"
    r"here it is|(?:paste|list) them|grateful for (?:the|this) opportunity|appreciate the opportunity|"
    r"(?:i am|we are) writing (?:to|on behalf)|look forward to|do not hesitate|please do not (?:quote|publish|"
    r"disclose|share) |"
    r"please (?:keep|treat) (?:this|that|it|them) (?:as )?confidential|our comments (?:follow|are below)|"
    r"we write (?:on behalf|as)|"
    r"confidentiality order|for your consideration|(?:is|are) set out (?:below|as)|each point below|"
    r"(?:express|convey) our \w+ (?:respect|gratitude|thanks)|(?:hereby|humbly|respectfully) submit|"
    r"be (?:glad|happy|pleased) to (?:discuss|meet|answer|provide|explain|come|assist|share)|"
    r"(?:permit|allow) (?:us|me) (?:a few|some|to (?:make|offer|add))|\b(?:we|i) apologi[sz]e (?:if|for)|"
    r"reason for (?:this|our|my) letter|"
    r"\b(?:we|i) (?:submit|offer|make|have) (?:the following|a few|some|these|our) (?:comments|remarks|observations)|"
    r"\b(?:we|i) (?:write|submit|respond|am writing|are writing)\b.{0,40}\bin response to (?:the|your) )",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_ABOUT_THE_LETTER: Final = 220
#: In minutes: who speaks, at the beginning of a line; and those whose words are no comments.
_SPEAKER: Final = re.compile(r"[ \t]*(?:[(\[][^()\[\]\n]{1,40}[)\]]|[A-Z][^:.,\n]{1,40}[:]|[가-힣][가-힣 ]{0,20}[:：])")
_OFFICIAL: Final = re.compile(
    r"과장|사무관|서기관|주무관|국장|실장|차관|장관|부처|정부 ?측|과기정통부|사회자?|좌장|의장|"
    r"\b(?:ministry|minister|chair|moderator|director[ -]general|deputy director|official|secretariat|MSIT|host)\b",
    re.IGNORECASE,
)
#: Minutes say so at their beginning; there a sentence may tell what an official said.
_MINUTES: Final = re.compile(
    r"회의록|간담회|회의[ ]?결과|\b(?:minutes|(?:summary|record) of (?:the )?meeting)\b", re.IGNORECASE
)
_MINUTES_WITHIN: Final = 200
_OFFICIAL_SAID: Final = re.compile(
    r"[ \t]*(?:(?:이에|이어|그러자) )?(?:부처|과기정통부)?(?:의 |에서는 | )?(?:담당 )?"
    r"(?:과장|사무관|서기관|주무관|국장|실장|차관|장관|사회자|좌장)[은는이가도과와]|"
    r"[ \t]*(?:the |an? )?(?:deputy )?(?:director|minister|ministry|official|secretariat|moderator|expert)\b|"
    r".*(?:답하였다|답했다|답함|답변함|답변하였다|(?:opened|closed) the meeting)[.]?[ \t]*$",
    re.IGNORECASE | re.DOTALL,
)
_NO_OFFICIAL: Final = re.compile(r"사무국장|협회|연대|연합|회사|company|association|연구소", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.!?。…][\"'”’)\]]*[ \t]*$|(?:다|요|까|함|음|임|것|됨|라|자|바람)[.]?[ \t]*$")
#: A line that asks somebody for something is no heading, though it has no full stop.
_REQUESTS: Final = re.compile(r"(?:십시오|바랍니다|주세요)\Z|\b(?:should|must|please|ought to)\b", re.IGNORECASE)
#: A line with a sentence that ends and another one that begins is no heading, unless what ends is a number.
_BEGINS_ANOTHER: Final = re.compile(r"(?:(?:니|한|된|었|였|했|이)다|요|[a-z]{4})[.?!]\s+[가-힣A-Z]")
#: What a comment is made of says so where it begins: (문제점), [의견], Reason: and the like. The words of the draft are
#: none of it.
_PART: Final = re.compile(
    r"[ \t]*(?:[(\[<【](?P<in_brackets>[^()\[\]<>【】\n]{2,20})[)\]>】][ \t]*[:：]?|"
    r"(?P<plain>[^:：.()\[\]\n]{2,20})(?:[:：]|[.](?=[ \t]+\S)))[ \t]*"
)
_PARTS: Final = re.compile(
    r"(?:현황|쟁점|문제|문제점|문제 ?제기|현황 ?및 ?문제점|(?:검토|개선|수정|세부|주요)? ?의견|개선 ?방안|개선안|"
    r"(?:건의|요청|질의)(?: ?사항)?|제안|제안 ?내용|수정 ?제안|수정안|대안|(?:수정|제안|개정)? ?(?:사유|이유)|근거|"
    r"취지|기대 ?효과|예시|입장|"
    r"comments?|issues?|problem|concerns?|background|proposal|(?:proposed|suggested) (?:text|wording|change|amendment)|"
    r"suggestion|recommendation|request|reasons?|reasoning|rationale|justification|explanation|question|position)",
    re.IGNORECASE,
)
#: What stands under such a heading is no comment.
_ABOUT_THE_WRITER: Final = re.compile(
    r"(?:검토|제출)? ?(?:개요|배경|경위)|들어가(?:며|는 말|는 글)|머리말|서론|서언|인사말|맺음말?|맺는 ?말|"
    r"맺으며|나가며|마치며|행정 ?사항|(?:기관|회사|단체|협회|제출자|의뢰인) ?소개|"
    r"introduction|introductory remarks|about us|who we are|"
    r"conclusion|(?:concluding|closing) remarks|contacts?|contact details|sender",
    re.IGNORECASE,
)
#: What describes how things are, before what is said of them.
_BACKGROUND: Final = re.compile(r"background|배경|현황", re.IGNORECASE)
_WORDS_OF_THE_DRAFT: Final = re.compile(
    r"(?:현행|현행 ?(?:규정|조문|안)|조문 ?내용|규정 ?내용|입법예고안|제정안|개정안|시행령안|"
    r"(?:current|existing|draft) (?:text|wording|provision)|text of the draft)",
    re.IGNORECASE,
)
#: No draft is written so: words that speak to a reader.
_OF_A_WRITER: Final = re.compile(
    r"(?:니다|십시오|세요|까요|지요|네요|[아어해]요|바람|요망)[.!?]*(?=[\s)\"'”’]|$)|\b(?:we|our|please|should)\b",
    re.IGNORECASE,
)
_ANNOUNCES: Final = re.compile(
    r"[\"“(\s]*(?:그리고|또한?[, ]|또는 |끝으로|마지막으로|아울러|한편|다음으로|먼저|우선|첫째|둘째|셋째|넷째|"
    r"다섯째|추가로|더불어|나아가|덧붙여|그 ?밖에|또 하나|"
    r"(?:also|finally|lastly|last|first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|next|then|separately|"
    r"moreover|"
    r"furthermore|in addition|as (?:for|to|regards)|on (?!the (?:other|contrary))|regarding|concerning|turning to|"
    r"with (?:regard|respect) to|another|one (?:more|further)|two remarks|they (?:also|add)|"
    r"of (?:more|most|greater) (?:importance|concern)|"
    r"more importantly|(?:and )?(?:our|my|a|one) (?:last|final|second|third|further|other|related) "
    r"(?:point|remark|comment|concern|question|request))\b)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"(?:주십시오|주시기|주세요|주셨으면|주길|바랍니다|바라|바람|희망|요망|해야|하여야|요청|건의|제안|좋겠|해 주|"
    r"달라|부탁|필요|반대|찬성|어렵습니다|여쭙|여쭤|(?<![가-힣])문의드|묻습니다)|"
    r"\b(?:should|must|please|ought|ask|suggest|propose|recommend|urge|request|need to|would like|let|welcome|oppose|"
    r"support|require|keep|delete)\b|[?]",
    re.IGNORECASE,
)
#: What finds fault, what approves, and what inquires, in either language.
_BLAMES: Final[dict[Language, re.Pattern[str]]] = {
    "ko": re.compile(
        "없음|없다|없습니다|없고|않음|않다|않습니다|아니다|아닙니다|못함|못한다|못합니다|어려움|어렵|곤란|무리|모호|불명확|불분명|분명하지|우려|걱정|"
        "문제|지나치|지나친|과도|과하|부담|불가능|부당|위험|실망|소용|모르|모름|의문|부족|짧|길다|길어|좁"
    ),
    "en": re.compile(
        r"\b(?:not|no|nobody|nothing|never|cannot|unclear|vague|ambiguous|burden\w*|excessive|unfair|impossible|"
        r"concern\w*|worr\w+|troubl\w+|problem\w*|difficult\w*|too|unless|without|neither|lacks?|silent|short|"
        r"narrow|broad)\b",
        re.IGNORECASE,
    ),
}
_APPROVES: Final[dict[Language, re.Pattern[str]]] = {
    "ko": re.compile("환영|반갑|반가|찬성|지지|잘하는|다행|바람직|적절|타당|옳|동의|고맙|긍정|좋은"),
    "en": re.compile(
        r"\b(?:welcome\w*|support\w*|pleas(?:ed|ure)|glad|happy|appreciat\w+|right|good|great|excellent|best|"
        r"agree\w*|useful|sensible|thank\w*)\b",
        re.IGNORECASE,
    ),
}
_INQUIRES: Final[dict[Language, re.Pattern[str]]] = {
    "ko": re.compile("[?]|궁금|묻고|묻습|여쭙|여쭤|(?<![가-힣])문의(?:드|합|하)|질의|(?:는지|인지|할지|일지)[ .]"),
    "en": re.compile(r"[?]|\b(?:asked whether|wonder\w*|what counts|who decides)\b", re.IGNORECASE),
}
_LEAD_IN: Final = re.compile(r"[^:：.?!\n]{2,60}[:：][ \t]+(?=\S)")
#: What draws a conclusion from what stands above it.
_SO: Final = re.compile(r"[ \t]*[→⇒➔☞]")
_BROKEN: Final = re.compile(r"\n(?![ \t]*[→⇒➔☞])")
#: What stands behind a citation that leads a paragraph, and how much may stand before it.
_LEADS: Final = re.compile(
    r"(?:[ \t]*\([^()\n]{1,30}\))?"
    r"(?:[ \t*>\])]*[:：–—]|[ \t]+-[ \t]|[ \t]?(?:관련|에 (?:대|관)한)(?: 의견)?[ \t]*$)"
)
_BEFORE_A_CITATION: Final = 6
#: A note below a text, and a mark in the text that one belongs to.
_NOTE: Final = re.compile(
    r"[ \t]*(?:\[(\d{1,2})\]|[(]?(\d{1,2})[).]|([¹²³⁴⁵⁶⁷⁸⁹])|(?:주|각주|[Nn]ote) ?(\d{1,2})[).:])[ \t]*(?=\S)"
)
_NOTED: Final = re.compile(r"(?<=[^\s\d])(?:\[(\d{1,2})\]|([¹²³⁴⁵⁶⁷⁸⁹])|(?<=[.다])(\d{1,2})[)])")
_SUPERSCRIPT: Final = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹", "123456789")
_CELLS: Final = re.compile(r"\t|\s*[|│┃]\s*")
_ROW_OF_HEADINGS: Final = 15
#: A row of a table says in the first of its cells which clause it is about.
_CITING_CELLS: Final = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a letter: text[start:end] is `text`. `clause` is the one it is about (None where nothing tells),
    `score` how strongly it is suggested (0 to 1: it ranks, and promises nothing), `by` what told it."""

    start: int
    end: int
    text: str
    clause: str | None
    score: float
    by: By


@dataclass(slots=True)
class _Unit:
    """Sentences that stand together, as spans, with the heading above them. `is_item` says that they are an item of a
    list, or stand under a heading that is numbered or cites a clause."""

    spans: list[tuple[int, int]]
    heading: str
    cited: str | None  # the clause that the heading cites
    is_item: bool
    parts: set[str] = field(default_factory=set)  # what it says that it is: 의견, reason
    is_below: bool = False
    is_background: bool = False  # whether it tells how things are, before what is said of them
    is_sure: bool = False  # whether the one clause that its heading, or its row of a table, cites is `cited`


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage before it is assigned: its span, what it stands in, and its words with those that lead to it."""

    start: int
    end: int
    unit: _Unit
    words: Tokens


def split(text: str, draft_ko: Draft, draft_en: Draft | None = None, tokeniser: Tokeniser | None = None,
          examples: Iterable[tuple[Text, Tokens]] = ()) -> list[Passage]:  # fmt: skip
    """The passages of a letter on clauses of a draft, in their order. `examples` are earlier comments with the clause
    that their filers chose. For many letters make one LetterReader."""
    tokeniser = tokeniser or Tokeniser(terms_of(draft_ko))
    model = ClauseModel(ClauseIndex(draft_ko, draft_en, tokeniser), examples)
    return LetterReader(model, tokeniser).split(text)


def _no_progress(_share: float) -> None:
    """Tells nobody."""


class LetterReader:
    """Reads letters about one draft."""

    def __init__(self, model: ClauseModel, tokeniser: Tokeniser, weights: Weights = _LEARNT) -> None:
        self.model: Final = model
        self._index, self._tokeniser, self._weights = model.index, tokeniser, weights

    def split(self, text: str, progress: Callable[[float], None] = _no_progress) -> list[Passage]:
        """The passages of a letter, in their order. `progress` is told the share done, from 0 to 1."""
        if not self._index.articles:
            return []
        read = _joined(self._units(text))
        progress(0.1)
        units = _without_introduction(text, read)
        spans = [span for unit in units for span in unit.spans]
        tokens = self._words(text, spans, lambda share: progress(0.1 + 0.5 * share))
        found: list[_Found] = []
        row = 0
        for unit, (inside, begins) in zip(units, self._marks(text, units, tokens, _paragraphs(read)), strict=True):
            before = row
            told = _OF_WHAT_IS_TOLD * bool(unit.cited or unit.parts)
            for first, last in _best_parts(inside, begins, self._weights, told):
                start, end = _after_lead_in(text, *unit.spans[first])[0], unit.spans[last][1]
                if len(_SIGN.findall(text[start:end][:_LOOKED_AT])) >= _SHORTEST[language_of(text[start:end])]:
                    context = tokens[before : row + last + 1]
                    words = tuple(word for one in context for word in one.words)
                    found.append(_Found(start, end, unit, Tokens(words, self._tokeniser.name)))
                    before = row + last + 1
            row += len(unit.spans)
            progress(0.6 + 0.3 * row / len(spans))
        passages = self._assigned(text, found)
        progress(1.0)
        return passages

    def marks(self, text: str) -> list[tuple[list[tuple[int, int]], Vector, Vector]]:
        """For each paragraph its sentences as spans, and what speaks for each to be of a passage and for another one to
        begin with it: what the weights of both are learnt from."""
        read = _joined(self._units(text))
        units = _without_introduction(text, read)
        tokens = self._words(text, [span for unit in units for span in unit.spans])
        marks = self._marks(text, units, tokens, _paragraphs(read))
        return [(unit.spans, *mark) for unit, mark in zip(units, marks, strict=True)]

    # ------------------------------------------------------------------------------------------------------- reading

    def _units(self, text: str) -> Iterator[_Unit]:
        """What stands together in a letter: paragraphs, items of lists, rows of tables, what one speaker says."""
        lines = list(_lines(text))
        skipped = _set_aside(lines, text)
        wrapped = _is_wrapped([text[start:end] for start, end in lines])
        width = _width([text[start:end] for start, end in lines])
        minutes = bool(_MINUTES.search(text[:_MINUTES_WITHIN]))
        is_sure = False  # whether the heading cites nothing else
        heading, its_clause, official, is_item, part = "", None, False, False, ""
        of_headings, lists = set[str](), list[_List]()  # kinds of lists: of headings, and those that an item stands in
        is_aside = False  # under a heading of what is no comment
        is_below = is_bare = False  # is_bare: whether the line above is nothing but a label
        quoted: str | None = None  # while the words of the draft are passed over: the kind of their items, if any
        block: tuple[int, int] | None = None

        def flush() -> Iterator[_Unit]:
            nonlocal block
            if block is not None and not is_aside:
                spans = [
                    span for span in _sentences(text, *block)
                    if not _is_about_the_letter(text, *span) and not (minutes and _OFFICIAL_SAID.match(text, *span))
                ]  # fmt: skip
                if spans:
                    led_by = self._led_by(text, *spans[0])
                    clause = led_by or its_clause
                    headed = bool(clause or _MARKER.match(heading))
                    yield _Unit(spans, heading, clause, is_item or headed, {part} if part else set(), is_below,
                                bool(_BACKGROUND.fullmatch(part)), is_sure and not led_by)
            block = None

        # What stands above everything is the title of the whole.
        first = next((number for number, span in enumerate(lines) if text[slice(*span)].strip()), 0)
        blank_before = True
        for number, (start, end) in enumerate(lines):
            line = text[start:end]
            below_label, is_bare = is_bare, False
            if not line.strip() or skipped[number]:
                yield from flush()
                blank_before, official, quoted = True, official and not line.strip(), None
                continue
            speaker = _SPEAKER.match(line)
            if speaker and (blank_before or (minutes and not _label(line))):
                official = _is_official(speaker.group())
            elif blank_before and not _MARKER.match(line):
                official = False
            if official:
                yield from flush()
                blank_before, quoted = False, None
                continue
            following = next((text[slice(*lines[one])] for one in range(number + 1, min(number + 3, len(lines)))
                              if text[slice(*lines[one])].strip() and not skipped[one]), "")  # fmt: skip
            marker = _MARKER.match(line)
            kind, below = _kind(line), _kind(following)
            in_list = bool(kind) and (
                kind in (below, *(one.kind for one in lists)) or (bool(below) and below in of_headings - {kind})
            )
            if label := _label(line):
                yield from flush()
                opening = _PART.match(line, marker.end() if marker else 0)
                begins = start + (opening.end() if opening else 0)
                is_bare, quoted = begins == end, "" if _WORDS_OF_THE_DRAFT.fullmatch(label) else None
                part, is_item = label if quoted is None else "", bool(marker)
                block = (begins, end) if quoted is None else None
                is_below = _is_below(lists, kind, False)
                blank_before = False
                continue
            after = text[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
            in_list = in_list or (below_label and _is_bullet(kind) and (below in ("", kind) or bool(_label(following))))
            is_heading = not in_list and self._is_heading(line, following, blank_before, number == 0)
            is_heading = is_heading and not _is_broken(line, after, width) and not after.strip()[:1].islower()
            if quoted is not None:
                if below_label and not is_heading and kind not in (one.kind for one in lists):
                    quoted = kind  # what is marked below a label that stands alone is the draft's, with all of its kind
                if _is_quoted(line, kind in ("", quoted), is_heading and (not kind or kind != quoted)):
                    continue
                quoted = None
            if is_heading:
                yield from flush()
                is_aside = bool(_ABOUT_THE_WRITER.fullmatch(line[marker.end() if marker else 0 :].strip(" \t:：.")))
                its_clause, is_sure = self._heading_clause(line, language_of(line))
                heading = "" if number == first and not marker and not its_clause else line.strip()
                of_headings.add(kind)
                lists.clear()
            elif len(_CELLS.split(line.strip("| \t"))) > 2:
                yield from flush()
                clause = next(
                    (clause for cell in _CELLS.split(line)[:_CITING_CELLS]
                     if (clause := self._heading_clause(cell, language_of(line))[0])), None,
                )  # fmt: skip
                if clause or any(len(cell) > _ROW_OF_HEADINGS for cell in _CELLS.split(line)):
                    yield _Unit([(start, end)], heading, clause or its_clause, True, is_sure=bool(clause) or is_sure)
            elif marker or speaker or block is None or not (wrapped or _goes_on(text, *block) or _SO.match(line)):
                before = text[slice(*block)] if block else ""
                yield from flush()
                opening, is_item = marker or speaker, bool(marker)
                follows = bool(_SO.match(line)) or _is_below(lists, kind, before.rstrip().endswith((":", "：")))
                if not below_label:  # a label that stands alone is that of the item below it
                    is_below, part = follows, ""
                block = (start + (opening.end() if opening else 0), end)
            else:
                block = (block[0], end)
            blank_before = False
        yield from flush()

    def _is_heading(self, line: str, following: str, blank_before: bool, is_first: bool) -> bool:
        """Whether a line is a heading: short, no sentence, and something stands below it."""
        plain = line.strip()
        if len(plain) > _LONGEST_HEADING or not following or _BEGINS_ANOTHER.search(plain):
            return False
        if not _MARKER.match(line) and _REQUESTS.search(plain):
            return False
        kind, below = _kind(line), _kind(following)
        ends = _SENTENCE_END.search(plain) and not plain.endswith("것")
        leads = kind and kind != below and len(plain) <= _LEADS_AT_MOST and not plain.endswith((".", "?", "!"))
        if ends and not (leads and not _ASKS.search(plain) and (below or (blank_before and not _label(following)))):
            return False
        if len(_CELLS.split(plain.strip("|"))) > 2:
            return False
        return bool(blank_before or _MARKER.match(line) or plain.endswith((":", "：")) or is_first)

    def _heading_clause(self, heading: str, language: Language) -> tuple[str | None, bool]:
        """The clause that a heading cites first, and whether it cites no other article."""
        found = cited(heading, language, self._index)
        return found[0][0] if found else None, len({article_of(eid) for eid, _ in found}) == 1

    def _led_by(self, text: str, start: int, end: int) -> str | None:
        """The clause that a paragraph cites before it says anything: Art. 23(2): …, 제23조제2항 관련 …"""
        plain = text[start : min(end, start + _LONGEST_HEADING)]
        for eid, words in cited(plain, language_of(plain), self._index)[:1]:
            before, _, behind = plain.partition(words)
            if len(before) <= _BEFORE_A_CITATION and _LEADS.match(behind):
                return eid
        return None

    # ----------------------------------------------------------------------------------------------------- comparing

    def _words(self, text: str, spans: Sequence[tuple[int, int]],
               progress: Callable[[float], None] = _no_progress) -> list[Tokens]:  # fmt: skip
        """The words of each sentence; one that stands in the letter again is not read again."""
        known: dict[str, Tokens] = {}
        for done, (start, end) in enumerate(spans):
            progress(done / len(spans))
            if (sentence := text[start:end][:_LOOKED_AT]) not in known:
                known[sentence] = self._tokeniser.tokens(sentence, language_of(sentence))
        return [known[text[start:end][:_LOOKED_AT]] for start, end in spans]

    def _likeness(self, text: str, spans: Sequence[tuple[int, int]], tokens: Sequence[Tokens]) -> Vector:
        """How like each sentence is to each article."""
        articles = len(self._index.articles)
        found = [np.zeros((0, articles))]
        for first in range(0, len(spans), _AT_ONCE):
            texts = [_text(number, text, *span) for number, span in enumerate(spans[first : first + _AT_ONCE])]
            found.append(self.model.likeness(texts, tokens[first : first + _AT_ONCE])[:, :articles])
        return np.concatenate(found)

    def _marks(self, text: str, units: Sequence[_Unit], tokens: Sequence[Tokens], paragraphs: int
               ) -> Iterator[tuple[Vector, Vector]]:  # fmt: skip
        """What speaks for each sentence of a unit to be of a passage, and for another one to begin with it, in a letter
        of so many paragraphs."""
        likeness = self._likeness(text, [span for unit in units for span in unit.spans], tokens)
        row = 0
        for unit in units:
            rows = slice(row, row + len(unit.spans))
            of_unit = (np.log(paragraphs), paragraphs <= _FEW_PARAGRAPHS, unit.is_item)
            yield self._marks_of(text, unit, likeness[rows], of_unit)
            row = rows.stop

    def _marks_of(self, text: str, unit: _Unit, likeness: Vector, of_unit: tuple[float, ...]
                  ) -> tuple[Vector, Vector]:  # fmt: skip
        count = len(unit.spans)
        place = np.tile(np.array(of_unit, dtype=float), (count, 1))
        sentences = [text[start:end][:_LOOKED_AT] for start, end in unit.spans]
        languages = [language_of(sentence) for sentence in sentences]
        asks = np.array([bool(_ASKS.search(sentence)) for sentence in sentences])
        blames, approves, inquires = (
            np.array([bool(of[language].search(one)) for language, one in zip(languages, sentences, strict=True)])
            for of in (_BLAMES, _APPROVES, _INQUIRES)
        )
        says = asks | blames | approves | inquires
        lengths = np.array([
            (end - start) * (_HANGUL_COUNTS if language == "ko" else 1)
            for language, (start, end) in zip(languages, unit.spans, strict=True)
        ], dtype=float)  # fmt: skip
        number = np.arange(count)
        asked, said = np.cumsum(asks), np.cumsum(says)
        before = np.roll(asks, 1) & (number > 0)
        ordered = np.sort(likeness, axis=1)
        margin = ordered[:, -1] - ordered[:, -2] if likeness.shape[1] > 1 else ordered[:, -1]
        inside = np.stack([
            np.ones(count), asks, before, (asked == 0) & asks.any(), (asked[-1] - asked + asks) > 0, margin,
            number == 0, np.log(lengths / _USUAL), lengths / lengths.sum(), blames, approves, inquires,
        ], axis=1).astype(float)  # fmt: skip
        inside = np.hstack([inside, place])
        begins = np.zeros((count, len(self._weights.begins)))
        if count > 1:
            sums, total = np.cumsum(likeness, axis=0), np.cumsum(lengths)
            left, right = sums[:-1] / number[1:, None], (sums[-1] - sums[:-1]) / (count - number[1:, None])
            cites = [self._cited(sentence, unit) for sentence in sentences]
            of_sentences = np.stack([
                np.ones(count - 1), before[1:], before[1:] & ~asks[1:], asked[:-1] > 0,
                [bool(_ANNOUNCES.match(sentence)) for sentence in sentences[1:]],
                [bool(ours) and not ours & theirs for theirs, ours in pairwise(cites)],
                [bool(_LEAD_IN.match(sentence)) for sentence in sentences[1:]],
                _gain(likeness[:-1], likeness[1:]), _gain(left, right),
                np.log(total[:-1] / (2 * _USUAL)), np.log((total[-1] - total[:-1]) / (2 * _USUAL)),
                likeness[:-1].argmax(axis=1) == likeness[1:].argmax(axis=1),
                inquires[:-1] & inquires[1:], said[:-1] > 0, said[-1] - said[:-1] > 0,
                before[1:] & blames[1:], before[1:] & approves[1:], says[:-1] & ~says[1:],
            ], axis=1).astype(float)  # fmt: skip
            begins[1:] = np.hstack([of_sentences, place[1:]])
        return inside, begins

    def _cited(self, sentence: str, unit: _Unit) -> set[str]:
        return {eid for eid, _ in cited(sentence, language_of(sentence), self._index, unit.cited or "doc")}

    def _assigned(self, text: str, found: Sequence[_Found]) -> list[Passage]:
        texts, tokens = [], []
        for number, one in enumerate(found):
            heading = self._tokeniser.tokens(one.unit.heading, language_of(one.unit.heading)).words
            texts.append(_text(number, text, one.start, one.end))
            tokens.append(Tokens((*heading, *one.words.words), one.words.tokeniser))
        passages = []
        at = "doc"
        for one, suggested in zip(found, self._suggested(texts, tokens), strict=True):
            start, end, unit = one.start, one.end, one.unit
            own = cited(text[start:end][:_LOOKED_AT], language_of(text[start:end]), self._index, unit.cited or at)
            clause: str | None = None
            score: float = 0.0
            by: By = "similarity"
            if suggested:
                clause, score, by = suggested[0].clause, suggested[0].score, suggested[0].by
            if unit.cited and (unit.is_sure or not any(article_of(eid) != article_of(unit.cited) for eid, _ in own)):
                clause, score, by = unit.cited, max(score, 0.95), "citation"
            if own and clause and by != "citation":
                clause, score, by = own[0][0], 0.9, "citation"
            if new := next((eid for eid, _ in own if eid.startswith(AFTER)), None):
                clause, score, by = new, max(score, 0.95), "citation"
            deeper = [eid for eid, _ in own if clause and eid.startswith(f"{clause}__")]
            if deeper:
                clause = deeper[0]
            at = (clause or at).removeprefix(AFTER)
            passages.append(Passage(start, end, text[start:end], clause, score, by))
        return passages

    def _suggested(self, texts: Sequence[Text], tokens: Sequence[Tokens]
                   ) -> Iterator[tuple[ClauseSuggestion, ...]]:  # fmt: skip
        for first in range(0, len(texts), _AT_ONCE):
            yield from self.model.suggest(texts[first : first + _AT_ONCE], tokens[first : first + _AT_ONCE], 1)


def language_of(text: str) -> Language:
    """The language that most of the letters of a text are in, a Korean syllable counting for three letters."""
    looked = text[:_LOOKED_AT]
    return "ko" if 3 * len(_HANGUL.findall(looked)) >= len(_LATIN.findall(looked)) else "en"


def _text(number: int, text: str, start: int, end: int) -> Text:
    return Text(str(number), language_of(text[start:end]), text[start:end][:_LOOKED_AT])


def _without_introduction(text: str, units: Sequence[_Unit]) -> Sequence[_Unit]:
    """The units from the first one that asks for something, is an item or under a heading; all where none is."""
    for place, unit in enumerate(units):
        spans = ((start, min(end, start + _LOOKED_AT)) for start, end in unit.spans)
        if unit.heading or unit.is_item or any(_ASKS.search(text, *span) for span in spans):
            return units[place:]
    return units


def _paragraphs(units: Sequence[_Unit]) -> int:
    """How many units are no items, at least one."""
    return max(1, sum(not unit.is_item for unit in units))


def _after_lead_in(text: str, start: int, end: int) -> tuple[int, int]:
    """A sentence without what announces it: On labels: …"""
    lead_in = _LEAD_IN.match(text, start, end)
    return (lead_in.end() if lead_in else start, end)


def _joined(units: Iterable[_Unit]) -> list[_Unit]:
    """The units, an item with those below it, and those that say they are parts of one comment (its problem, its
    proposal, its reason) as one: until one comes that says what one before it did."""
    joined: list[_Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        is_part = last and last.parts and unit.parts and not unit.parts & last.parts
        if last and last.heading == unit.heading and (is_part or unit.is_below):
            if last.is_background and is_part:
                last.spans.clear()
            last.is_background = False
            last.cited = last.cited or unit.cited
            last.spans.extend(unit.spans)  # not a new list for each item: a letter may have 40,000
            last.parts |= unit.parts
            last.is_item = True
        else:
            joined.append(unit)
    return joined


def _label(line: str) -> str:
    """What a line says that it is: a part of a comment, or the words of the draft; else nothing."""
    marker = _MARKER.match(line)
    part = _PART.match(line, marker.end() if marker else 0)
    label = (part["in_brackets"] or part["plain"] or "").strip().lower() if part else ""
    return label if _PARTS.fullmatch(label) or _WORDS_OF_THE_DRAFT.fullmatch(label) else ""


def _is_quoted(line: str, is_of_its_items: bool, is_heading: bool) -> bool:
    """Whether a line below the words of the draft goes on with them: nothing shows that it is anything else."""
    return (
        is_of_its_items
        and not is_heading
        and not _SPEAKER.match(line)
        and not _SO.match(line)
        and not _OF_A_WRITER.search(line)
        and len(_CELLS.split(line.strip("| \t"))) <= 2
    )


@dataclass(frozen=True, slots=True)
class _List:
    """A list that is being read: the kind of its markers, and whether its items stand by themselves."""

    kind: str
    is_apart: bool


def _is_below(lists: list[_List], kind: str, is_announced: bool) -> bool:
    """Whether an item of such a kind belongs to the one above it; `lists`, the outermost first, are brought up to it.
    What is counted, or was announced with a colon, stands by itself."""
    if not kind:
        lists.clear()
        return False
    while any(one.kind == kind for one in lists) and lists[-1].kind != kind:
        lists.pop()
    if not lists or lists[-1].kind != kind:
        lists.append(_List(kind, is_announced or not lists or not _is_bullet(kind)))
    return not lists[-1].is_apart


def _kind(line: str) -> str:
    """The kind of list that a line is an item of, by its marker: 1. for 2., ○; nothing for a line without one."""
    marker = _MARKER.match(line)
    sign = marker.group().strip() if marker else ""
    return next((pattern.sub(first, sign) for pattern, first in _COUNTED if pattern.search(sign)), sign)


def _is_bullet(kind: str) -> bool:
    """Whether a kind of list has signs that do not count."""
    return bool(kind) and not any(pattern.search(kind) for pattern, _ in _COUNTED)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The lines of a text as spans, without the marks of a quoted mail."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        quoted = _QUOTED.match(line)
        yield (start + (quoted.end() if quoted else 0), start + len(line.rstrip()) if line.strip() else end)
        start = end + 1


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines are broken where they are full, in the middle of sentences: half of those that another follows and
    that are no headings."""
    followed = [
        line for line, other in pairwise(lines)
        if len(line.strip()) >= _SHORTEST_BROKEN and other.strip() and not _MARKER.match(other)
    ]  # fmt: skip
    return 2 * sum(not _SENTENCE_END.search(line) for line in followed) >= max(1, len(followed))


def _width(lines: Sequence[str]) -> int:
    """How wide the lines of a text are, one that is wider than all others aside."""
    return next(iter(sorted(map(_columns, lines), reverse=True)[1:2]), 0)


def _columns(line: str) -> int:
    return len(line) + len(_HANGUL.findall(line))


def _is_broken(line: str, following: str, width: int) -> bool:
    """Whether a line ends where it is full: the first word of the next one had no room."""
    plain, first = line.strip(), following.split(maxsplit=1)[:1]
    if not first or len(plain) < _SHORTEST_BROKEN or plain.endswith((":", "：")) or _MARKER.match(following):
        return False
    room = width if _MARKER.match(line) else _columns(following.strip())
    return width <= _WIDEST and _columns(plain) + 1 + _columns(first[0]) > room


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a line ends within a sentence."""
    return not _SENTENCE_END.search(text[max(start, end - _LONGEST_CONTACT) : end])


def _set_aside(lines: Sequence[tuple[int, int]], text: str) -> list[bool]:
    """Which lines are no comment: heads, greetings, contacts, and what follows the greeting at the end."""
    aside = []
    for start, end in lines:
        line = text[start:end]
        short = len(line) <= _LONGEST_CONTACT
        aside.append(
            (short and bool(_HEAD.match(line)))
            or (len(line) <= _LONGEST_HEADING and bool(_GREETING.match(line)) and not line.rstrip().endswith("다."))
            or (short and bool(_CONTACT.search(line)))
        )
    _set_head_aside([text[start:end] for start, end in lines], aside)
    marks = {_noted(found): found.start() for found in _NOTED.finditer(text)}
    for number, (start, end) in enumerate(lines if marks else ()):
        note = _NOTE.match(text, start, end)
        if note and marks.get(_noted(note), end) < start:
            aside[number] = True
    written = [number for number, (start, end) in enumerate(lines) if text[start:end].strip()]
    for place, number in enumerate(written[-_SIGNATURE_LINES:]):
        start, end = lines[number]
        later = written[-_SIGNATURE_LINES:][place + 1 :]
        is_date = bool(_DATE.match(text[start:end])) and not any(
            not aside[one] and _SENTENCE_END.search(text[slice(*lines[one])]) for one in later
        )
        if is_date or (end - start <= _LONGEST_CONTACT and _CLOSING.match(text, start, end)):
            for after in written[-_SIGNATURE_LINES:][place:]:
                aside[after] = aside[after] or lines[after][1] - lines[after][0] <= _LONGEST_CONTACT
            break
    return aside


def _set_head_aside(lines: Sequence[str], aside: list[bool]) -> None:
    """Sets aside what stands above a greeting and says nothing, and, above the first sentence, lines of nothing but a
    date or to whom the letter goes."""
    written = [number for number, line in enumerate(lines) if line.strip()][:_HEAD_LINES]
    greeting = next((number for number in written if _GREETING.match(lines[number])), 0)
    for number in written:
        line = lines[number].strip()
        says = _MARKER.match(line) or _CITES.search(line) or _ASKS.search(line) or _SENTENCE_END.search(line)
        is_short = len(line) <= _LONGEST_HEADING
        if is_short and (_DATE.match(line) or _ADDRESSEE.fullmatch(line) or (number < greeting and not says)):
            aside[number] = True
        elif _SENTENCE_END.search(line) and not aside[number]:
            return


def _noted(mark: re.Match[str]) -> str:
    """The number of a note."""
    return next((one for one in mark.groups() if one), "").translate(_SUPERSCRIPT)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of lines that belong together, wherever these are broken."""
    piece = _BROKEN.sub(" ", text[start:end])
    return [(start + first, start + last) for first, last in split_sentences(piece, language_of(piece))]


def _is_about_the_letter(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_ABOUT_THE_LETTER and bool(_ABOUT_THE_LETTER.search(text[start:end]))


def _is_official(speaker: str) -> bool:
    return bool(_OFFICIAL.search(speaker)) and not _NO_OFFICIAL.search(speaker)


def _gain(ones: Vector, others: Vector) -> Vector:
    """By how much the best column of either side exceeds the best one of both together, row by row."""
    gain: Vector = ones.max(axis=1) + others.max(axis=1) - (ones + others).max(axis=1)
    return gain


def _best_parts(inside: Vector, begins: Vector, weights: Weights, told: float) -> list[tuple[int, int]]:
    """The passages of a paragraph, as their first and last sentences: the likeliest sequence of sentences outside, at
    the beginning and within one. `told` speaks for each of them to be within."""
    inside, begins = inside @ weights.of_a_passage + told, begins @ weights.begins
    outside, at_beginning, within = range(3)
    best = [-inside[0], inside[0], -np.inf]
    came: list[list[int]] = []
    for odds, another in zip(inside[1:].tolist(), begins[1:].tolist(), strict=True):
        left = best[outside], best[at_beginning] + weights.leaves, best[within] + weights.leaves
        entered = best[outside] + weights.enters, best[at_beginning] + another, best[within] + another
        gone_on = -np.inf, best[at_beginning] - another, best[within] - another
        ways = (left, -odds), (entered, odds), (gone_on, odds)
        came.append([sums.index(max(sums)) for sums, _ in ways])
        best = [max(sums) + gain for sums, gain in ways]
    state = best.index(max(best))
    states = [state]
    for steps in reversed(came):
        state = steps[state]
        states.append(state)
    parts: list[tuple[int, int]] = []
    for number, state in enumerate(reversed(states)):
        if state == at_beginning:
            parts.append((number, number))
        elif state == within:
            parts[-1] = (parts[-1][0], number)
    return parts
