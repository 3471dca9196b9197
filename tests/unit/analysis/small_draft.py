"""A small draft in both languages, written for the tests of the analysis."""

from __future__ import annotations

from portal.ordinances.clauses import Clause, Draft, Kind

_CLAUSES = (
    ("art_1", Kind.ARTICLE, "제1조", "목적", "이 영은 도서관의 운영에 필요한 사항을 정한다.",
     "Purpose", "This Decree prescribes what is needed for the operation of libraries."),
    ("art_2", Kind.ARTICLE, "제2조", "대출", "", "Lending", ""),
    ("art_2__para_1", Kind.PARAGRAPH, "①", None, "도서는 한 사람에게 5권까지 14일 동안 빌려준다.",
     None, "Up to five books are lent to one person for fourteen days."),
    ("art_2__para_2", Kind.PARAGRAPH, "②", None, "연체한 사람에게는 연체한 날만큼 대출을 정지한다.",
     None, "Lending is suspended for as many days as books are overdue."),
    ("art_3", Kind.ARTICLE, "제3조", "과태료", "도서를 훼손한 사람에게는 30만원 이하의 과태료를 부과한다.",
     "Administrative fine", "An administrative fine of up to 300,000 won is imposed on a person who damages a book."),
    ("art_4", Kind.ARTICLE, "제4조", "운영위원회", "도서관에 위원 9명으로 구성하는 운영위원회를 둔다. 위원의 임기는 2년으로 한다.",
     "Steering committee", "A library has a steering committee of nine members. Their term of office is two years."),
)  # fmt: skip


def small_draft() -> Draft:
    """Four articles about libraries; the second has two paragraphs."""
    return Draft(tuple(
        Clause(eid, kind, label, heading_ko=heading_ko, text_ko=text_ko, heading_en=heading_en, text_en=text_en,
               parent=eid.rpartition("__")[0] or None)
        for eid, kind, label, heading_ko, text_ko, heading_en, text_en in _CLAUSES
    ))  # fmt: skip
