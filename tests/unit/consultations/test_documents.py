"""Files of a notice: what is taken is what it says it is."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.consultations import documents
from portal.consultations.documents import MAX_BYTES, checked_file, safe_filename
from portal.kernel.errors import InvalidError
from portal.kernel.i18n import translate

SAMPLES = Path(__file__).parents[3].parent / "shared" / "data" / "ordinances" / "samples"


def package(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package with these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as made:
        for name, content in parts:
            made.writestr(name, content)
    return held.getvalue()


DOCX = package(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"))
XLSX = package(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"))
HWPX = package(("mimetype", b"application/hwp+zip"), ("Contents/section0.xml", b"<hs:sec/>"))
HWP = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 1024 + b"HWP Document File" + b"\x00" * 64
DOC = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 2048
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def refusal(filename: str, content: bytes) -> str:
    with pytest.raises(InvalidError) as refused:
        checked_file(filename, content)
    assert list(refused.value.problems) == ["file"]
    return translate(refused.value.problems["file"][0], "en")


@pytest.mark.parametrize(("filename", "content"), [
    ("분석서.pdf", PDF), ("a.PDF", b"\n" + PDF), ("a.docx", DOCX), ("a.xlsx", XLSX), ("a.hwpx", HWPX), ("a.hwp", HWP),
    ("a.txt", "조문별 이유".encode()), ("a.md", b"# reasons\n")])
def test_what_it_says_it_is(filename: str, content: bytes) -> None:
    file = checked_file(filename, content)
    assert file.content == content and file.digest == hashlib.sha256(content).hexdigest()
    assert file.media_type == documents.MEDIA_TYPES[filename.rpartition(".")[2].lower()]


@pytest.mark.parametrize(("filename", "content"), [
    ("a.pdf", DOCX), ("a.pdf", b"MZ\x90\x00"), ("a.docx", XLSX), ("a.xlsx", DOCX), ("a.hwpx", DOCX), ("a.hwp", DOC),
    ("a.hwp", HWPX), ("a.docx", PDF), ("a.docx", DOCX[:60]), ("a.xlsx", b"PK\x03\x04" + b"\x00" * 100),
    ("a.txt", PDF + b"\x00"), ("a.md", b"\x7fELF\x02\x01\x01\x00"), ("a.txt", b"\xff\xfe\x00\x01\x9f")], ids=lambda value: value if isinstance(value, str) else "content")
def test_what_it_is_not(filename: str, content: bytes) -> None:
    assert "content is something else" in refusal(filename, content)


@pytest.mark.parametrize("filename", ["a.exe", "a.html", "a.svg", "a.docm", "a.zip", "pdf", "a.pdf.exe", ".pdf", "a."])
def test_kinds_that_are_not_taken(filename: str) -> None:
    assert "cannot be attached" in refusal(filename, PDF)


def test_macros_are_not_taken() -> None:
    content = package(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"),
                      ("word/vbaProject.bin", b"\x00"))
    assert "content is something else" in refusal("a.docx", content)


def test_text_of_an_old_word_processor_is_kept_readable() -> None:
    assert checked_file("a.txt", "규제영향분석서".encode("cp949")).content.decode() == "규제영향분석서"


def test_empty_and_too_large() -> None:
    assert "empty" in refusal("a.pdf", b"")
    assert "21 MB" in refusal("a.pdf", PDF + b"0" * (21 * 1024 * 1024 - len(PDF)))
    assert checked_file("a.pdf", PDF + b"0" * (MAX_BYTES - len(PDF))).digest


def test_a_bomb_is_measured_and_refused() -> None:
    zeros = b"\x00" * (documents.MAX_UNPACKED_BYTES + 1)
    content = package(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", zeros))
    assert len(content) < 1024 * 1024
    assert "unpacks to far more" in refusal("a.docx", content)


def test_what_a_bomb_says_of_its_size_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_UNPACKED_BYTES", 1_000_000)
    content = bytearray(package(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"\x00" * 3_000_000)))
    declared = (3_000_000).to_bytes(4, "little")
    while (at := content.find(declared)) >= 0:  # local header and directory both claim a small part
        content[at:at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(InvalidError):
        checked_file("a.docx", bytes(content))


def test_many_parts_and_passwords_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_PARTS", 10)
    many = package(("[Content_Types].xml", b""), ("word/document.xml", b""), *((f"p{n}", b"") for n in range(10)))
    assert "unpacks to far more" in refusal("a.docx", many)
    locked = bytearray(DOCX)
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "password" in refusal("a.docx", bytes(locked))


@pytest.mark.parametrize(("given_name", "kept"), [
    ("../../etc/passwd.pdf", "passwd.pdf"), (r"C:\Users\박\분석서.pdf", "분석서.pdf"),
    ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
    ("a\u202efdp.exe.pdf", "afdp.exe.pdf"), ("...", "file"), ("", "file"), ('a"b.pdf', "a_b.pdf")])
def test_names_are_made_safe(given_name: str, kept: str) -> None:
    assert safe_filename(given_name) == kept


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_name_leads_elsewhere(name: str) -> None:
    safe = safe_filename(name)
    assert 0 < len(safe) <= 150 and not set(safe) & set('/\\\r\n\x00"<>:|?*') and safe not in (".", "..")
    assert safe_filename(safe) == safe


def test_real_hwpx_files() -> None:
    if not SAMPLES.exists():
        pytest.skip(f"the samples are not here: {SAMPLES}")
    for path in SAMPLES.glob("*.hwpx"):
        assert checked_file(path.name, path.read_bytes()).media_type == "application/hwp+zip"
