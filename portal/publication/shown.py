"""What a template needs beyond stored facts and can derive from them: trees, groups, phases. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from portal.drafts import stored_tables
from portal.kernel.i18n import msg
from portal.kernel.templating import link, linked
from portal.ordinances import addresses
from portal.ordinances.clauses import LANGUAGES
from portal.publication.blocks import opening_and_further
from portal.publication.phases import phase_facts, scope_names
from portal.publication.versions import IN_FORCE

Facts = Mapping[str, Any]

_GROUP_OF_PHASE = {"open": "open", "announced": "soon", "between_periods": "soon", "closed": "closed",
                   "concluded": "concluded"}


def home(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """Consultations by what a reader can do with them."""
    groups: dict[str, list[Any]] = {"open": [], "soon": [], "closed": [], "concluded": []}
    for consultation in facts["consultations"]:
        phase = phase_facts(consultation, now)
        if phase.phase in _GROUP_OF_PHASE:
            groups[_GROUP_OF_PHASE[phase.phase]].append({**consultation, "phase": phase})
    return {"consultations_by": groups}


# What pages gained after some were stored: their facts, without it, are rendered until the next build.


def _complete(clause: Facts) -> Facts:
    whole = {"tables": [], "links_ko": [], "links_en": [], **clause}
    for language in LANGUAGES:
        text = whole[f"text_{language}"] or ""
        whole[f"opening_{language}"], whole[f"further_{language}"] = opening_and_further(
            text, stored_tables.read(whole["tables"], text), language, whole[f"links_{language}"])
    return whole


def _table(table: Facts | None) -> Facts | None:
    """The old–new table with its links and the tables in its cells, if any."""
    if table is None:
        return None
    return {**table, **{name: _groups(table[name]) for name in ("groups_ko", "groups_en")}}


def _groups(groups: list[Any] | None) -> list[Any] | None:
    return groups and [{**group, "rows": [{**row, **{side: [
        {"links": [], "table": None, **line} for line in row[side]] for side in ("current", "amended")}}
        for row in group["rows"]]} for group in groups]


def _lines(lines: list[Any]) -> list[Any]:
    return [{"links_ko": [], "links_en": [], "tables_ko": [], "tables_en": [], **line} for line in lines]


def _history(entries: list[Any]) -> list[Any]:
    return [{**entry, "clauses": [{**one, "lines": _lines(one["lines"])} for one in entry["clauses"]]}
            for entry in entries]


def consultation(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """Versions say whether they amend a text in force, periods which clauses they are about, responses too."""
    told = facts["consultation"]
    return {"consultation": {**told, "versions": [{"amends": False, **version} for version in told["versions"]],
                             "periods": [{**period, "clauses": scope_names(period, language)}
                                         for period in told["periods"]]},
            "newest_responses": [{"places": [], "text_ko": "", "text_en": "", **each}
                                 for each in facts["newest_responses"]]}


def draft(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """The contents as a tree, and the other versions."""
    base = f"/c/{facts['consultation']['slug']}/v{facts['version']}/"
    return {
        "amendment": _table(facts.get("amendment")), "clauses": list(map(_complete, facts["clauses"])),
        "contents": _contents(facts["clauses"], language), "draft_toolbar": _toolbar(facts, language, language),
        "most_own": max((c["count"] for c in facts["clauses"]), default=0), "base": base}


def beside(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """The same in both languages at once."""
    return {"draft_toolbar": _toolbar(facts, language, "beside"), "clauses": list(map(_complete, facts["clauses"])),
            "most_own": max((c["count"] for c in facts["clauses"]), default=0)}


def _toolbar(facts: Facts, language: str, current: str) -> list[list[dict[str, Any]]]:
    """The strip under the band: versions, languages, lists."""
    slug = facts["consultation"]["slug"]
    base = f"/c/{slug}/v{facts['version']}/"
    version = facts["version"]
    older = facts.get("older", [])
    return [
        [{"href": link(f"/c/{slug}/v{v['number']}/"), "label": msg("Version %(n)s", n=v["number"]),
          "current": v["number"] == version} for v in facts["consultation"]["versions"]],
        [{"href": base, "label": "한국어", "lang": "ko", "current": current == "ko"},
         {"href": base + "?lang=en", "label": "English", "lang": "en", "current": current == "en"},
         {"href": link(base + "beside"), "label": msg("Side by side"), "icon": "columns",
          "current": current == "beside"}],
        [*([{"href": link(f"/c/{slug}/compare/{older[0]}/v{version}"), "label": msg("Old–new table"),
             "icon": "columns"}] if older else []),
         {"href": link(f"/c/{slug}/v{version}/files/"), "label": msg("Downloads"), "icon": "download"}],
        [{"href": link(f"/c/{slug}/submissions/"), "label": msg("Submissions"), "icon": "people"},
         {"href": link(f"/c/{slug}/responses/"), "label": msg("Responses"), "icon": "reply"}]]


def _contents(clauses: list[Any], language: str) -> list[dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for clause in clauses:
        root = clause["kind"] in ("annex", "form", "addendum", "preamble")
        if clause["kind"] not in ("part", "chapter", "section", "subsection", "article") and not root:
            continue
        parent = clause["parent_eid"]
        if clause["kind"] == "article" and parent and parent.startswith("addenda"):
            continue
        label = clause["label_en"] if language == "en" and clause["label_en"] else clause["label"]
        item = {"href": f"#{clause['eid']}", "label": label, "count": clause["count_below"],
                "heading": (clause["heading_en"] if language == "en" else None) or clause["heading_ko"] or "",
                "children": []}
        items[clause["eid"]] = item
        (items[parent]["children"] if parent in items else top).append(item)
    return top


def clause(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """The parents' opening words as rows, and responses by number."""
    home = f"/c/{facts['consultation']['slug']}/"
    rows = [{"label": a[f"name_{language}"] if a["kind"] == "article" else (
                a["label_en"] if language == "en" and a["label_en"] else a["label"]),
             "text": _opening(a, language, home), "href": link(f"{home}v{facts['version']}/{a['url']}")}
            for a in map(_complete, facts["ancestors"])]
    return {"clause": _complete(facts["clause"]), "below": list(map(_complete, facts["below"])),
            "history": _history(facts.get("history", [])), "context_rows": rows,
            "answers_by_id": {r["id"]: r for r in facts["responses"]}}


