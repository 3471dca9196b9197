"""The check of the catalogues: is every text of the portal there in Korean, once, well-formed and in use?

`python -m portal.kernel.catalogues` prints what is wrong and exits with 1; with `--missing AREA` (or `all`) it prints
the entries that a translator still has to fill in, ready to be appended to `translations/ko/<area>.po`. English is the
source language, so that only Korean has catalogues. No running portal needs this module.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, read_po, write_po

from portal import settings
from portal.kernel.i18n import PARTICLES

AREAS: Final = ("common", "public", "account", "workspace", "review", "admin", "mail", "legal", "domain")

_KEYWORDS: Final[Mapping[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "msg": None,
    "ngettext": (1, 2),
    "nmsg": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pmsg": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # Errors of `portal.ordinances`, which knows no catalogues: their first argument is a text.
    "UnreadableDraft": None,
    "InvalidAddress": None,
    "InvalidProposal": None,
    "NotApplied": None,
}
_TEMPLATE_OPTIONS: Final = {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"}

_HANGUL: Final = re.compile("[가-힣ㄱ-ㆎ\u1100-\u11ff]")
_HANGUL_WORDS: Final = re.compile("[가-힣ㄱ-ㆎ\u1100-\u11ff]+")
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)")
_MARKER: Final = re.compile(r"\[([가-힣]{1,4})/([가-힣]{1,4})\]")
_UNDECIDED_PARTICLE: Final = re.compile(r"[은는을를이가과와]\([은는을를이가과와]\)|\(으\)로|\(이\)[라나며고]")
_BARE_PARTICLE: Final = re.compile(r"%\(\w+\)s(?:은|는|을|를|이|가|과|와|으로|로)(?=[\s.,)]|$)")

#: A text of the source: (context, singular, plural).
Text = tuple[str | None, str, str | None]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong, and where."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the texts are: the root that paths are named from, and the three folders."""

    root: Path
    package: Path
    templates: Path
    translations: Path

    @classmethod
    def of_the_portal(cls) -> Sources:
        """Those of the running code."""
        package = Path(settings.__file__).parent
        return cls(package.parent, package, settings.folder("templates"), settings.folder("translations"))

    def name(self, path: Path) -> str:
        """The path from the root."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()


@dataclass(slots=True)
class Used:
    """The texts found in the source, each with the places that use it, and what went wrong while reading."""

    texts: dict[Text, list[tuple[Path, int]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a Korean catalogue."""

    path: Path
    line: int
    text: Text
    forms: tuple[str, ...]
    fuzzy: bool

    @property
    def key(self) -> tuple[str | None, str]:
        """What it is looked up by."""
        return self.text[0], self.text[1]


# ------------------------------------------------------------------------------------------------------------ reading


def used_texts(sources: Sources) -> Used:
    """All texts that the code and the templates show."""
    used = Used()
    for path in sorted(sources.package.rglob("*.py")):
        _extract(used, sources, path, "python", {})
    for path in _templates(sources):
        _extract(used, sources, path, "jinja2.ext:babel_extract", _TEMPLATE_OPTIONS)
    return used


def _templates(sources: Sources) -> list[Path]:
    return sorted(path for path in sources.templates.rglob("*") if path.suffix in (".html", ".txt", ".xml", ".typ"))


def _extract(used: Used, sources: Sources, path: Path, method: str, options: Mapping[str, str]) -> None:
    try:
        with path.open("rb") as file:
            for line, message, _comments, context in list(extract(method, file, _KEYWORDS, options=options)):
                singular, plural = message if isinstance(message, tuple) else (message, None)
                if singular:
                    used.texts.setdefault((context, singular, plural), []).append((path, line))
    except Exception as error:  # whatever the template's or the module's grammar raises
        used.findings.append(Finding(sources.name(path), getattr(error, "lineno", 1) or 1, f"cannot be read: {error}"))


