"""Names of organisations, made comparable: by which key two spellings of one name are found to be the same.

The key leaves out what people write differently: legal forms in Korean and English, case, spaces, signs, brackets.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Korean legal forms, as they stand before or after a name. Words that tell bodies of one name apart (법무법인) stay.
_KOREAN_FORMS: Final = ("주식회사", "유한책임회사", "유한회사", "합자회사", "합명회사", "사단법인", "재단법인")
_BRACKETED: Final = re.compile(r"\((?:주|유|합|사|재|사단|재단|주식회사|유한회사|유한)\)")
#: English and other Latin legal forms at the end of a name.
_ENGLISH_FORMS: Final = frozenset((
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp", "plc", "gmbh",
    "ag", "kg", "se", "sa", "sas", "sarl", "bv", "nv", "oy", "ab", "as", "spa", "srl", "pte", "pty", "kk"))
_WORDS: Final = re.compile(r"[^\W_]+")


def name_key(name: str) -> str:
    """The comparable form: `(주)마루솔 랩` and `마루솔랩 주식회사` have one, `Marusol Lab Inc.` and `MARUSOL LAB, Ltd`
    another.

    A name that is nothing but a legal form keeps it: every name with a letter or digit has a key.
    """
    # NFKC makes ㈜ a bracketed 주, and half-width letters and digits the usual ones.
    plain = unicodedata.normalize("NFKC", name).casefold()
    without = _BRACKETED.sub(" ", plain)
    # `S.A.` and `B.V.` are one word each.
    words = _WORDS.findall(re.sub(r"\b(\w)\.(?=\w\b|\s|,|$)", r"\1", without))
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _ENGLISH_FORMS:
        kept.pop()
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    joined = "".join(kept)
    for form in _KOREAN_FORMS:
        joined = joined.removeprefix(form) or joined
        joined = joined.removesuffix(form) or joined
    return joined or "".join(_WORDS.findall(plain))


#: Domains where people who have nothing to do with one another have their addresses. (korea.kr is every ministry's.)
_SHARED: Final = """
gmail.com googlemail.com naver.com daum.net hanmail.net kakao.com nate.com empas.com lycos.co.kr korea.com chol.com
dreamwiz.com hanmir.com paran.com hotmail.com hotmail.co.kr outlook.com outlook.kr live.com live.co.kr msn.com yahoo.com
yahoo.co.kr yahoo.co.jp ymail.com icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com tuta.com gmx.com
gmx.net gmx.de web.de mail.com mail.ru yandex.com yandex.ru qq.com 163.com 126.com sina.com aol.com zoho.com
fastmail.com hey.com duck.com korea.kr
"""
SHARED_MAIL_DOMAINS: Final = frozenset(_SHARED.split())


def own_mail_domain(domain: str) -> str | None:
    """The domain of an organisation's addresses; None for one that anybody may have an address at."""
    return None if domain in SHARED_MAIL_DOMAINS else domain