def _opening(clause: Facts, language: str, home: str) -> Markup:
    """Heading and opening words of a clause, with their links."""
    own = language if clause[f"text_{language}"] else "ko"
    heading = clause[f"heading_{language}"] or clause["heading_ko"]
    words = linked(clause[f"text_{own}"] or "", clause[f"links_{own}"], home)
    return Markup(" ").join(filter(None, (heading, words)))


def files(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """What does not stand yet: each format with its languages, of the text and of each table."""
    missing: dict[str, dict[str, list[str]]] = {}
    for each in facts.get("missing", []):
        missing.setdefault(each["compared_with"], {}).setdefault(each["format"], []).append(each["language"])
    return {"missing_by": missing}


def text_name(key: str) -> Any:
    """A text as it is called: `v2`, `in-force`."""
    return msg("Text in force") if key == IN_FORCE else msg("Version %(n)s", n=int(key[1:]))


def compare(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """The ways between two texts: as a table, as one text, against another text before it."""
    return {**_between(facts, ""), **{name: _groups(facts[name]) for name in ("groups_ko", "groups_en")}}


def compare_text(facts: Facts, language: str, now: datetime) -> dict[str, Any]:
    """The same for the marked text."""
    return {**_between(facts, "/text"), "lines": _lines(facts["lines"])}


def _between(facts: Facts, view: str) -> dict[str, Any]:
    slug, old, new = facts["consultation"]["slug"], facts["old_key"], facts["new_key"]
    base = f"/c/{slug}/compare/{old}/{new}"
    return {
        "old_name": text_name(old), "new_name": text_name(new), "here": base,
        "compare_toolbar": [
            [{"href": link(base), "label": msg("Old–new table"), "icon": "columns", "current": not view},
             {"href": link(base + "/text"), "label": msg("Text with its changes marked"), "icon": "file",
              "current": bool(view)}],
            [{"href": link(f"/c/{slug}/compare/{key}/{new}{view}"), "label": msg("Against: %(text)s", text=text_name(
                key)), "current": key == old} for key in facts["older"]] if len(facts["older"]) > 1 else [],
            [{"href": link(f"/c/{slug}/{new}/"), "label": text_name(new)},
             *([{"href": link(f"/c/{slug}/{old}/"), "label": text_name(old)}] if old != IN_FORCE else []),
             {"href": link(f"/c/{slug}/{new}/files/"), "label": msg("Downloads"), "icon": "download"}]]}


def response_facts(row: Any) -> dict[str, Any]:
    """A row of `publication.responses` as the templates take responses."""
    names = ("id", "edition", "disposition", "title_ko", "title_en", "issue_ko", "issue_en", "text_ko", "text_en",
             "published_at", "comment_count", "organisation_count")
    return {name: getattr(row, name) for name in names}


def changed_facts(clauses: list[Any], language: str) -> list[dict[str, Any]]:
    """Clauses that carry a change, with their names and words."""
    return [{"version": c.version, "url": addresses.parse(c.eid).path, "text_en": c.text_en,
             "name_ko": addresses.parse(c.eid).spoken("ko"), "name_en": addresses.parse(c.eid).spoken("en"),
             "text": (c.text_en if language == "en" else None) or c.text_ko} for c in clauses]


DERIVED: dict[str, Callable[[Facts, str, datetime], dict[str, Any]]] = {
    "public/home.html": home, "public/consultation.html": consultation, "public/draft.html": draft,
    "public/beside.html": beside, "public/clause.html": clause, "public/compare.html": compare,
    "public/compare_text.html": compare_text, "public/files.html": files}
