"""The one set-up of Jinja: for the pages that Flask serves and, without it, for mails, documents and the publication.

Everything is escaped except plain-text templates (`*.txt`: mail has no HTML to protect and a person should read "A & B"
there). An undefined name is an error. Texts come from `portal.kernel.i18n` in the current locale. This module must not
know Flask or a request: whether links carry the language is a context variable, as the locale is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from portal.kernel import i18n, words
from portal.settings import folder

_public_links: ContextVar[bool] = ContextVar("portal_public_links", default=False)


def escaped(template_name: str | None) -> bool:
    """Whether the values of a template are escaped: all are, but for plain text."""
    return template_name is None or not template_name.endswith(".txt")


#: What Flask's `app.jinja_options` is set to, and what `make_environment` uses.
OPTIONS: Final[Mapping[str, Any]] = {
    "autoescape": escaped,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
    "extensions": ("jinja2.ext.i18n",),
    "cache_size": -1,
}


def make_environment(
    template_folders: Sequence[Path] | None = None, static_folder: Path | None = None, *, watching: bool = True
) -> Environment:
    """An environment of our own over these folders; by default over those that ship with the portal. Unless it is
    `watching`, a template or static file that changes after its first use goes unseen: a process that serves does not
    look at a hundred files for every page, nor may one process show other pages than the next."""
    folders = [folder("templates")] if template_folders is None else template_folders
    # The callable in OPTIONS escapes all but plain text.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader([str(path) for path in folders]), auto_reload=watching, **OPTIONS)
    install(environment, static_folder)
    if not watching:
        environment.globals["asset"] = cache(Assets(folder("static") if static_folder is None else static_folder))
        environment.globals["same"] = Same(4_096)
    return environment


def install(environment: Environment, static_folder: Path | None = None) -> Environment:
    """Give an environment (Flask's too, after Flask-Babel) our texts, filters and globals, and the same strictness."""
    environment.autoescape = escaped
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension("jinja2.ext.i18n")
    # The compiler must hand values to our functions rather than format the text itself: only they know particles.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(
        gettext=_gettext,
        ngettext=_ngettext,
        pgettext=_pgettext,
        npgettext=_npgettext,
        _=_gettext,
        asset=Assets(folder("static") if static_folder is None else static_folder),
        locale=i18n.current_locale,
        same=Same(0),
        words=words,
        link=link,
        pick=pick,
    )
    environment.filters.update(
        date=_date,
        datetime=_datetime,
        deadline=_deadline,
        number=_number,
        message=_message,
        paragraphs=paragraphs,
        linked=linked,
        folded=folded,
    )
    return environment


# ------------------------------------------------------------------------------------------------------------ texts


def _fill(context: Context, raw: str, values: Mapping[str, Any]) -> str:
    return i18n.fill(raw, values, i18n.current_locale(), html=bool(context.eval_ctx.autoescape))


@pass_context
def _gettext(context: Context, msgid: str, /, **values: Any) -> str:
    return _fill(context, i18n.catalogue().text(msgid), values)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int, /, **values: Any) -> str:
    raw = i18n.catalogue().text(singular, plural=plural, n=n)
    return _fill(context, raw, i18n.with_number(values, n))


@pass_context
def _pgettext(context: Context, message_context: str, msgid: str, /, **values: Any) -> str:
    return _fill(context, i18n.catalogue().text(msgid, context=message_context), values)


@pass_context
def _npgettext(
    context: Context, message_context: str, singular: str, plural: str, n: int, /, **values: Any
) -> str:
    raw = i18n.catalogue().text(singular, plural=plural, n=n, context=message_context)
    return _fill(context, raw, i18n.with_number(values, n))


# ---------------------------------------------------------------------------------------------------------- filters


# These take the context, though they do not use it, to tell the compiler that their answer is not a constant: else a
# literal in a template, {{ 1200|number }}, would be shown for ever in the language of its first reader.


@pass_context
def _date(_: Context, day: date) -> str:
    return i18n.format_date(day)


@pass_context
def _datetime(_: Context, instant: datetime, seconds: bool = False, zone: bool = True) -> str:
    return i18n.format_datetime(instant, seconds, zone=zone)


@pass_context
def _deadline(_: Context, instant: datetime) -> str:
    return i18n.format_deadline(instant)


@pass_context
def _number(_: Context, number: int | float) -> str:
    return i18n.format_number(number)


@pass_context
def _message(_: Context, message: i18n.Message | str) -> str:
    return i18n.translate(message)


