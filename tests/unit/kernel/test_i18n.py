"""Messages, catalogues, particles and formats: what a person reads, in both languages."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.kernel import i18n
from portal.kernel.i18n import (
    Catalogue,
    Message,
    as_deadline,
    as_list,
    as_number,
    fill,
    format_date,
    format_datetime,
    format_deadline,
    format_list,
    format_number,
    in_both,
    msg,
    nmsg,
    pmsg,
    read_catalogue,
    translate,
    use_locale,
)

NOON = datetime(2025, 11, 12, 5, 3, 9, tzinfo=UTC)  # 14:03:09 in Korea
DEADLINE = datetime(2025, 12, 22, 15, tzinfo=UTC)  # midnight in Korea


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """A Korean catalogue that the test fills."""
    texts: dict[tuple[str | None, str], tuple[str, ...]] = {}
    monkeypatch.setitem(i18n._catalogues, "ko", Catalogue("ko", texts))
    return texts


class TestMessages:
    def test_is_shown_in_the_language_of_the_context(self, korean: dict) -> None:
        korean[None, "Filed by %(name)s"] = ("%(name)s[이/가] 제출함",)
        message = msg("Filed by %(name)s", name="마루솔랩")
        with use_locale("en"):
            assert str(message) == "Filed by 마루솔랩"
            with use_locale("ko"):
                assert str(message) == "마루솔랩이 제출함"
            assert str(message) == "Filed by 마루솔랩"
        assert translate(message, "en") == "Filed by 마루솔랩"

    def test_an_untranslated_text_falls_back_to_its_source(self, korean: dict) -> None:
        assert translate(msg("Nothing yet"), "ko") == "Nothing yet"
        assert translate(nmsg("%(n)s day", "%(n)s days", 1), "ko") == "1 day"
        assert translate(nmsg("%(n)s day", "%(n)s days", 1200), "ko") == "1,200 days"

    def test_counts(self, korean: dict) -> None:
        korean[None, "%(n)s comment"] = ("의견 %(n)s건",)
        message = nmsg("%(n)s comment", "%(n)s comments", 12345)
        assert translate(message, "en") == "12,345 comments"
        assert translate(message, "ko") == "의견 12,345건"
        assert translate(nmsg("%(n)s comment", "%(n)s comments", 1), "en") == "1 comment"
        assert translate(nmsg("%(n)s comment", "%(n)s comments", 0), "en") == "0 comments"

    def test_a_context_tells_two_meanings_apart(self, korean: dict) -> None:
        korean["of a clause", "Title"] = ("제목",)
        korean["of a person", "Title"] = ("직위",)
        assert translate(pmsg("of a clause", "Title"), "ko") == "제목"
        assert translate(pmsg("of a person", "Title"), "ko") == "직위"
        assert translate(msg("Title"), "ko") == "Title"

    def test_messages_inside_messages_are_shown_in_the_same_language(self, korean: dict) -> None:
        korean[None, "Support"] = ("찬성",)
        korean[None, "Position: %(position)s"] = ("입장: %(position)s",)
        outer = msg("Position: %(position)s", position=msg("Support"))
        assert translate(outer, "ko") == "입장: 찬성"
        assert translate(outer, "en") == "Position: Support"

    def test_values_have_their_formats(self) -> None:
        message = msg(
            "%(day)s|%(at)s|%(end)s|%(n)s|%(big)s|%(all)s|%(title)s",
            day=date(2025, 11, 12), at=NOON, end=as_deadline(DEADLINE), n=2025, big=as_number(12345),
            all=as_list(["a", msg("b"), "c"]), title=in_both(ko="시행령", en="Decree"),
        )
        assert translate(message, "en") == (
            "Wed 12 Nov 2025|Wed 12 Nov 2025, 14:03 KST|Mon 22 Dec 2025, 24:00 KST|2025|12,345|a, b and c|Decree"
        )
        assert translate(message, "ko") == (
            "2025. 11. 12.(수)|2025. 11. 12.(수) 14:03 (한국 시각)|2025. 12. 22.(월) 24:00|2025|12,345|a, b 및 c|시행령"
        )

    def test_the_other_language_where_one_is_missing(self) -> None:
        assert translate(msg("%(t)s", t=in_both(ko="시행령", en="")), "en") == "시행령"
        assert translate(msg("%(t)s", t=in_both(ko="", en="Decree")), "ko") == "Decree"

    def test_a_missing_value_is_an_error_that_names_it(self) -> None:
        with pytest.raises(KeyError, match="name"):
            translate(msg("Hello %(name)s"), "en")

    def test_a_ready_text_is_never_looked_up(self, korean: dict) -> None:
        korean[None, "Name"] = ("이름",)
        assert translate("Name", "ko") == "Name"
        assert translate("50% of [을/를] %(x)s", "ko") == "50% of [을/를] %(x)s"

    def test_percent_signs(self) -> None:
        assert translate(msg("100%% of %(n)s, 5% more", n=3), "en") == "100% of 3, 5% more"

    def test_an_unknown_language_is_refused(self) -> None:
        with pytest.raises(ValueError, match="fr"), use_locale("fr"):
            pass
        with pytest.raises(ValueError, match="fr"):
            translate(msg("x"), "fr")

    def test_is_stored_and_comes_back_equal(self) -> None:
        message = Message(
            "%(n)s by %(who)s",
            {
                "who": msg("the %(x)s", x="y"), "at": NOON, "day": date(2025, 1, 1), "d": Decimal("1.50"), "no": None,
                "end": as_deadline(DEADLINE), "big": as_number(Decimal("2.5")), "i": 3, "f": 0.5, "b": True,
                "all": as_list([msg("a"), "b"]), "title": in_both(ko="가", en="a"),
            },
            plural="%(n)s by all of %(who)s", n=2, context="filing",
        )
        assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message
        assert pickle.loads(pickle.dumps(message)) == message
        assert {message: 1}[pickle.loads(pickle.dumps(message))] == 1

    def test_a_value_of_another_type_is_not_stored(self) -> None:
        with pytest.raises(TypeError, match="object"):
            msg("%(x)s", x=object()).to_json()  # type: ignore[arg-type]


class TestCatalogueFiles:
    HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'

    def test_all_files_of_a_language_are_one_catalogue(self, tmp_path: Path) -> None:
        folder = tmp_path / "ko"
        folder.mkdir()
        (folder / "a.po").write_text(self.HEAD + 'msgid "One"\nmsgstr "하나"\n\nmsgid "Same"\nmsgstr "같음"\n')
        (folder / "b.po").write_text(
            self.HEAD + 'msgctxt "c"\nmsgid "One"\nmsgstr "일"\n\nmsgid "x"\nmsgid_plural "xs"\nmsgstr[0] "엑스"\n\n'
            '#, fuzzy\nmsgid "Unsure"\nmsgstr "아마"\n\nmsgid "Empty"\nmsgstr ""\n\nmsgid "Same"\nmsgstr "다름"\n'
        )
        read = read_catalogue("ko", tmp_path)
        assert read.text("One") == "하나"
        assert read.text("One", context="c") == "일"
        assert read.text("x", plural="xs", n=5) == "엑스"
        assert read.text("Unsure") == "Unsure"
        assert read.text("Empty") == "Empty"
        assert read.text("Same") == "같음"

    def test_a_language_without_files_is_its_source(self, tmp_path: Path) -> None:
        assert read_catalogue("en", tmp_path).texts == {}


PARTICLES = [
    # Hangul: open, closed, closed by ㄹ
    ("나무", "나무를", "나무로"), ("한국", "한국을", "한국으로"), ("한글", "한글을", "한글로"),
    # numbers as they are spoken
    ("0", "0을", "0으로"), ("1", "1을", "1로"), ("2", "2를", "2로"), ("3", "3을", "3으로"), ("4", "4를", "4로"),
    ("5", "5를", "5로"), ("6", "6을", "6으로"), ("7", "7을", "7로"), ("8", "8을", "8로"), ("9", "9를", "9로"),
    ("10", "10을", "10으로"), ("100", "100을", "100으로"), ("12,000", "12,000을", "12,000으로"),
    ("1,000,000,000,000", "1,000,000,000,000를", "1,000,000,000,000로"), ("3.10", "3.10을", "3.10으로"),
    ("제3조", "제3조를", "제3조로"), ("제12조의2", "제12조의2를", "제12조의2로"), ("①", "①을", "①로"),
    ("50%", "50%를", "50%로"), ("２０", "２０을", "２０으로"),
    # Latin letters: letter by letter, or as a loan word
    ("AI", "AI를", "AI로"), ("LLM", "LLM을", "LLM으로"), ("URL", "URL을", "URL로"), ("IBM", "IBM을", "IBM으로"),
    ("EU", "EU를", "EU로"), ("html", "html을", "html로"), ("GPT-4", "GPT-4를", "GPT-4로"),
    ("Google", "Google을", "Google로"), ("Intel", "Intel을", "Intel로"), ("Amazon", "Amazon을", "Amazon으로"),
    ("Microsoft", "Microsoft를", "Microsoft로"), ("internet", "internet을", "internet으로"),
    ("startup", "startup을", "startup으로"), ("camp", "camp를", "camp로"), ("cloud", "cloud를", "cloud로"),
    ("Café", "Café를", "Café로"),
    # closing marks are silent, an addition in round brackets as a whole
    ("「개인정보 보호법」", "「개인정보 보호법」을", "「개인정보 보호법」으로"), ('"나무"', '"나무"를', '"나무"로'),
    ("‘한국’ ", "‘한국’ 을", "‘한국’ 으로"), ("제3조(목적)", "제3조(목적)를", "제3조(목적)로"),
    ("가나다(주)", "가나다(주)를", "가나다(주)로"), ("가나다㈜", "가나다㈜를", "가나다㈜로"),
    ("(목적)", "(목적)을", "(목적)으로"),
    # dates and times as the portal writes them
    ("2025. 11. 12.(수)", "2025. 11. 12.(수)을", "2025. 11. 12.(수)로"),
    ("14:03 (한국 시각)", "14:03 (한국 시각)을", "14:03 (한국 시각)으로"), ("24:00", "24:00를", "24:00로"),
    # nothing tells the sound
    ("法", "法을(를)", "法(으)로"), ("", "을(를)", "(으)로"), ("…", "…을(를)", "…(으)로"),
]


class TestParticles:
    @pytest.mark.parametrize(("word", "object_form", "direction_form"), PARTICLES, ids=lambda value: value or "empty")
    def test_follow_the_sound_before(self, word: str, object_form: str, direction_form: str) -> None:
        assert fill("%(w)s[을/를]", {"w": word}, "ko") == object_form
        assert fill("%(w)s[으로/로]", {"w": word}, "ko") == direction_form

    @pytest.mark.parametrize(
        ("marker", "closed", "open_"),
        [
            ("은/는", "은", "는"), ("이/가", "이", "가"), ("과/와", "과", "와"), ("이라/라", "이라", "라"),
            ("아/야", "아", "야"),
        ],
    )
    def test_every_pair(self, marker: str, closed: str, open_: str) -> None:
        assert fill(f"%(w)s[{marker}]", {"w": "한국"}, "ko") == f"한국{closed}"
        assert fill(f"%(w)s[{marker}]", {"w": "나무"}, "ko") == f"나무{open_}"

    def test_decomposed_hangul_sounds_the_same(self) -> None:
        import unicodedata

        assert fill("%(w)s[을/를]", {"w": unicodedata.normalize("NFD", "한국")}, "ko").endswith("을")

    def test_listen_across_values_and_text(self) -> None:
        text = "%(a)s%(b)s[이/가] %(c)s 조항[을/를]"
        assert fill(text, {"a": "나무", "b": "", "c": "이"}, "ko") == "나무가 이 조항을"

    def test_brackets_that_are_no_particle_stay(self) -> None:
        assert fill("[찬성/반대]", {}, "ko") == "[찬성/반대]"

    @given(st.text())
    def test_a_marker_that_a_person_typed_stays_as_typed(self, typed: str) -> None:
        value = f"{typed}[을/를]%(x)s%%"
        assert fill("<%(v)s>", {"v": value}, "ko") == f"<{value}>"

    @given(st.text())
    def test_never_fail(self, word: str) -> None:
        shown = fill("%(w)s[으로/로]", {"w": word}, "ko")
        assert shown[: len(word)] == word
        assert shown[len(word) :] in ("으로", "로", "(으)로")


class TestHtml:
    def test_values_are_escaped_and_the_text_is_not(self) -> None:
        shown = fill("<b>%(w)s</b>[을/를]", {"w": "<i>한국&"}, "ko", html=True)
        assert shown == "<b>&lt;i&gt;한국&amp;</b>을"
        assert isinstance(shown, Markup)

    def test_markup_is_kept_and_heard_without_its_tags(self) -> None:
        assert fill("%(w)s[을/를]", {"w": Markup("<a href='x'>나무</a>")}, "ko", html=True) == "<a href='x'>나무</a>를"

    @given(st.text())
    def test_no_value_opens_a_tag(self, value: str) -> None:
        shown = fill("%(v)s", {"v": value}, "ko", html=True)
        assert "<" not in shown
        assert Markup(shown).unescape() == value


class TestFormats:
    def test_dates(self) -> None:
        assert format_date(date(2025, 11, 12), "ko") == "2025. 11. 12.(수)"
        assert format_date(date(2025, 9, 1), "en") == "Mon 1 Sep 2025"
        assert format_date(datetime(2025, 11, 11, 15, tzinfo=UTC), "ko") == "2025. 11. 12.(수)"

    def test_instants(self) -> None:
        assert format_datetime(NOON, locale="ko") == "2025. 11. 12.(수) 14:03 (한국 시각)"
        assert format_datetime(NOON, locale="en") == "Wed 12 Nov 2025, 14:03 KST"
        assert format_datetime(NOON, True, "ko") == "2025. 11. 12.(수) 14:03:09 (한국 시각)"
        assert format_datetime(NOON, seconds=True, locale="en", zone=False) == "Wed 12 Nov 2025, 14:03:09"
        in_tokyo_minus_12 = NOON.astimezone(timezone(timedelta(hours=-3)))
        assert format_datetime(in_tokyo_minus_12, locale="en") == "Wed 12 Nov 2025, 14:03 KST"

    def test_an_exclusive_midnight_is_the_day_before(self) -> None:
        assert format_deadline(DEADLINE, "ko") == "2025. 12. 22.(월) 24:00"
        assert format_deadline(DEADLINE, "en") == "Mon 22 Dec 2025, 24:00 KST"
        assert format_deadline(DEADLINE - timedelta(hours=6), "ko") == "2025. 12. 22.(월) 18:00"
        assert format_deadline(DEADLINE + timedelta(seconds=1), "ko") == "2025. 12. 23.(화) 00:00:01"

    @pytest.mark.parametrize("show", [format_datetime, format_deadline, format_date, as_deadline])
    def test_a_naive_instant_is_refused(self, show: object) -> None:
        with pytest.raises(ValueError, match="naive"):
            show(datetime(2025, 1, 1))  # type: ignore[operator]

    def test_nothing_is_no_day(self) -> None:
        with pytest.raises(TypeError):
            format_date(None)  # type: ignore[arg-type]

    def test_numbers_and_lists(self) -> None:
        assert format_number(1234567, "ko") == format_number(1234567, "en") == "1,234,567"
        assert format_list(["가", "나"], "ko") == "가 및 나"
        assert format_list(["a", "b", "c"], "en") == "a, b and c"
        assert format_list([], "en") == ""

    def test_the_current_locale_is_the_default(self) -> None:
        with use_locale("en"):
            assert format_date(date(2025, 11, 12)) == "Wed 12 Nov 2025"
        with use_locale("ko"):
            assert format_date(date(2025, 11, 12)) == "2025. 11. 12.(수)"
