"""Files that are made to harm: refused in plain words, within two seconds of processor time, without filling memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import fuzz_readers
from portal.ordinances import readers
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import source
from tests.support.timing import assert_within

LAW = fuzz_readers._LAW
TEXT = fuzz_readers._FLAT


def _zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def _entities(xml: str) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE 법령 [<!ENTITY l0 "ha">{laughs}]>'
    return xml.replace("?>", f"?>{declared}", 1).replace("글 <개정", "&l9; <개정", 1).encode()


#: Each is made when a test asks for it: together they take seconds, and hundreds of megabytes.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "entity bomb": lambda: _entities(LAW),
    "external entity": lambda: LAW.replace("?>", '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)
    .replace("시험 시행령", "&x;", 1).encode(),
    "external document type": lambda: LAW.replace("?>", '?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">', 1).encode(),
    "deep elements": lambda: b"<" + "법령".encode() + b"><a>" * 1 + b"<a>" * 200_000,
    "closed deep elements": lambda: (
        "<법령><조문>".encode() + b"<a>" * 50_000 + b"</a>" * 50_000 + "</조문></법령>".encode()),
    "many elements": lambda: "<법령><조문>".encode() + b"<a/>" * 1_000_000 + "</조문></법령>".encode(),
    "many attributes": lambda: "<법령 ".encode() + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>",
    "an XML cut short": lambda: LAW.encode()[:900],
    "another XML": lambda: b"<rss version='2.0'><channel/></rss>",
    "deep JSON": lambda: b"[" * 1_000_000,
    "deep JSON, closed": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number without end": lambda: b'{"regulation": ' + b"9" * 3_000_000 + b"}",
    "JSON cut short": lambda: json.dumps(fuzz_readers._EU).encode()[:200],
    "zip bomb": lambda: _zip(**{"[Content_Types].xml": b"<a/>", "word__document.xml": b"\0" * (300 << 20)}),
    "zip with a text that is too long": lambda: _zip(
        **{"mimetype": b"application/hwp+zip", "Contents__section0.xml": b" " * (90 << 20)}),
    "many members": lambda: _zip(**{f"m{n}": b"" for n in range(30_000)}),
    "zip cut short": lambda: _zip(**{"[Content_Types].xml": b"<a/>", "word__document.xml": b"<a/>"})[:60],
    "another archive": lambda: _zip(**{"a.txt": b"a"}),
    "200 MB": lambda: b"\xec\xa0\x9c" * (200 << 18),
    "binary": lambda: bytes(range(256)) * 4_000,
    "HWP": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100_000,
    "PDF": lambda: b"%PDF-1.7\n" + b"1" * 100_000,
    "no clause": lambda: "그냥 글\n".encode() * 100_000,
    "one line": lambda: "제1조".encode() * 800_000,
    "halves of characters": lambda: json.dumps(fuzz_readers._EU | {"citation": "\ud800"}).encode(),
    "combining marks, escaped": lambda: json.dumps(fuzz_readers._EU | {"citation": "a" + "\u0301" * 500_000}).encode(),
    "combining marks": lambda: ("가" + "\u0301\u0323" * 500_000).encode(),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_within_two_seconds(what: str) -> None:
    data = HOSTILE[what]()

    def refuse() -> None:
        with pytest.raises(UnreadableDraft) as caught:
            readers.read(data)
        assert str(caught.value)

    assert_within(2, refuse)


@pytest.mark.parametrize("what", ["entity bomb", "many attributes", "zip bomb", "200 MB", "many elements", "deep JSON"])
def test_a_hostile_file_fills_no_memory(what: str) -> None:
    data = HOSTILE[what]()
    tracemalloc.start()
    with pytest.raises(UnreadableDraft):
        readers.read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 << 20


def test_a_text_at_the_limit_is_read_in_bounded_time() -> None:
    chapter = "".join(f"제{number}조(표제) ① 다음 각 호의 것\n1. 글\n2. 글\n② 글\n" for number in range(1, 9_000))
    padded = (chapter + "부칙\n이 영은 시행한다.\n" + "글 " * 100_000).encode()[: source.MAX_TEXT_BYTES]

    def read() -> None:
        assert readers.read(padded, "안.txt").draft.clause_count > 40_000

    assert_within(8, read)


def test_cp949_and_utf_16_are_read_in_every_flat_format() -> None:
    for encoding in ("cp949", "utf-16"):
        assert readers.read(TEXT.encode(encoding)).source_format == "plain_text"
        markdown = TEXT.replace("제1조", "##### 제1조")
        assert readers.read(markdown.encode(encoding)).source_format == "legalize_markdown"
    declared = LAW.replace('encoding="UTF-8"', 'encoding="EUC-KR"').encode("cp949")
    reading = readers.read_as("law_go_kr_xml", declared)
    assert reading.draft.title_ko == "시험 시행령"
    assert readers.read(declared).draft == reading.draft


def test_a_web_process_loads_no_library_for_documents_at_its_start() -> None:
    code = ("import sys; from portal.ordinances import readers; readers.read('제1조(하나) 글'.encode()); "
            "print([name for name in ('lxml', 'docx', 'hwpx', 'openpyxl') if name in sys.modules])")  # fmt: skip
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
