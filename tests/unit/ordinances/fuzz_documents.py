"""Damaged documents for the readers of DOCX, HWPX, Akoma Ntoso and Markdown with anchors: bytes and XML changed at
random. A reader gives a draft or says why not; it never does anything else, and never takes long.

    python -m tests.unit.ordinances.fuzz_documents 100000 [seed]
"""

from __future__ import annotations

import random
import sys
import time
import zipfile
from io import BytesIO

from portal.ordinances import readers, writers
from portal.ordinances.problems import UnreadableDraft
from tests.support import timing
from tests.unit.ordinances.small_draft import SMALL

#: The main member of an archive, and the others that a reader looks at.
_MEMBERS = {"docx": ("word/document.xml", "word/styles.xml", "customXml/item1.xml", "[Content_Types].xml"),
            "hwpx": ("Contents/section0.xml", "Contents/header.xml", "Contents/content.hpf")}  # fmt: skip
_FORMATS = {"docx": "docx", "hwpx": "hwpx", "akoma_ntoso": "akoma_ntoso", "markdown": "legalize_markdown"}
_PIECES = [b"<", b">", b"</", b"/>", b'"', b"&", b"&amp;", b"&x;", b"<!--", b"]]>", b"\x00", b"\xff", b"0", b"-1", b"999999999",
           "제1조".encode(), "①".encode(), "부칙".encode(), b"para", b"art_1", b"__", b"tbl_0", b"{", b"[", b"null", b" ", b"\n",
           b"<table>", b"\\"]  # fmt: skip
SLOWEST = 2.0


def run(inputs: int, seed: int) -> int:
    """Reads this many damaged documents; how many of them were taken all the same. Raises what a reader should not."""
    chance = random.Random(seed)
    whole = {to: [writers.write(SMALL, to, language) for language in ("ko", "en")] for to in _FORMATS}
    taken = 0
    for number in range(inputs):
        to = chance.choice(list(_FORMATS))
        data = _damaged(chance, to, chance.choice(whole[to]))
        start = time.process_time()
        try:
            reading = readers.read(data) if chance.random() < 0.2 else readers.read_as(_FORMATS[to], data)
            eids = [clause.eid for clause in reading.draft.clauses]
            assert len(set(eids)) == len(eids), "an address stands twice"
            assert all(
                clause.parent is None or clause.parent in reading.draft.by_eid for clause in reading.draft.clauses
            )
            writers.write(reading.draft, to)
            taken += 1
        except UnreadableDraft as problem:
            if not str(problem):
                raise AssertionError(f"input {number} of seed {seed} ({to}) was refused without a word") from problem
        except Exception as problem:
            raise AssertionError(f"input {number} of seed {seed} ({to}): {problem!r}") from problem
        took = time.process_time() - start
        assert took < SLOWEST or took / timing.slowness() < SLOWEST, f"input {number} of seed {seed} ({to}) took {took:.1f} s"
    return taken


def _damaged(chance: random.Random, to: str, data: bytes) -> bytes:
    if to not in _MEMBERS or chance.random() < 0.1:
        return _changed(chance, data)
    archive = zipfile.ZipFile(BytesIO(data))
    chosen = chance.choice([_MEMBERS[to][0], *_MEMBERS[to]])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name in archive.namelist():
            if name != chosen or chance.random() < 0.97:
                copy.writestr(name, _changed(chance, archive.read(name)) if name == chosen else archive.read(name))
    return out.getvalue()


def _changed(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 10])):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0:
                changed[place : place + chance.choice([1, 1, 4, 50, 1000])] = b""
            case 1:
                changed[place:place] = chance.choice(_PIECES)
            case 2:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 3:
                other = chance.randrange(len(changed) + 1)
                changed[place:place] = changed[other : other + chance.choice([5, 50, 500])]
            case 4:
                _swap(chance, changed, (b"<w:p>", b"<hp:p ", b"eId=", b"</", b'"', b"ord", b"<num>", b"styleIDRef"))
            case 5:
                _swap(chance, changed, ("제".encode(), "①".encode(), b"1", b"art_", b"para_", b"(", b"."))
    return bytes(changed)


def _swap(chance: random.Random, data: bytearray, marks: tuple[bytes, ...]) -> None:
    """One mark of the file in place of another."""
    mark = chance.choice(marks)
    places = [place for place in range(len(data)) if data.startswith(mark, place)] if mark in data else []
    if places:
        place = chance.choice(places)
        data[place : place + len(mark)] = chance.choice([*marks, *_PIECES])


if __name__ == "__main__":
    inputs, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    taken = run(inputs, seed)
    print(f"{inputs} inputs, {taken} of them taken, {time.monotonic() - began:.0f} s")
