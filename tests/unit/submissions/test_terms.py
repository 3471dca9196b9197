"""The terms of filing: a text and its version belong together, in both languages, with nothing left to fill in."""

from __future__ import annotations

import pytest

from portal.kernel.i18n import use_locale
from portal.kernel.templating import make_environment
from portal.submissions import terms

#: Who changes the text of the terms raises VERSION and writes both down here.
KNOWN = {"1": "8e7cab471df064956e5b325f78d75de912633caddd232ec0ad30182286fb745f",
         "2": "a7bbfa11217a2121852989f18a16166b07938cb2e5ea2105527d5377d2b5cfc6"}


def test_a_changed_text_has_a_new_version() -> None:
    current = terms.current()
    assert KNOWN.get(current.version) == current.digest, (
        "The text of the terms of filing was changed: raise portal.submissions.terms.VERSION and add its digest here.")


def _filled(locale: str, appear: str = "after_close", early: bool = False, kind: str = "legislative_notice") -> str:
    with use_locale(locale):
        return make_environment().get_template(terms.template_name(locale)).render(
            operator="운영기관", contact="c@example.org", kind=kind, ministry="시험부", comments_appear=appear,
            responses_while_open=early)


def test_the_terms_of_an_administrative_notice_are_its_own() -> None:
    text = _filled("ko", kind="administrative_notice")
    assert "시험부(이하 “소관 부처”)의 행정예고에" in text and "입법예고" not in text and "제44조" not in text
    assert "시험부(이하 “소관 부처”)의 입법예고에" in _filled("ko")
    assert "Article 47" in _filled("en", kind="administrative_notice") and "Article 44" in _filled("en")


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("appear", ["after_close", "as_screened"])
@pytest.mark.parametrize("early", [True, False])
def test_the_terms_say_the_consultations_rule(locale: str, appear: str, early: bool) -> None:
    text = _filled(locale, appear, early)
    assert "시험부" in text
    assert "c@example.org" in text
    after = "의견제출기간이 끝난 뒤 개인정보" if locale == "ko" else "after the comment period has closed, once"
    assert (after in text) == (appear == "after_close")
    while_open = "기간 중에도" if locale == "ko" else "while the period is still open"
    assert (while_open in text) == early
    assert "{{" not in text


def test_there_are_no_terms_in_other_languages() -> None:
    with pytest.raises(ValueError, match="fr"):
        terms.template_name("fr")


@pytest.mark.parametrize("name", ["terms_ko", "terms_en", "privacy_ko", "privacy_en"])
def test_the_other_legal_texts_name_the_deployment(name: str) -> None:
    text = make_environment().get_template(f"legal/{name}.html").render(operator="운영기관", contact="c@example.org")
    assert "운영기관" in text
    assert "c@example.org" in text
