"""The check of the catalogues notices each thing that can be wrong, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.kernel import catalogues
from portal.kernel.catalogues import Sources, check, main, missing_entries

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'


class Project:
    """A small portal in a folder, right in every way until a test spoils it."""

    def __init__(self, root: Path) -> None:
        self.sources = Sources(root, root / "portal", root / "templates", root / "translations")
        self.write("portal/reviewing.py", 'TITLE = msg("Reviews of %(name)s", name="x")\n')
        self.write("templates/public/page.html", "<h1>{{ _('Welcome') }}</h1>\n")
        self.po("domain", 'msgid "Reviews of %(name)s"\nmsgstr "%(name)s 검토"\n')
        self.po("public", 'msgid "Welcome"\nmsgstr "환영합니다"\n')

    def write(self, path: str, text: str) -> None:
        target = self.sources.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def po(self, area: str, entries: str) -> None:
        self.write(f"translations/ko/{area}.po", HEAD + entries)

    def findings(self) -> list[str]:
        return [str(finding) for finding in check(self.sources)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_complete_project_is_clean(project: Project) -> None:
    assert project.findings() == []


class TestTranslations:
    def test_missing(self, project: Project) -> None:
        source = 'x = nmsg("%(n)s role", "%(n)s roles", 2)\ny = pmsg("of a person", "Title")\n'
        project.write("portal/web/admin/staff_views.py", source)
        project.po("public", 'msgid "Welcome"\nmsgstr ""\n')
        assert project.findings() == [
            "portal/web/admin/staff_views.py:1: not translated: '%(n)s role'",
            "portal/web/admin/staff_views.py:2: not translated: 'Title'",
            "templates/public/page.html:1: not translated: 'Welcome'",
        ]

    def test_a_fuzzy_entry_is_none(self, project: Project) -> None:
        project.po("public", '#, fuzzy\nmsgid "Welcome"\nmsgstr "환영"\n')
        assert project.findings() == [
            "templates/public/page.html:1: not translated: 'Welcome'",
            "translations/ko/public.po:7: fuzzy: 'Welcome'",
        ]

    def test_unused(self, project: Project) -> None:
        project.po("common", 'msgid "Gone"\nmsgstr "없음"\n\nmsgctxt "c"\nmsgid "Welcome"\nmsgstr "어서 오십시오"\n')
        assert project.findings() == [
            "translations/ko/common.po:6: not used: 'Gone'",
            "translations/ko/common.po:10: not used: 'Welcome'",
        ]

    def test_one_text_translated_in_two_ways(self, project: Project) -> None:
        project.po("common", 'msgid "Welcome"\nmsgstr "어서 오십시오"\n')
        assert project.findings() == [
            "translations/ko/public.po:6: translated differently in translations/ko/common.po: 'Welcome'"
        ]
        project.po("common", 'msgid "Welcome"\nmsgstr "환영합니다"\n')
        assert project.findings() == []

    @pytest.mark.parametrize(
        ("korean", "what"),
        [
            ("검토", "the translation lacks name"),
            ("%(name)s %(other)s", "the translation has the unknown other"),
            ("%(name)s을(를) 검토", "을(를) leaves the particle to the reader, write it as [을/를]"),
            ("%(name)s(으)로", "(으)로 leaves the particle to the reader, write it as [을/를]"),
            ("%(name)s[를/을] 검토", "[를/을] is no pair of particles"),
            ("%(name)s는 검토", "the particle in %(name)s는 depends on the value, write it as [을/를]"),
        ],
    )
    def test_values_and_particles(self, project: Project, korean: str, what: str) -> None:
        project.po("domain", f'msgid "Reviews of %(name)s"\nmsgstr "{korean}"\n')
        assert project.findings() == [f"translations/ko/domain.po:6: {what}: 'Reviews of %(name)s'"]

    @pytest.mark.parametrize("korean", ["%(name)s[을/를] 검토", "%(name)s의 검토", "%(name)s에서"])
    def test_right_values_and_particles(self, project: Project, korean: str) -> None:
        project.po("domain", f'msgid "Reviews of %(name)s"\nmsgstr "{korean}"\n')
        assert project.findings() == []

    def test_the_number_of_a_plural_may_stand_in_one_form_only(self, project: Project) -> None:
        project.write("portal/counting.py", 'x = nmsg("One file of %(who)s", "%(n)s files of %(who)s", 2, who="x")\n')
        ids = 'msgid "One file of %(who)s"\nmsgid_plural "%(n)s files of %(who)s"\n'
        project.po("common", ids + 'msgstr[0] "%(who)s의 파일 %(n)s개"\n')
        assert project.findings() == []
        project.po("common", ids + 'msgstr[0] "%(n)s개"\n')
        assert project.findings() == ["translations/ko/common.po:6: the translation lacks who: 'One file of %(who)s'"]

    def test_one_text_twice_in_a_file(self, project: Project) -> None:
        twice = 'msgid ""\n"Wel"\n"come"\nmsgstr "환영합니다"\n\nmsgid "Welcome"\nmsgstr "환영합니다"\n'
        project.po("public", twice + '\nmsgctxt "c"\nmsgid "Welcome"\nmsgstr "환영합니다"\n')
        project.write("portal/more.py", 'pmsg("c", "Welcome")\n')
        assert project.findings() == ["translations/ko/public.po:11: twice in this file: 'Welcome'"]

    def test_a_broken_file(self, project: Project) -> None:
        project.write("translations/ko/public.po", HEAD + 'msgid "Welcome"\nnonsense\n')
        assert any("public.po:1: cannot be read" in finding for finding in project.findings())


class TestSources:
    def test_every_way_of_writing_a_text_is_read(self, project: Project) -> None:
        project.write(
            "portal/web/public/views.py",
            'gettext("A")\nngettext("B", "Bs", 1)\npgettext("x", "C")\n_("D")\nmsg(\n    "E "\n    "e")\n',
        )
        project.write(
            "templates/mail/x.txt",
            "{% trans %}\n  F\n  {{ f }}\n{% endtrans %}{{ npgettext('c', 'G', 'Gs', 2) }}"
            "{% trans n=n %}H{% pluralize %}Hs{% endtrans %}{{ field(label=_('I')) }}",
        )
        missing = missing_entries(project.sources, "all")
        for text in ("A", "B", "C", "D", "E e", "F %(f)s", "G", "H", "I"):
            assert f'msgid "{text}"' in missing

    def test_hangul_in_a_source_text(self, project: Project) -> None:
        project.write("portal/reviewing.py", 'msg("Reviews of %(name)s")\nmsg("검토")\n')
        project.po("common", 'msgid "검토"\nmsgstr "검토"\n')
        assert project.findings() == ["portal/reviewing.py:2: Hangul in a source text: '검토'"]

    def test_one_text_with_and_without_a_plural(self, project: Project) -> None:
        project.write("portal/more.py", 'nmsg("Welcome", "Welcomes", 2)\n')
        (finding,) = project.findings()
        assert finding.endswith("used with and without a plural, or with two: 'Welcome'")

    @pytest.mark.parametrize("broken", ["{% if %}", "{{ _('x' }}", "{% trans %}a"])
    def test_a_template_that_cannot_be_read(self, project: Project, broken: str) -> None:
        project.write("templates/public/broken.html", f"<p>\n{broken}</p>")
        assert any(f.startswith("templates/public/broken.html") and "cannot be read" in f for f in project.findings())


class TestRawText:
    @pytest.mark.parametrize(
        ("html", "words"),
        [
            ("<p>Hello</p>", "Hello"),
            ("<p>{{ x }}\n days left</p>", "days left"),
            ("<p title='Close'>{{ x }}</p>", "title=Close"),
            ("<img alt='A seal'>", "alt=A seal"),
            ("<input type=submit value=Send>", "value=Send"),
            ("<button aria-label='Close'></button>", "aria-label=Close"),
            ("<{{ element }} class=x>Words</{{ element }}>", "Words"),
            ("{% if x %}Yes{% endif %}", "Yes"),
        ],
    )
    def test_words_outside_the_catalogue(self, project: Project, html: str, words: str) -> None:
        project.write("templates/public/raw.html", f"<div>\n{html}\n</div>")
        found = project.findings()
        assert len(found) == 1
        assert f"shown in one language only: {words!r}" in found[0]

    @pytest.mark.parametrize(
        "html",
        [
            "<p>{{ x }} · 1.</p>", "{# A comment #}", "<p class='card wide' id=top data-x='Some text'></p>",
            "{% trans %}Welcome{% endtrans %}", "<p>{{ _('Welcome') }}</p>", "<script type=module src=x></script>",
            "<a lang='en' href='?lang=en'>English</a>", "<a hreflang=ko lang=\"ko\">한국어</a>",
            "<code>portal check</code>",
            "{% block body_class %}work wide{% endblock %}", "<{{ e }} class=\"x\">{{ x }}</{{ e }}>",
            "<button lang=\"{{ code }}\">{{ {'ko': '한국어'}[code] }}</button>",
            "<input type=hidden value=Send>", "<p translate=no>KRDS</p>",
        ],
    )
    def test_what_is_no_text(self, project: Project, html: str) -> None:
        project.write("templates/public/raw.html", f"{html}\n")
        assert project.findings() == []

    def test_a_template_that_names_its_language_has_its_own_words(self, project: Project) -> None:
        project.write("templates/legal/terms_ko.html", "<p>약관</p>")
        project.write("templates/legal/terms_en.html", "<p>Terms</p>")
        assert project.findings() == []

    def test_hangul_in_a_template(self, project: Project) -> None:
        project.write("templates/public/raw.html", "<p>\n{{ '의견' }}</p>")
        assert set(project.findings()) == {"templates/public/raw.html:2: Hangul in a template"}

    def test_words_of_a_plain_mail(self, project: Project) -> None:
        project.write("templates/mail/x.txt", "Subject: {{ _('Welcome') }}\nDear filer,\n")
        assert project.findings() == ["templates/mail/x.txt:2: shown in one language only: 'Dear filer,'"]


class TestCommand:
    def test_missing_entries_by_area_fill_a_catalogue(self, project: Project) -> None:
        for path, area in [
            ("templates/public/a.html", "public"), ("templates/components/a.html", "common"),
            ("templates/layout/a.html", "common"), ("templates/mail/a.txt", "mail"),
        ]:
            project.write(path, f"{{{{ _('From {path}') }}}}")
            assert f'msgid "From {path}"' in missing_entries(project.sources, area)
        for path, area in [
            ("portal/web/workspace/a_views.py", "workspace"), ("portal/web/errors.py", "common"),
            ("portal/drafts/services.py", "domain"),
        ]:
            project.write(path, f"x = msg('From {path} %(n)s')")
            entry = f'#: {path}:1\n#, python-format\nmsgid "From {path} %(n)s"\nmsgstr ""'
            assert entry in missing_entries(project.sources, area)
        assert "From" not in missing_entries(project.sources, "review")

    def test_what_is_printed_can_be_appended_and_filled_in(self, project: Project) -> None:
        project.write("portal/more.py", 'nmsg("%(n)s role", "%(n)s roles", 2)\npmsg("of a person", "Title")\n')
        entries = missing_entries(project.sources, "domain")
        entries = entries.replace('msgstr[0] ""', 'msgstr[0] "역할 %(n)s개"').replace('msgstr ""', 'msgstr "직위"')
        project.po("more", entries)
        assert project.findings() == []
        assert missing_entries(project.sources, "all").strip() == ""

    def test_exit_status(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(catalogues.Sources, "of_the_portal", lambda: project.sources)
        assert main([]) == 0
        assert capsys.readouterr().out == ""
        project.write("portal/more.py", 'msg("New")\n')
        assert main([]) == 1
        assert "portal/more.py:1: not translated: 'New'" in capsys.readouterr().out
        assert main(["--missing", "domain"]) == 0
        assert 'msgid "New"' in capsys.readouterr().out
