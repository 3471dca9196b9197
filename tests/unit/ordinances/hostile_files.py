"""Files made to break a reader: each is refused in plain words, soon, and without filling the memory.

Run as a program it reads each of them in a process of its own and prints its name, the seconds and the megabytes that
it took, and what was said of it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

from tests.support import timing

MEGABYTE = 1024 * 1024
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITY_BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]><a>&l9;</a>'.encode()
EXTERNAL_ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
HIDDEN_DOCTYPE = '<?xml version="1.0" encoding="UTF-16"?><!-- a --><!DOCTYPE a SYSTEM "http://x/y.dtd"><a/>'.encode(
    "utf-16"
)
QUADRATIC = b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 100_000 + b'">]><a>' + b"&x;" * 100_000 + b"</a>"
AKN = b'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><body>'
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
HANGUL = b'<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph">'


def zipped(**members: bytes) -> bytes:
    """An archive; `__` in a name stands for a slash, `_dot_` for a point."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def docx_of(document: bytes, **more: bytes) -> bytes:
    """A DOCX whose main part is this."""
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    data = zipped(word__document_dot_xml=document, **more)
    out = BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("[Content_Types].xml", types)
    return out.getvalue()


def hwpx_of(section: bytes, **more: bytes) -> bytes:
    """An HWPX whose only section is this."""
    return zipped(mimetype=b"application/hwp+zip", Contents__section0_dot_xml=section, **more)


def _lying_size() -> bytes:
    """An archive whose directory says that a member is far smaller than it is."""
    data = bytearray(docx_of(b"<a>" + b" " * 5 * MEGABYTE + b"</a>"))
    size = (5 * MEGABYTE + 7).to_bytes(4, "little")
    return bytes(data.replace(size, (10).to_bytes(4, "little")))


def _encrypted() -> bytes:
    data = bytearray(docx_of(b"<a/>"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


_PARAGRAPH = "<w:p><w:r><w:t>제1조(목적) 글</w:t></w:r></w:p>".encode()
_DEEP_TABLES = b"<w:tbl><w:tr><w:tc>" * 60 + _PARAGRAPH + b"</w:tc></w:tr></w:tbl>" * 60
_WIDE_CELL = b'<w:tc><w:tcPr><w:gridSpan w:val="999"/></w:tcPr><w:p/></w:tc>'
_TALL_CELL = b'<hp:tc><hp:cellAddr colAddr="0" rowAddr="0"/><hp:cellSpan colSpan="9999" rowSpan="9999"/></hp:tc>'

#: What each is called, and how it is made.
FILES: dict[str, Callable[[], bytes]] = {
    "entity bomb": lambda: ENTITY_BOMB,
    "entity bomb in DOCX": lambda: docx_of(ENTITY_BOMB),
    "entity bomb in HWPX": lambda: hwpx_of(ENTITY_BOMB),
    "external entity": lambda: EXTERNAL_ENTITY,
    "external entity in DOCX": lambda: docx_of(EXTERNAL_ENTITY),
    "document type in UTF-16": lambda: HIDDEN_DOCTYPE,
    "one long entity many times": lambda: QUADRATIC,
    "zip bomb": lambda: docx_of(b"<a>" + bytes(120 * MEGABYTE) + b"</a>"),
    "zip bomb of spaces": lambda: hwpx_of(b"<a>" + b" " * 39 * MEGABYTE + b"</a>"),
    "many members": lambda: zipped(**{f"m{number}": b"" for number in range(5_000)}),
    "a size that lies": _lying_size,
    "a password": _encrypted,
    "truncated DOCX": lambda: docx_of(WORD + _PARAGRAPH)[:-40],
    "truncated XML": lambda: AKN + b"<article eId='art_1'><num>1",
    "truncated XML in HWPX": lambda: hwpx_of(HANGUL + b"<hp:p>"),
    "200 MB": lambda: b"a" * 200 * MEGABYTE,
    "200 MB of XML": lambda: AKN + b"<a/>" * (50 * MEGABYTE),
    "a program": lambda: b"\x7fELF" + bytes(1000),
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "old HWP": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
    "an archive of nothing": lambda: zipped(a=b"b"),
    "deep XML": lambda: AKN + b"<part>" * 100_000 + b"</part>" * 100_000,
    "deep parts": lambda: AKN + b"<part>" * 190 + b"</part>" * 190 + b"</body></act></akomaNtoso>",
    "nothing but tags": lambda: AKN + b"<p/>" * 1_900_000 + b"</body></act></akomaNtoso>",
    "nothing but attributes": lambda: b"<akomaNtoso " + b" ".join(b'a%d=""' % n for n in range(700_000)) + b"/>",
    "nothing but namespaces": lambda: b"<akomaNtoso " + b" ".join(b'xmlns:a%d="b"' % n for n in range(400_000)) + b"/>",
    "one long text": lambda: AKN + b"<p>" + b"a " * (7 * MEGABYTE // 2) + b"</p></body></act></akomaNtoso>",
    "as many paragraphs as are let in": lambda: docx_of(
        WORD + b"".join(f"<w:p><w:r><w:t>제{n}조({n}) 글</w:t></w:r></w:p>".encode() for n in range(50_000))
        + b"</w:body></w:document>"
    ),
    "half a million attributes": lambda: docx_of(
        WORD + b"".join(b'<w:p w:a="%x"/>' % (n * 2654435761 % 2**40) for n in range(500_000)) + b"</w:body></w:document>"
    ),
    "tables in tables": lambda: docx_of(WORD + _DEEP_TABLES + b"</w:body></w:document>"),
    "a cell of a thousand columns": lambda: docx_of(
        WORD + b"<w:tbl>" + (b"<w:tr>" + _WIDE_CELL * 300 + b"</w:tr>") * 100 + b"</w:tbl></w:body></w:document>"
    ),
    "a cell of a hundred million": lambda: hwpx_of(
        HANGUL + b"<hp:p><hp:run><hp:tbl>" + (b"<hp:tr>" + _TALL_CELL * 50 + b"</hp:tr>") * 100
        + b"</hp:tbl></hp:run></hp:p></hs:sec>"
    ),
    "many sections": lambda: zipped(mimetype=b"application/hwp+zip", **{
        f"Contents__section{number}_dot_xml": HANGUL + b"<hp:p/>" * 140_000 + b"</hs:sec>" for number in range(10)
    }),
    "many parts of one name": lambda: (
        "<법령><조문>".encode() + b"<a/>" * 100_000 + b"<b/>" * 50_000 + "</조문></법령>".encode()
    ),
    "another charset": lambda: b'<?xml version="1.0" encoding="UTF-7"?><akomaNtoso/>',
    "bytes that are no text": lambda: AKN + bytes(range(128, 256)) * 10,
}  # fmt: skip


def _measured(name: str) -> str:
    from portal.ordinances import readers
    from portal.ordinances.problems import UnreadableDraft

    data = FILES[name]()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        readers.read(data)
        told = "taken"
    except UnreadableDraft as problem:
        told = str(problem)
    took, after = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{took / timing.slowness():.2f}\t{(after - before) / 1024:.0f}\t{told}"


def _apart(name: str) -> None:
    """One file in a process of its own, which ends after a minute at the latest."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        print(name, _measured(name), sep="\t", flush=True)
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    from lxml import etree  # noqa: F401 - loading them is no part of what is measured

    from portal.ordinances.readers import akoma_ntoso, docx, hwpx, law_go_kr_xml  # noqa: F401

    for each in sys.argv[1:] or FILES:
        _apart(each)
