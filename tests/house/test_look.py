"""What the look promises, checked without a browser: contrast, names that exist, nothing inline, vendored files."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path

import pytest

from portal.kernel import words
from portal.settings import folder

STATIC = folder("static")
TEMPLATES = folder("templates")
CSS = {path.name: path.read_text() for path in sorted((STATIC / "css").glob("*.css"))}
TOKENS = CSS["tokens.css"]
SCHEMES = ("light", "dark", "light contrast", "dark contrast")


def value(name: str, scheme: str) -> str:
    """The hex value of a token in a scheme, through the tokens that it leans on."""
    found = re.search(rf"[\s;]--{name}: ([^;]+);", TOKENS)
    assert found, f"no token --{name}"
    text = found[1].strip()
    if text.startswith("var(--hc-"):
        own, _, normal = text.removeprefix("var(--").removesuffix(")").partition(", ")
        if scheme.endswith("contrast"):
            return resolve(re.search(rf"--{own}: var\(--hc\) ([^;]+);", TOKENS)[1], scheme)  # type: ignore[index]
        text = normal
    return resolve(text, scheme)


def resolve(text: str, scheme: str) -> str:
    if text.startswith("light-dark("):
        light, dark = text.removeprefix("light-dark(").removesuffix(")").split(", ")
        text = dark if scheme.startswith("dark") else light
    if text.startswith("var(--"):
        return value(text.removeprefix("var(--").removesuffix(")"), scheme)
    return text


def linear(hex_colour: str) -> tuple[float, float, float]:
    """Linear red, green, blue, as WCAG 2.2 defines relative luminance."""
    digits = hex_colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "ink-strong", "ink-soft", "ink-faint", "link", "danger", "warning", "success", "info", *words.POSITIONS)
PAIRS = [
    *itertools.product(TEXTS, GROUNDS),
    *((tone, f"{tone}-pale") for tone in ("danger", "warning", "success", "info", *words.POSITIONS)),
    *(("ink", f"{tone}-pale") for tone in ("danger", "warning", "success", "info", "primary", *words.POSITIONS)),
    *((tone, "primary-pale") for tone in words.POSITIONS),
    ("on-primary", "primary"), ("on-primary-hover", "primary-hover"), ("link", "primary-pale"),
    ("ink-soft", "sunken-strong"),
    ("deleted", "deleted-ground"), ("inserted", "inserted-ground"), ("ink", "internal-ground"),
    ("desk-ink", "desk"), ("desk-soft", "desk"), *(("ground", tone) for tone in words.POSITIONS),
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_can_be_read_on_their_ground(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1; 7 to 1 for ink and links where the reader asked for more contrast."""
    for text, ground in PAIRS:
        least = 7.0 if scheme.endswith("contrast") and text in ("ink", "ink-soft", "ink-faint", "link") else 4.5
        ratio = contrast(value(text, scheme), value(ground, scheme))
        assert ratio >= least, f"--{text} on --{ground} is {ratio:.2f} in {scheme}"


@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_bars_and_borders_can_be_seen(scheme: str) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1 for what is needed to understand a control or a chart."""
    for name in ("line-strong", "focus", "primary", *(f"{position}-fill" for position in words.POSITIONS)):
        assert contrast(value(name, scheme), value("ground", scheme)) >= 3, name


# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def lab(colour: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(1.0, max(0.0, c)) for c in colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_positions_are_told_apart_by_every_eye(eye: str, scheme: str) -> None:
    """CIE 1976 difference of at least 20 between any two; a just noticeable one is 2.3."""
    seen = {}
    for position in words.POSITIONS:
        colour = linear(value(f"{position}-fill", scheme))
        seen[position] = lab(tuple(sum(m * c for m, c in zip(row, colour, strict=True)) for row in EYES[eye]))
    for one, other in itertools.combinations(seen, 2):
        difference = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert difference >= 20, f"{one} and {other}: {difference:.0f}"


@pytest.mark.parametrize("scheme", SCHEMES[:2])
def test_neighbours_in_a_bar_differ_in_grey_print(scheme: str) -> None:
    lightness = [lab(linear(value(f"{position}-fill", scheme)))[0] for position in words.POSITIONS]
    assert all(abs(a - b) >= 5 for a, b in itertools.pairwise(lightness))


def test_every_custom_property_that_is_used_exists() -> None:
    everything = "".join(CSS.values())
    defined = set(re.findall(r"(--[\w-]+):", everything))
    used = set(re.findall(r"var\((--[\w-]+)\)", everything))
    assert used <= defined, used - defined


def test_every_token_is_used() -> None:
    everything = "".join(CSS.values())
    defined = set(re.findall(r"[\s;{](--[\w-]+):", TOKENS)) - {"--hc"}
    unused = {name for name in defined if f"var({name}" not in everything}
    assert not unused


def test_css_names_colours_in_one_place_only() -> None:
    for name, css in CSS.items():
        if name != "tokens.css":
            allowed = ("#fff", "#86aff9")  # the dark header's own white and mark
            found = [c for c in re.findall(r"#[0-9a-f]{3,8}\b", css) if not c.startswith(allowed)]
            assert not found, f"{name}: {found}"


def test_braces_balance_and_all_rules_are_in_a_layer() -> None:
    for name, css in CSS.items():
        bare = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
        assert bare.count("{") == bare.count("}"), name
        depth, outside = 0, ""
        for character in bare:
            depth += (character == "{") - (character == "}")
            outside += character if depth == 0 else ""
        assert re.fullmatch(r"\s*(@layer [\w, ]+;)?(\s*@layer \w+ \}\s*)+", outside.replace("{", "")), name


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    """The CSP would refuse them; mails are not pages, and carry what they need."""
    if "mail" in path.relative_to(TEMPLATES).parts:
        return
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=[\"']", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text.replace('href="https://www.law.go.kr', ""))


def test_every_icon_that_is_named_exists() -> None:
    sprite = (STATIC / "img" / "icons.svg").read_text()
    have = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = set()
    for path in templates():
        named |= set(re.findall(r"icon\('([\w-]+)'(?! ~)", path.read_text()))
        named |= set(re.findall(r"icon_name='([\w-]+)'", path.read_text()))
        named |= set(re.findall(r"'icon': '([\w-]+)'", path.read_text()))
    named |= {f"position-{code}" for code in words.POSITIONS} | {f"disposition-{code}" for code in words.DISPOSITIONS}
    assert {n for n in named if not n.endswith("-")} <= have


def vendored() -> list[tuple[Path, str]]:
    of_tests = Path(__file__).parents[1] / "e2e" / "vendor" / "axe-VERSION.txt"
    return [
        (record.parent / name, digest)
        for record in (*STATIC.glob("vendor/*/VERSION"), of_tests)
        for digest, name in re.findall(r"^sha256 ([0-9a-f]{64})  (.+)$", record.read_text(), flags=re.M)
    ]


def test_vendored_files_are_what_their_record_says() -> None:
    records = vendored()
    assert len(records) > 100
    for path, digest in records:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path


def test_fonts_come_from_here_and_every_subset_is_there() -> None:
    css = (STATIC / "vendor/pretendard-gov/pretendard-gov.css").read_text()
    addresses = re.findall(r"url\(([^)]+)\)", css)
    assert addresses
    for address in addresses:
        assert (STATIC / "vendor/pretendard-gov" / address).is_file(), address