def korean_entries(sources: Sources) -> tuple[list[Entry], list[Finding]]:
    """All entries of all Korean catalogues, and what is wrong with the files themselves."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for path in sorted((sources.translations / "ko").glob("*.po")):
        try:
            with path.open("rb") as file:
                catalog = read_po(file, locale="ko", abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as error:
            findings.append(Finding(sources.name(path), 1, f"cannot be read: {error}"))
            continue
        findings += [Finding(sources.name(path), line, f"twice in this file: {text!r}") for line, text in _twice(path)]
        for message in catalog:
            if not message.id:
                continue
            singular, plural = (message.id, None) if isinstance(message.id, str) else (message.id[0], message.id[1])
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            text = (message.context, singular, plural)
            entries.append(Entry(path, message.lineno or 1, text, forms, message.fuzzy))
    return entries, findings


def _twice(path: Path) -> Iterator[tuple[int, str]]:
    """Texts that stand twice in a file, with the second line. Babel keeps one of the two and says nothing."""
    seen: set[tuple[str, str]] = set()
    parts = {"msgctxt": "", "msgid": ""}
    keyword, began = "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := _PO_LINE.match(line):
            if match["keyword"]:
                keyword = match["keyword"]
                if keyword == "msgid":
                    began = number
                if keyword in parts:
                    parts[keyword] = ""
            if keyword in parts:
                parts[keyword] += match["text"]
            elif match["keyword"] and keyword.startswith("msgstr") and parts["msgid"]:
                key = (parts["msgctxt"], parts["msgid"])
                if key in seen:
                    yield began, parts["msgid"]
                seen.add(key)
                parts = {"msgctxt": "", "msgid": ""}


_PO_LINE: Final = re.compile(r'\s*(?:(?P<keyword>msg[a-z_]+)(?:\[\d\])?\s*)?"(?P<text>.*)"\s*$')


# ----------------------------------------------------------------------------------------------------------- checking


def check(sources: Sources) -> list[Finding]:
    """Everything that is wrong, in the order of the files."""
    used = used_texts(sources)
    entries, unreadable = korean_entries(sources)
    findings = [*used.findings, *unreadable]
    findings += _check_sources(sources, used)
    findings += _check_entries(sources, entries, {(context, singular) for context, singular, _ in used.texts})
    for text, places in _missing(used, entries):
        path, line = places[0]
        findings.append(Finding(sources.name(path), line, f"not translated: {text[1]!r}"))
    for path in _templates(sources):
        findings += _raw_text(sources, path)
    return sorted(set(findings))


def _missing(used: Used, entries: Iterable[Entry]) -> Iterator[tuple[Text, list[tuple[Path, int]]]]:
    translated = {entry.key for entry in entries if not entry.fuzzy and entry.forms and all(entry.forms)}
    for text, places in used.texts.items():
        if (text[0], text[1]) not in translated:
            yield text, places


def _check_sources(sources: Sources, used: Used) -> Iterator[Finding]:
    plurals: dict[tuple[str | None, str], str | None] = {}
    for (context, singular, plural), places in used.texts.items():
        path, line = places[0]
        if _HANGUL.search(singular + (plural or "")):
            yield Finding(sources.name(path), line, f"Hangul in a source text: {singular!r}")
        if plurals.setdefault((context, singular), plural) != plural:
            yield Finding(sources.name(path), line, f"used with and without a plural, or with two: {singular!r}")


def _check_entries(
    sources: Sources, entries: Sequence[Entry], used: set[tuple[str | None, str]]
) -> Iterator[Finding]:
    first: dict[tuple[str | None, str], Entry] = {}
    for entry in entries:
        name, singular = sources.name(entry.path), entry.text[1]
        if entry.fuzzy:
            yield Finding(name, entry.line, f"fuzzy: {singular!r}")
        if entry.key not in used:
            yield Finding(name, entry.line, f"not used: {singular!r}")
        other = first.setdefault(entry.key, entry)
        if other.forms != entry.forms:
            yield Finding(name, entry.line, f"translated differently in {sources.name(other.path)}: {singular!r}")
        for form in entry.forms:
            for what in _check_form(entry.text, form or ""):
                yield Finding(name, entry.line, f"{what}: {singular!r}")


def _check_form(text: Text, form: str) -> Iterator[str]:
    _, singular, plural = text
    if not form:
        return
    there = set(_PLACEHOLDER.findall(form))
    known = set(_PLACEHOLDER.findall(singular))
    needed = known if plural is None else known & set(_PLACEHOLDER.findall(plural))
    allowed = known if plural is None else known | set(_PLACEHOLDER.findall(plural)) | {"n", "num"}
    if lost := needed - there:
        yield f"the translation lacks {', '.join(sorted(lost))}"
    if unknown := there - allowed:
        yield f"the translation has the unknown {', '.join(sorted(unknown))}"
    for match in _MARKER.finditer(form):
        if match.groups() not in PARTICLES:
            yield f"{match[0]} is no pair of particles"
    for match in _UNDECIDED_PARTICLE.finditer(form):
        yield f"{match[0]} leaves the particle to the reader, write it as [을/를]"
    for match in _BARE_PARTICLE.finditer(form):
        yield f"the particle in {match[0]} depends on the value, write it as [을/를]"


# ---------------------------------------------------------------------------------------------- texts in no catalogue

_TRANSLATED_BLOCK: Final = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
_CODE_BLOCK: Final = re.compile(r"\{%-?\s*block\b[^%]*%\}[a-z0-9_ -]*\{%-?\s*endblock\b[^%]*%\}")  # a class name
_JINJA: Final = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LETTERS: Final = re.compile("[A-Za-z가-힣]{2,}")
_NOT_SHOWN: Final = frozenset({"script", "style", "code", "kbd", "template"})
_VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_SHOWN_ATTRIBUTES: Final = frozenset(
    {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-roledescription"}
)


def _raw_text(sources: Sources, path: Path) -> Iterator[Finding]:
    """Words that a template shows without asking the catalogue. Best effort: words inside expressions are not seen."""
    if path.stem.endswith(("_ko", "_en")):
        return  # written in one language, as its name says
    source = path.read_text(encoding="utf-8")
    for match in _HANGUL_WORDS.finditer(source):
        element = source[source.rfind("<", 0, match.start()) : match.start()]
        if match[0] != "한국어" and not re.match(r"<[a-z]+[^>]*\slang=\"ko\"", element):
            line = source.count("\n", 0, match.start()) + 1
            yield Finding(sources.name(path), line, "Hangul in a template")
    plain = source
    for construct in (_TRANSLATED_BLOCK, _CODE_BLOCK, _JINJA):
        plain = construct.sub(_blank, plain)
    if path.suffix == ".html":
        reader = _ShownWords()
        reader.feed(plain)
        reader.close()
        shown = reader.found
    elif path.suffix == ".txt":
        lines = enumerate(plain.removeprefix("Subject:").splitlines(), 1)  # a mail's header, not its words
        shown = [(number, line) for number, line in lines if _LETTERS.search(line)]
    else:
        shown = []
    for line, words in shown:
        yield Finding(sources.name(path), line, f"shown in one language only: {' '.join(words.split())[:60]!r}")


def _blank(match: re.Match[str]) -> str:
    blank = re.sub(r"[^\n]", " ", match[0])
    names_an_element = match.string[match.start() - 1 : match.start()] in ("<", "/")
    return "x" + blank[1:] if names_an_element else blank


class _ShownWords(HTMLParser):
    """Collects the words that a page shows, with their lines, outside elements that name their language."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        silent = self._silent or tag in _NOT_SHOWN or bool(given.get("lang")) or given.get("translate") == "no"
        if not silent:
            button = tag == "input" and given.get("type") in ("submit", "button", "reset")
            for name, value in given.items():
                if (name in _SHOWN_ATTRIBUTES or (button and name == "value")) and _LETTERS.search(value):
                    self.found.append((self.getpos()[0], f"{name}={value}"))
        if tag not in _VOID:
            self._open.append((tag, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self._silent and _LETTERS.search(data):
            before = data[: len(data) - len(data.lstrip())]
            self.found.append((self.getpos()[0] + before.count("\n"), data))


# --------------------------------------------------------------------------------------------------- what is missing


def area_of(path: Path, sources: Sources) -> str:
    """The catalogue that a text of this file belongs into."""
    if path.is_relative_to(sources.templates):
        parts = path.relative_to(sources.templates).parts
        return parts[0] if parts[0] in AREAS else "common"
    parts = path.relative_to(sources.package).parts
    if parts[0] == "web":
        return parts[1] if parts[1] in AREAS else "common"
    return "domain"


def missing_entries(sources: Sources, area: str) -> str:
    """The entries that an area's catalogue (or `all`) still lacks, as the text of a catalogue without its head."""
    entries, _ = korean_entries(sources)
    catalog = Catalog(locale="ko")
    for (context, singular, plural), places in _missing(used_texts(sources), entries):
        if area in ("all", area_of(places[0][0], sources)):
            catalog.add(
                singular if plural is None else (singular, plural),
                context=context,
                locations=[(sources.name(path), line) for path, line in places],
            )
    written = io.BytesIO()
    write_po(written, catalog, width=110, omit_header=True)
    return written.getvalue().decode()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the answer is its exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal.kernel.catalogues", description="Check the catalogues.")
    parser.add_argument("--missing", metavar="AREA", choices=[*AREAS, "all"], help="print entries to be translated")
    asked = parser.parse_args(arguments)
    sources = Sources.of_the_portal()
    if asked.missing:
        sys.stdout.write(missing_entries(sources, asked.missing))
        return 0
    findings = check(sources)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if findings:
        sys.stdout.write(f"{len(findings)} findings; `python -m portal.kernel.catalogues --missing all` helps.\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
