"""What a file in one language gives: clauses with their words under that language alone, and the draft of them.

Readers of single files say what they found and need not know which field of a clause is for which language, in which
order main text, addenda and annexes stand, or when a text is no draft. Knows no format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Kind, Language, Status, Table
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.spoken import english_heading_label


def one_language_clause(language: Language, eid: str, kind: Kind, *, label: str, heading: str | None, text: str,
                        parent: str | None, status: Status = Status.IN_FORCE, notes: Iterable[str] = (),
                        tables: Iterable[Table] = (), odd: object = None) -> Clause:  # fmt: skip
    """A clause with its heading and text in `language`. A heading (장) has no text, so none of it is missing.

    `odd` is what a file of ours says of this clause beside its print (see `writers.manuscript`): `label`, `label_en`
    and `status`, each taken where it can be one.
    """
    korean, is_heading = language == "ko", kind in HEADINGS
    told: Mapping[str, object] = odd if isinstance(odd, dict) else {}
    label_en: object = english_heading_label(parse(eid).steps[-1]) if is_heading else None
    if isinstance(told.get("label_en"), str):
        label_en = told["label_en"] or None
    return Clause(
        eid=eid,
        kind=kind,
        label=_words(told.get("label")) or label,
        heading_ko=heading if korean else None,
        text_ko=text if korean or is_heading else None,
        heading_en=None if korean else heading,
        text_en=None if korean else text,
        parent=parent,
        status=next((known for known in Status if known == told.get("status")), status),
        notes=tuple(notes),
        label_en=_words(label_en),
        tables=tuple(tables),
    )


def one_language_draft(language: Language, clauses: Iterable[Clause], title: str | None = None,
                       note: str | None = None, version: object = None) -> Draft:  # fmt: skip
    """The draft of these clauses: main text, then addenda, then annexes and forms, each in the order given.

    `version` is what a file says; what is no number of a version is none. Raises UnreadableDraft when the main text has
    no article.
    """
    ordered = tuple(sorted(clauses, key=_section))
    if not any(clause.is_main_text and clause.kind is Kind.ARTICLE for clause in ordered):
        raise holds_no_clause()
    korean = language == "ko"
    return Draft(
        ordered,
        title_ko=title if korean else None,
        title_en=None if korean else title,
        note_ko=note if korean else None,
        note_en=None if korean else note,
        version=version if isinstance(version, int) and not isinstance(version, bool) and version > 0 else None,
    )


def holds_no_clause() -> UnreadableDraft:
    """The refusal of a file in which nothing is an article."""
    return UnreadableDraft(
        "The file holds no clause: no line of it begins an article, such as “%(example)s”.", example="제1조 (목적)"
    )


def _section(clause: Clause) -> int:
    return 2 if clause.kind in (Kind.ANNEX, Kind.FORM) else int(clause.eid.startswith("addenda"))


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