_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def paragraphs(text: str) -> Markup:
    """Text that a person typed as HTML: a blank line parts paragraphs, a line end is kept, all else is escaped; what a
    macro made of it is escaped already and stays as it is."""
    kind = type(text) if isinstance(text, Markup) else str  # the parts of a split are plain words again
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not lines.strip():
        return Markup("")
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(escape(kind(line)) for line in part.split("\n")))
        for part in _BLANK_LINES.split(lines)
        if part.strip()
    )


def linked(text: str, links: Sequence[tuple[int, int, str, str]], base: str) -> Markup:
    """Text with some of its words as links, all of it escaped. Each link: from where to where, the address behind
    `base`, and what stands there, for who points at it. They are in order and do not overlap. Raises TypeError for
    markup: the places are counted in the words as they were typed."""
    if isinstance(text, Markup):
        raise TypeError("words are linked before they are markup")
    parts: list[Markup] = []
    at = 0
    for start, end, path, name in links:
        parts.append(escape(text[at:start]))
        parts.append(Markup('<a class="reference" href="{}" title="{}">{}</a>').format(
            link(base + path), name, text[start:end]))
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def pick(thing: Mapping[str, Any], name: str, language: str) -> str:
    """The words of a fact in the page's language; where there are none in it, the other's. No macro: its answer would
    be markup already, and no filter after it could tell words from tags."""
    return thing[f"{name}_{language}"] or thing[f"{name}_{'ko' if language == 'en' else 'en'}"] or ""


_LEAST_BEFORE_FOLD: Final = 0.6
_SENTENCE_END: Final = re.compile(r"(?<!\d)[.!?。？！…]+[\"'”’)\]」』]*(?=\s)|\n(?=\s*\S)")


def folded(text: str, about: int) -> tuple[str, str]:
    """A long text as what is shown at once, about so many characters, and the rest: parted after a sentence or line,
    where one ends in good time, else between words; a word is broken only where there is nothing but one."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text, int(about * _LEAST_BEFORE_FOLD), about + 1)]
    if ends:
        at = ends[-1]
    else:
        spaces = [place for place, character in enumerate(text[:about + 1]) if character.isspace()]
        at = spaces[-1] if spaces and spaces[-1] > 0 else about
    return text[:at], text[at:]


#: Characters that may stand nowhere in HTML (its section on preprocessing the input stream).
_NO_HTML: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def without_controls(page: str) -> str:
    """A rendered page without the characters that make any page invalid, whoever typed them into an address."""
    return _NO_HTML.sub("\ufffd", page)


class Same:
    """What a macro makes of a few plain words, for the many lines of a list: `same(position_badge, 'amend')` is made
    once in each language. For a macro that makes no links, and nothing else than what it is given."""

    def __init__(self, kept: int) -> None:
        # typed: words that a person typed are never taken for equal ones that are markup
        self._made = lru_cache(kept, typed=True)(lambda macro, locale, *given: macro(*given))

    def __call__(self, macro: Macro, *given: str) -> Markup:
        """The macro's answer, made now or before."""
        made: Markup = self._made(macro, i18n.current_locale(), *given)
        return made


# ------------------------------------------------------------------------------------------------- assets and links


class Assets:
    """The address of a static file, with a digest of its content, so that a browser may keep it for a year."""

    def __init__(self, static_folder: Path) -> None:
        self._folder = static_folder
        self._addresses: dict[str, tuple[tuple[int, int], str]] = {}

    def __call__(self, path: str) -> str:
        """`asset('css/portal.css')` is `/static/css/portal.css?v=…`. Raises FileNotFoundError for a file that is not
        there: a page that points at nothing fails its test."""
        file = self._folder / path
        state = file.stat()
        written = (state.st_mtime_ns, state.st_size)
        known = self._addresses.get(path)
        if known is None or known[0] != written:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
            known = self._addresses[path] = (written, f"/static/{path}?v={digest}")
        return known[1]


@contextmanager
def use_public_links(on: bool) -> Iterator[None]:
    """While a public page is made, `link` carries its language: there the address alone decides it."""
    token = _public_links.set(on)
    try:
        yield
    finally:
        _public_links.reset(token)


def link(path: str) -> str:
    """The address of a page of ours, with `lang=en` on an English public page. Foreign addresses stay as they are."""
    if not _public_links.get() or i18n.current_locale() != "en":
        return path
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return path  # another site, or a place on this very page
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("lang", "en")])))
