"""The components as a screen reader meets them: names, descriptions and words that say what colour shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)

from portal.kernel import words
from portal.kernel.i18n import msg, use_locale
from portal.kernel.templating import make_environment

SVG = "{http://www.w3.org/2000/svg}"

ENVIRONMENT = make_environment()
ENVIRONMENT.globals["csrf_token"] = lambda: "token"


class Sample(Form):
    """One field of every kind that `field` knows."""

    email = EmailField(msg("E-mail address"), [validators.InputRequired(msg("Enter your e-mail address."))])
    kind = SelectField("Kind", choices=[SelectChoice("company", "Company")], validators=[validators.Optional()])
    position = RadioField("Position", [validators.InputRequired("Choose a position")],
                          choices=[SelectChoice(code, str(label)) for code, label in words.POSITIONS.items()])
    reason = TextAreaField("Reason")
    agree = BooleanField("I agree")
    roles = SelectMultipleField("Roles", choices=[SelectChoice("drafter", "Drafter"), SelectChoice("signer", "Signer")],
                                widget=widgets.ListWidget(prefix_label=False), option_widget=widgets.CheckboxInput())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_locale("en"):
        yield


def render(source: str, **values: Any) -> Element:
    """A template's answer, parsed strictly: what is not valid HTML fails here."""
    html = ENVIRONMENT.from_string(source).render(**values)
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html, container="body")  # type: ignore[no-any-return]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(tree: Element, name: str) -> Element:
    [found] = [e for e in tree.iter() if e.get("id") == name]
    return found


def failed() -> Sample:
    form = Sample()
    assert not form.validate()
    return form


FIELDS = "{% from 'components/forms.html' import error_summary, field, choice_cards, fieldset_choices %}"
WHOLE_FORM = FIELDS + """{{ error_summary(form) }}{{ field(form.email, hint='Where it goes', autocomplete='email') }}
{{ field(form.kind) }}{{ choice_cards(form.position, 'position', words.POSITION_HINTS) }}
{{ field(form.reason, counter=4000, optional=true) }}{{ field(form.agree) }}{{ field(form.roles) }}"""


def test_every_control_has_a_label_and_every_description_exists() -> None:
    tree = render(WHOLE_FORM, form=failed())
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {e.get("for") for e in tree.iter("label")}
    controls = [e for e in tree.iter() if e.tag in ("input", "select", "textarea")]
    assert len(controls) == 10
    for control in controls:
        assert control.get("id") in labelled, control.attrib
    for element in tree.iter():
        assert set((element.get("aria-describedby") or "").split()) <= set(ids)


def test_an_error_is_said_at_the_field_and_linked_from_the_summary() -> None:
    tree = render(WHOLE_FORM, form=failed())
    email = by_id(tree, "email")
    assert email.get("aria-invalid") == "true"
    assert email.get("aria-describedby") == "email-hint email-error"
    assert text(by_id(tree, "email-error")) == "Enter your e-mail address."
    [summary] = [e for e in tree.iter() if e.get("role") == "alert"]
    links = {a.get("href"): text(a) for a in summary.iter("a")}
    assert links == {"#email": "E-mail address: Enter your e-mail address.",
                     "#position-0": "Position: Choose a position"}
    for address in links:
        by_id(tree, str(address).removeprefix("#"))


def test_no_summary_where_nothing_is_wrong() -> None:
    assert text(render(FIELDS + "{{ error_summary(form) }}", form=Sample())) == ""


def test_what_belongs_to_no_field_is_said_too() -> None:
    tree = render(FIELDS + "{{ error_summary(form, ['The period has ended.']) }}", form=Sample())
    assert "1 thing needs your attention" in text(tree)
    assert "The period has ended." in text(tree)


def test_a_field_list_shows_the_first_thing_wrong() -> None:
    class Listed(Form):
        names = StringField("Names")

    form = Listed()
    form.names.errors = [[], ["Second is empty"]]  # type: ignore[assignment]
    assert "Names: Second is empty" in text(render(FIELDS + "{{ error_summary(form) }}", form=form))


def test_what_a_person_typed_is_escaped() -> None:
    form = Sample(data={"email": '"><script>alert(1)</script>'})
    tree = render(FIELDS + "{{ field(form.email) }}", form=form)
    assert not list(tree.iter("script"))
    assert by_id(tree, "email").get("value") == '"><script>alert(1)</script>'


def test_a_redline_reads_as_text() -> None:
    tree = render("{% from 'components/law.html' import redline %}{{ redline(changes) }}",
                  changes=[("same", "shall notify "), ("deleted", "at once"), ("inserted", "in advance")])
    assert text(tree) == "shall notify [deleted: at once end][inserted: in advance end]"
    assert [e.tag for e in tree.iter() if e.tag in ("ins", "del")] == ["del", "ins"]


