"""The one Jinja set-up: strict, escaping, in the reader's language, with addresses that can be cached."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from portal.kernel import i18n
from portal.kernel.i18n import Catalogue, msg, nmsg, use_locale
from portal.kernel.templating import (
    Same,
    folded,
    install,
    link,
    linked,
    make_environment,
    paragraphs,
    use_public_links,
)

KOREAN = {
    (None, "Filed by %(name)s"): ("%(name)s[이/가] 제출함",),
    (None, "%(num)s comment"): ("의견 %(num)s건",),
    (None, "%(n)s day"): ("%(n)s일",),
    (None, "Read <b>%(name)s</b>."): ("<b>%(name)s</b>[을/를] 읽으십시오.",),
    ("of a person", "Title"): ("직위",),
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.setitem(i18n._catalogues, "ko", Catalogue("ko", KOREAN))
    (tmp_path / "templates").mkdir()
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "portal.css").write_text("body{}")
    return make_environment([tmp_path / "templates"], tmp_path / "static")


def render(environment: Environment, source: str, locale: str = "ko", **values: object) -> str:
    with use_locale(locale):
        return environment.from_string(source).render(**values)


class TestTexts:
    def test_gettext(self, environment: Environment) -> None:
        source = '{{ _("Filed by %(name)s", name=name) }}'
        assert render(environment, source, name="나무") == "나무가 제출함"
        assert render(environment, source, "en", name="나무") == "Filed by 나무"

    def test_a_value_is_escaped_and_its_marker_stays(self, environment: Environment) -> None:
        source = '{{ _("Filed by %(name)s", name=name) }}'
        assert render(environment, source, name="<b>[을/를]한국") == "&lt;b&gt;[을/를]한국이 제출함"
        assert render(environment, source, name=Markup("<i>한국</i>")) == "<i>한국</i>이 제출함"

    def test_a_trans_block(self, environment: Environment) -> None:
        source = "{% trans %}\n  Read <b>{{ name }}</b>.\n{% endtrans %}"
        assert render(environment, source, name="제3조") == "<b>제3조</b>를 읽으십시오."
        assert render(environment, source, "en", name="<3>") == "Read <b>&lt;3&gt;</b>."

    def test_plurals(self, environment: Environment) -> None:
        source = '{{ ngettext("%(num)s comment", "%(num)s comments", n) }}'
        assert render(environment, source, "en", n=1) == "1 comment"
        assert render(environment, source, "en", n=1200) == "1,200 comments"
        assert render(environment, source, n=1200) == "의견 1,200건"
        block = "{% trans n=n %}{{ n }} day{% pluralize %}{{ n }} days{% endtrans %}"
        assert render(environment, block, "en", n=2) == "2 days"
        assert render(environment, block, n=2) == "2일"

    def test_a_context(self, environment: Environment) -> None:
        assert render(environment, '{{ pgettext("of a person", "Title") }}') == "직위"
        assert render(environment, '{{ npgettext("x", "%(n)s a", "%(n)s b", 2) }}') == "2 b"

    def test_messages(self, environment: Environment) -> None:
        message = msg("Filed by %(name)s", name="<나무>")
        assert render(environment, "{{ m|message }}", m=message) == "&lt;나무&gt;가 제출함"
        assert render(environment, "{{ m }}", m=message) == "&lt;나무&gt;가 제출함"
        assert render(environment, "{{ m|message }}", "en", m=nmsg("%(n)s day", "%(n)s days", 2)) == "2 days"
        assert render(environment, "{{ 'a & b'|message }}") == "a &amp; b"

    def test_one_compiled_template_speaks_both_languages(self, environment: Environment) -> None:
        template = environment.from_string('{{ _("Filed by %(name)s", name="나무") }} {{ 1200|number }} {{ locale() }}')
        with use_locale("en"):
            assert template.render() == "Filed by 나무 1,200 en"
        with use_locale("ko"):
            assert template.render() == "나무가 제출함 1,200 ko"

    def test_a_missing_value_is_an_error(self, environment: Environment) -> None:
        with pytest.raises(KeyError):
            render(environment, '{{ _("Filed by %(name)s") }}')
        with pytest.raises(UndefinedError):
            render(environment, '{{ _("Filed by %(name)s", name=nobody) }}')


class TestStrictness:
    @pytest.mark.parametrize("source", ["{{ nobody }}", "{{ nobody.name }}", "{% if nobody %}{% endif %}"])
    def test_an_undefined_name_is_an_error(self, environment: Environment, source: str) -> None:
        with pytest.raises(UndefinedError):
            render(environment, source)

    @pytest.mark.parametrize("name", ["page.html", "feed.xml", "page.html.jinja", "typed.svg"])
    def test_everything_is_escaped(self, environment: Environment, tmp_path: Path, name: str) -> None:
        (tmp_path / "templates" / name).write_text("{{ typed }}")
        assert environment.get_template(name).render(typed="<&>") == "&lt;&amp;&gt;"

    def test_but_plain_text(self, environment: Environment, tmp_path: Path) -> None:
        (tmp_path / "templates" / "mail.txt").write_text('{{ typed }} {{ _("Filed by %(name)s", name=typed) }}')
        with use_locale("en"):
            assert environment.get_template("mail.txt").render(typed="A & B") == "A & B Filed by A & B"

    def test_a_foreign_environment_becomes_as_strict(self, tmp_path: Path) -> None:
        environment = install(Environment(autoescape=False), tmp_path)
        assert environment.from_string("{{ x }}").render(x="<") == "&lt;"
        with pytest.raises(UndefinedError):
            environment.from_string("{{ nobody }}").render()

    def test_block_lines_leave_no_blank_lines(self, environment: Environment) -> None:
        assert render(environment, "a\n  {% if true %}\nb\n  {% endif %}\nc") == "a\nb\nc"


class TestFilters:
    def test_dates_and_numbers(self, environment: Environment) -> None:
        at = datetime(2025, 12, 22, 15, tzinfo=UTC)
        assert render(environment, "{{ d|date }}", d=date(2025, 11, 12)) == "2025. 11. 12.(수)"
        assert render(environment, "{{ d|datetime }}", d=at) == "2025. 12. 23.(화) 00:00 (한국 시각)"
        assert render(environment, "{{ d|datetime(seconds=true, zone=false) }}", d=at) == "2025. 12. 23.(화) 00:00:00"
        assert render(environment, "{{ d|deadline }}", "en", d=at) == "Mon 22 Dec 2025, 24:00 KST"
        assert render(environment, "{{ 1200|number }}") == "1,200"

    def test_paragraphs(self) -> None:
        assert paragraphs("a <b>\r\nb\n\n \nc") == "<p>a &lt;b&gt;<br>\nb</p>\n<p>c</p>"
        assert paragraphs(" \n ") == ""

    def test_what_is_escaped_already_stays(self, environment: Environment) -> None:
        assert paragraphs(Markup("a &lt;b&gt;\n\n<i>c</i>")) == "<p>a &lt;b&gt;</p>\n<p><i>c</i></p>"
        source = "{% macro said(x) %}{{ x }}{% endmacro %}{{ said(typed)|paragraphs }}"
        assert render(environment, source, typed="\"&<'\n\nd") == "<p>&#34;&amp;&lt;&#39;</p>\n<p>d</p>"
        with pytest.raises(TypeError, match="before they are markup"):
            linked(Markup("&lt;"), [], "/c/")

    def test_a_long_text_is_folded_where_a_sentence_ends(self) -> None:
        text = "첫 문장입니다. 둘째 문장도 있습니다. 2025. 11. 12.에 셋째 문장이 이어집니다. 끝."
        assert folded(text, 30) == (text[:21], text[21:]) and text[:21].endswith("있습니다.")
        assert folded("하나 둘 셋 넷 다섯", 7)[0] == "하나 둘 셋"
        assert folded("가" * 30, 8) == ("가" * 8, "가" * 22)

    @given(st.text(), st.integers(1, 50))
    def test_folding_loses_nothing(self, typed: str, about: int) -> None:
        first, rest = folded(typed, about)
        assert first + rest == typed and len(first) <= about + 1

    @given(st.text())
    def test_paragraphs_keep_all_words_and_no_tag_of_theirs(self, typed: str) -> None:
        html = paragraphs(typed)
        bare = html.replace("<p>", " ").replace("</p>", " ").replace("<br>", " ")
        assert "<" not in bare
        assert Markup(bare).unescape().split() == typed.split()

    def test_words_are_there(self, environment: Environment) -> None:
        assert render(environment, "{{ words.POSITIONS['support']|message }}", "en") == "Support"


class TestAddresses:
    def test_assets_carry_the_digest_of_their_content(self, environment: Environment, tmp_path: Path) -> None:
        first = render(environment, "{{ asset('css/portal.css') }}")
        assert first.startswith("/static/css/portal.css?v=")
        assert render(environment, "{{ asset('css/portal.css') }}") == first
        (tmp_path / "static" / "css" / "portal.css").write_text("body{color:red}")
        assert render(environment, "{{ asset('css/portal.css') }}") != first

    def test_a_missing_asset_is_an_error(self, environment: Environment) -> None:
        with pytest.raises(FileNotFoundError):
            render(environment, "{{ asset('css/nothing.css') }}")

    @pytest.mark.parametrize(
        ("path", "english"),
        [
            ("/c/a/", "/c/a/?lang=en"),
            ("/search?q=a%20b&x=", "/search?q=a+b&x=&lang=en"),
            ("/c/a/v1/a/23#c-4", "/c/a/v1/a/23?lang=en#c-4"),
            ("/c/a/?lang=ko", "/c/a/?lang=en"),
            ("?page=2", "?page=2&lang=en"),
            ("#top", "#top"),
            ("", ""),
            ("https://www.law.go.kr/x", "https://www.law.go.kr/x"),
            ("//other.example/x", "//other.example/x"),
            ("mailto:a@b.example", "mailto:a@b.example"),
        ],
    )
    def test_links_of_english_public_pages_carry_the_language(self, path: str, english: str) -> None:
        with use_locale("en"), use_public_links(True):
            assert link(path) == english
            with use_public_links(False):
                assert link(path) == path
        with use_locale("ko"), use_public_links(True):
            assert link(path) == path
        with use_locale("en"):
            assert link(path) == path


class TestTheSameAgain:
    MACRO = "{% macro badge(label) %}<b>{{ label }}</b>{{ _('Filed by %(name)s', name=label) }}{% endmacro %}"

    def test_made_once_in_each_language_and_escaped_as_ever(self, environment: Environment) -> None:
        environment.globals["same"] = same = Same(8)
        source = self.MACRO + "{{ same(badge, label) }}"
        badge = environment.from_string(self.MACRO).module.badge  # type: ignore[attr-defined]
        assert render(environment, source, label="<나무>") == "<b>&lt;나무&gt;</b>&lt;나무&gt;가 제출함"
        with use_locale("ko"):
            assert same(badge, "나무") is same(badge, "나무")
            korean = same(badge, "나무")
        with use_locale("en"):
            assert same(badge, "나무") == "<b>나무</b>Filed by 나무" != korean

    def test_typed_words_are_never_taken_for_markup_that_is_equal(self, environment: Environment) -> None:
        same = Same(8)
        badge = environment.from_string(self.MACRO).module.badge  # type: ignore[attr-defined]
        with use_locale("en"):
            assert "<b><i>x</i></b>" in same(badge, Markup("<i>x</i>"))
            assert "<b>&lt;i&gt;x&lt;/i&gt;</b>" in same(badge, "<i>x</i>")

    def test_where_templates_are_written_nothing_is_kept(self, environment: Environment) -> None:
        badge = environment.from_string(self.MACRO).module.badge  # type: ignore[attr-defined]
        same = environment.globals["same"]
        assert same(badge, "나무") is not same(badge, "나무")
