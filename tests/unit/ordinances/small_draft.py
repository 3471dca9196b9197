"""A small draft in two languages, with one of everything, for tests of what works on drafts."""

from __future__ import annotations

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Status, Table


def clause(eid: str, text_ko: str | None = "", text_en: str | None = None, **more: object) -> Clause:
    """A clause with the kind and label that its address says; `parent` is given, or the nearest address above."""
    address = parse(eid)
    assert address.kind is not None
    parent = address.parents[0].eid if address.parents else None
    if address.kind in HEADINGS:
        more = {"label_en": address.spoken("en").rpartition(", ")[2], **more}
    fields = {"label": address.label, "parent": parent, "text_ko": text_ko, "text_en": text_en, **more}
    return Clause(eid=eid, kind=address.kind, **fields)  # type: ignore[arg-type]


SMALL = Draft(
    (
        clause("chp_1", "", "", heading_ko="총칙", heading_en="General Provisions"),
        clause("art_1", "이 영은 시험을 위한 것이다.", "This is a test.", parent="chp_1", heading_ko="목적",
               heading_en="Purpose"),
        clause("art_2", "", "", parent="chp_1", heading_ko="의무", heading_en="Duties"),
        clause("art_2__para_1", "사업자는 다음 각 호의 조치를 해야 한다.", "An operator shall do the following:"),
        clause("art_2__para_1__subpara_1", "이용자에게 알릴 것", "Notify users"),
        clause("art_2__para_1__subpara_2", "이용자에게 알린 기록을 이용자에게 보일 것", "Show users the record"),
        clause("art_2__para_1__subpara_2__point_ga", "기록의 이름", "Its name"),
        clause("art_2__para_2", "삭제", "Deleted", status=Status.DELETED, notes=("<2025.1.1>",)),
        clause("chp_1-2", "", "", heading_ko="보칙", heading_en="Supplementary Provisions"),
        clause("art_3", "그 밖의 사항은 고시로 정한다.", None, parent="chp_1-2"),
        clause("addenda", None, None, notes=("<제12호,2025.1.1>",)),
        clause("addenda__para_1", "이 영은 공포한 날부터 시행한다.", "It enters into force at once.",
               heading_ko="시행일", heading_en="Enforcement Date"),
        clause("tbl_1", "1. 일반기준", "1. General", heading_ko="과태료", heading_en="Fines", tables=(Table(
            ("위반행위", "금액"), ("Violation", "Amount"), (("고지하지 않은 경우", "500"),), (("No notice", "500"),), 1),)),
        clause("form_0", "", None, heading_ko="신청서"),
    ),
    title_ko="시험 시행령", title_en="Test Decree", note_ko="시험", note_en="A test", version=1,
)  # fmt: skip

assert SMALL.counts[Kind.ARTICLE] == 3
