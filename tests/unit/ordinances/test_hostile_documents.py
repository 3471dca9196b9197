"""Hostile documents are refused in plain words within two seconds, without filling the memory; damaged ones never crash a
reader. A longer run of the same: `python -m tests.unit.ordinances.fuzz_documents 100000`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from portal.ordinances import readers
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import containers
from tests.support import timing
from tests.unit.ordinances import fuzz_documents, hostile_files

#: These are read: what they hold fits within the limits.
TAKEN = frozenset({"tables in tables", "as many paragraphs as are let in"})


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[str, ...]]:
    """Seconds, megabytes and what was said, by the name of the file: each read in a process of its own."""
    ran = subprocess.run([sys.executable, "-m", "tests.unit.ordinances.hostile_files"], capture_output=True,
                         text=True, timeout=170, cwd=Path(__file__).parents[3], check=True)  # fmt: skip
    lines = [line.split("\t") for line in ran.stdout.splitlines()]
    return {name: tuple(found) for name, *found in lines}


@pytest.mark.parametrize("name", hostile_files.FILES)
def test_a_hostile_file_is_refused_soon_and_in_little_memory(name: str, measured: dict[str, tuple[str, ...]]) -> None:
    seconds, megabytes, told = measured[name]
    assert (told == "taken") == (name in TAKEN)
    assert float(seconds) < (6 if name in TAKEN else 2) * timing.ROOM  # of an idle machine's processor time
    assert int(megabytes) < 150


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for attack in (f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>',
                   f'<?xml version="1.0"?>\n<!-- -->\n<!DOCTYPE a SYSTEM "{secret.as_uri()}"><a/>'):  # fmt: skip
        with pytest.raises(UnreadableDraft, match="document type"):
            containers.parse_xml(attack.encode())


@pytest.mark.parametrize(("data", "text"), [
    ("<a>가</a>".encode(), "가"),
    (b"\xef\xbb\xbf" + "<a>가</a>".encode(), "가"),
    ('<?xml version="1.0" encoding="EUC-KR"?><a>가</a>'.encode("cp949"), "가"),
    ('<?xml version="1.0" encoding="UTF-16"?><a>가</a>'.encode("utf-16"), "가"),
    ("<a>\u1100\u1161\uf90a</a>".encode(), "가金"),
    (b"<a><!-- x -->b<?php y?></a>", "b"),
    (b"<a>&lt;!DOCTYPE x&gt;<![CDATA[<!DOCTYPE y>]]></a>", "<!DOCTYPE x><!DOCTYPE y>"),
])  # fmt: skip
def test_xml_in_every_encoding_that_we_read(data: bytes, text: str) -> None:
    assert "".join(containers.parse_xml(data).itertext()) == text


@pytest.mark.parametrize("data", [b"", b"a", b"<a>", b"<a></b>", b"<a>&nbsp;</a>", b"<a>\x01</a>", b"<a/><b/>",
                                  b'<?xml version="1.0" encoding="UTF-8"?>'])  # fmt: skip
def test_xml_that_is_not_well_formed(data: bytes) -> None:
    with pytest.raises(UnreadableDraft, match="no well-formed XML"):
        containers.parse_xml(data)


def test_an_archive_is_unpacked_member_by_member() -> None:
    archive = containers.open_zip(hostile_files.zipped(a=b"1", b=b"2"))
    assert list(archive) == ["a", "b"]
    assert archive["a"] == b"1" and "c" not in archive and len(archive) == 2
    with pytest.raises(KeyError):
        archive["c"]


def test_a_damaged_member_is_refused_when_it_is_read() -> None:
    data = bytearray(hostile_files.zipped(a=bytes(range(256)) * 20))
    place = data.find(b"a", 30) + 8
    data[place : place + 20] = b"x" * 20
    with pytest.raises(UnreadableDraft, match="cannot be unpacked"):
        containers.open_zip(bytes(data))["a"]


def test_damaged_files_never_crash_a_reader() -> None:
    assert fuzz_documents.run(200, seed=20260101) > 0


def test_a_document_in_no_format_of_ours() -> None:
    for data in (hostile_files.zipped(a=b"b"), hostile_files.zipped(mimetype=b"application/epub+zip")):
        with pytest.raises(UnreadableDraft, match="DOCX and HWPX"):
            readers.read(data)