def test_an_unknown_kind_of_change_is_still_shown() -> None:
    tree = render("{% from 'components/law.html' import redline %}{{ redline([('moved', 'words')]) }}")
    assert text(tree) == "words"


@pytest.mark.parametrize("positions", [{"support": 12, "amend": 20}, {"question": 1}, {}, {"oppose": 0}])
@pytest.mark.parametrize("of", [0, 400])
def test_a_bar_says_its_numbers_and_stays_in_its_frame(positions: dict[str, int], of: int) -> None:
    tree = render("{% from 'components/status.html' import count_bar %}{{ count_bar(p, of=of) }}", p=positions, of=of)
    [bar] = list(tree.iter(f"{SVG}svg"))
    named = {words.POSITIONS[code]: n for code, n in positions.items() if n}
    assert bar.get("aria-label") == (", ".join(f"{label} {n}" for label, n in named.items()) or "No comments")
    parts = [e for e in bar.iter(f"{SVG}rect") if "fill--" in (e.get("class") or "")]
    assert len(parts) == len(named)
    end = 0.0
    for part in parts:
        assert float(part.get("x") or 0) >= end - 0.02
        end = float(part.get("x") or 0) + float(part.get("width") or 0)
    assert end <= 100.02


def test_coverage_adds_up_before_the_eyes() -> None:
    counts = {"untriaged": 12, "triaged": 80, "disposed": 120, "approved": 40, "published": 160, "excused": 8}
    tree = render("{% from 'components/status.html' import coverage_flow %}{{ coverage_flow(c) }}", c=counts)
    numbers = [int(text(e)) for e in tree.iter() if e.get("class") == "flow__number"]
    assert numbers[0] == sum(numbers[1:]) == 420


TABLE = """{% from 'components/tables.html' import data_table, cell %}
{% set columns = [{'label': 'Number', 'href': '?s=1', 'sort': 'ascending'}, {'label': 'Comments'}] %}
{% call data_table('t', 'Submissions', columns) %}<tr>{% call cell('Number', row_header=true) %}7{% endcall %}
{{ cell('Comments', 1402, numeric=true) }}</tr>{% endcall %}"""


def test_a_table_has_a_caption_a_scrolling_region_and_says_how_it_is_sorted() -> None:
    tree = render(TABLE)
    [region] = [e for e in tree.iter() if e.get("role") == "region"]
    assert region.get("tabindex") == "0"
    assert text(by_id(tree, region.get("aria-labelledby") or "")) == "Submissions"
    assert [e.get("aria-sort") for e in tree.iter("th") if e.get("scope") == "col"] == ["ascending", None]
    assert [(e.get("data-label"), text(e)) for e in tree.iter("td")] == [("Comments", "1,402")]


CLAUSE = "{% from 'components/law.html' import clause %}{{ clause(label, words_, kind, heading=heading) }}"


@pytest.mark.parametrize(("label", "heading", "shown"), [
    ("제23조", "투명성", "제23조(투명성)"),
    ("제12조의2", "", "제12조의2"),
    ("Article 23", "Transparency", "Article 23 (Transparency)"),
])
def test_an_article_is_headed_as_the_law_writes_it(label: str, heading: str, shown: str) -> None:
    tree = render(CLAUSE, label=label, heading=heading, kind="article", words_="")
    assert text(next(tree.iter("h3"))) == shown


def test_a_clause_keeps_the_words_as_they_are() -> None:
    tree = render(CLAUSE, label="가.", heading="", kind="item", words_="「법」 <제3조> & 같은 조")
    assert text(tree) == "가. 「법」 <제3조> & 같은 조"


def test_every_code_has_a_badge() -> None:
    source = """{% from 'components/status.html' import position_badge, disposition_badge, step_badge, coverage_badge,
    phase_badge %}{% for c in words.POSITIONS %}{{ position_badge(c) }} {% endfor %}{% for c in words.DISPOSITIONS %}
    {{ disposition_badge(c) }}{% endfor %}{% for c in words.STEPS %} {{ step_badge(c) }}{% endfor %}
    {% for c in words.COVERAGE_STATES %} {{ coverage_badge(c) }}{% endfor %}
    {% for c in words.PHASES %} {{ phase_badge(c) }}{% endfor %}"""
    shown = text(render(source))
    tables = (words.POSITIONS, words.DISPOSITIONS, words.STEPS, words.COVERAGE_STATES, words.PHASES)
    for label in (label for table in tables for label in table.values()):
        assert re.search(rf"\b{re.escape(str(label))}\b", shown)


def test_a_confirmation_button_needs_no_script() -> None:
    tree = render("""{% from 'components/forms.html' import action_form %}
        {{ action_form('Undo', '/undo', hidden={'batch': 7}) }}""")
    [form] = list(tree.iter("form"))
    assert (form.get("method"), form.get("action")) == ("post", "/undo")
    assert {e.get("name"): e.get("value") for e in form.iter("input")} == {"csrf_token": "token", "batch": "7"}
