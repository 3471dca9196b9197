"""`python -m bench.fuzz_readers --inputs 100000`: damaged drafts for every reader, the same ones for the same numbers.

Each input is a good file of a format with some of its bytes, lines, elements or archive members changed, cut, repeated
or mixed with another. A reader may read it or refuse it with UnreadableDraft; anything else (another exception, more
than two seconds, an address that stands twice, memory without end) is a finding, printed with the number that makes the
input again.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import random
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from lxml import etree

from bench.memory import peak_megabytes
from portal.ordinances import readers, writers
from portal.ordinances.addresses import parse
from portal.ordinances.clauses import HEADINGS, Clause, Draft, Reading, Status, Table
from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers import portal_json
from portal.ordinances.writers import portal_json as portal_json_writer

SECONDS = 2.0
#: No reader needs more for a file of a few kilobytes; the libraries for word processors take most of it.
MEGABYTES = 400

_FLAT = """대통령령 제12호
시험 시행령
제1장 총칙
제1조(목적) 이 영은 시험이다. <개정 2020.1.1>
제2조(정의) ① 다음 각 호와 같다.
1. 하나
2. 둘: 다음 각 목의 것
가. 가
1) 하나
나. 나
┌───┬───┐
│구분  │금액  │
├───┼───┤
│가    │10    │
└───┴───┘
② 삭제 <2021.1.1>
[본조신설 2019.1.1]
부칙 <제11호,2019.1.1>
제1조(시행일) 공포한 날부터 시행한다.
제2조(다른 법령의 개정) ① 시험법 시행령 일부를 다음과 같이 개정한다.
제3조 중 "가"를 "나"로 한다.
부칙
① 시행한다.
[별표 1] 기준(제1조 관련)
1. 표
"""
_LAW = """<?xml version="1.0" encoding="UTF-8"?>
<법령 법령키="1"><기본정보><공포번호>12</공포번호><법령명_한글><![CDATA[시험 시행령]]></법령명_한글></기본정보>
<조문><조문단위 조문키="1"><조문번호>1</조문번호><조문여부>전문</조문여부>
<조문내용><![CDATA[  제1장 총칙]]></조문내용></조문단위>
<조문단위 조문키="2"><조문번호>1</조문번호><조문가지번호>2</조문가지번호><조문여부>조문</조문여부>
<조문제목><![CDATA[목적]]></조문제목>
<조문이동이전>000100</조문이동이전><조문내용><![CDATA[제1조의2(목적) 글 <개정 2020.1.1>]]></조문내용>
<항><항번호>①</항번호><항내용><![CDATA[① 글]]></항내용>
<호><호번호>1.</호번호><호가지번호>2</호가지번호><호내용><![CDATA[1의2. 글
1) 하나]]></호내용><목><목번호>가.</목번호><목내용>가. 글</목내용></목></호></항>
<조문참고자료><![CDATA[[본조신설 2019.1.1]]]></조문참고자료></조문단위></조문>
<부칙><부칙단위><부칙공포번호>12</부칙공포번호><부칙내용><![CDATA[부칙 <제12호,2020.1.1>

제1조(시행일) 글]]></부칙내용></부칙단위></부칙>
<별표><별표단위><별표번호>0001</별표번호><별표가지번호>02</별표가지번호><별표구분>별표</별표구분><별표제목>기준</별표제목>
<별표내용><![CDATA[■ 시험 시행령 [별표 1의2] <개정 2020.1.1>
기준
┌──┬──┐
│가  │나  │
└──┴──┘]]></별표내용></별표단위></별표></법령>
"""
_EU = {
    "regulation": "A", "citation": "B", "chapters": [{"chapter": "Chapter I: One", "title": "x", "articles": [
        {"article": "Article 1: Aim", "title": "x", "url": "u",
         "text": "1. First\nArticle 2\n(3).\n(a) one;\n(i) x;\n(ii) y."},
        {"article": "Article 2: More", "text": "(1) one\nRelated:\nRecital 1\n(2) two"}]}],
    "annexes": [{"annex": "Annex I: List", "text": "Words\n1. One"}],
}  # fmt: skip
_TOKENS = (
    "제1조(목적) ", "제999조의99 ", "제1장 ", "① ", "㉟", "<51> ", "1. ", "1의2. ", "가. ", "1) ", "(1) ", "부칙",
    "부칙 <제12호>", "[별표 1]", "[별지 제1호서식]", "┌──┐\n│가  │\n└──┘", "├", "│", "삭제", "<개정 2020.1.1>",
    "[본조신설 2020.1.1]", "##### ", "---\n", "# ", "**①** ", "\\.", "<", ">", "&amp;", "<![CDATA[", "]]>",
    "<항>", "</항>", "<호번호>", "{", "}", "[", "]", '"', ":", ",", "null", "\\ud800", "\\u0000", "\x00", "\u3000",
    "\u200b", "가\u0301", "\ufeff", "99999999999999999999", "-1", "art_1", "art_1__para_1", "addenda", "tbl_0-2",
    "\n\n\n", "\r", "Article 1 ", "(a) ", "(i) ", "Chapter I ", "ADDENDA", "<w:p>", "<hp:p>", "<num>", 'eId="art_1"',
    "xmlns", "<!DOCTYPE a>", "&x;", "9" * 4000, "(" * 500, "<a>" * 300,
)  # fmt: skip


def _small() -> Draft:
    def clause(eid: str, text: str, **more: object) -> Clause:
        address = parse(eid)
        fields = {"parent": address.parents[0].eid if address.parents else None, **more}
        if address.kind in HEADINGS:
            fields["label_en"] = address.english_label
        return Clause(eid=eid, kind=address.kind, label=address.label, text_ko=text, text_en=text, **fields)  # type: ignore[arg-type]

    table = Table(("가", "나"), ("a", "b"), (("다", ""),), (("c", ""),), 1, ((1, 0, 1, 2),))
    return Draft((
        clause("chp_1", "", heading_ko="총칙", heading_en="General"),
        clause("art_1", "글", parent="chp_1", heading_ko="목적", heading_en="Aim", notes=("<개정 2020.1.1>",)),
        clause("art_1__para_1", "글\n더", tables=(table,)),
        clause("art_1__para_1__subpara_1", "글"),
        clause("art_1__para_1__subpara_1__point_ga", "글"),
        clause("art_1__para_1__subpara_1__point_ga__sub_1", "글"),
        clause("art_2", "삭제", parent="chp_1", status=Status.DELETED, notes=("[본조신설 2020.1.1]",)),
        clause("addenda", "", notes=("<제12호,2020.1.1>",)),
        clause("addenda__art_1", "글", heading_ko="시행일", heading_en="Enforcement"),
        clause("tbl_1", "글", heading_ko="표", heading_en="Table", tables=(table,)),
    ), title_ko="시험 시행령", title_en="Test Decree")  # fmt: skip


def seeds() -> dict[str, list[bytes]]:
    """Good files of every format, small ones."""
    draft = _small()
    found = {name: [writers.write(draft, name)] for name in ("portal_json", "docx", "hwpx", "akoma_ntoso")}
    found["docx"].append(writers.write(draft, "docx", "en"))
    found["akoma_ntoso"].append(writers.write(draft, "akoma_ntoso", "en"))
    heads = "\n".join(f"##### {line}" if line.startswith("제") else line for line in _FLAT.split("\n"))
    found["legalize_markdown"] = [
        writers.write(draft, "markdown"),
        f"---\n제목: 시험\n법령MST: 1\n첨부파일:\n- 별표번호: '1'\n  제목: 표\n---\n# 시험\n{heads}".encode(),
    ]
    found["plain_text"] = [_FLAT.encode(), _FLAT.encode("cp949", "ignore"), _FLAT.encode("utf-16")]
    found["law_go_kr_xml"] = [_LAW.encode()]
    found["eu_ai_act_json"] = [json.dumps(_EU, ensure_ascii=False).encode()]
    return found


# ----------------------------------------------------------------------------------------------------------- damaging


def damaged(chance: random.Random, source: bytes, other: bytes) -> bytes:
    """The bytes with one to six changes."""
    if source.startswith(b"PK") and chance.random() < 0.8:
        return _damaged_archive(chance, source)
    data = source
    if chance.random() < 0.6:
        data = _well_formed(chance, source)
        if chance.random() < 0.8:
            return data
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        data = chance.choice(_CHANGES)(chance, data, other)
        if len(data) > 60_000:
            data = data[:60_000]
    return data


def _well_formed(chance: random.Random, source: bytes) -> bytes:
    """Changed so that it is still XML, JSON or text: what is wrong lies deeper."""
    if source.lstrip().startswith(b"<"):
        return _changed_xml(chance, source)
    if source.startswith(b"{"):
        document = json.loads(source)
        for _ in range(chance.choice((1, 2, 5))):
            _change_json(chance, document)
        return json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    encoding = "utf-16" if source.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = "cp949", source.decode("cp949", "ignore")
    for _ in range(chance.choice((1, 2, 5, 12))):
        text = _changed_text(chance, text)
    return text[:60_000].encode(encoding, "ignore")


def _changed_text(chance: random.Random, text: str) -> str:
    lines = text.split("\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            lines[at], lines[other] = lines[other], lines[at]
        case 1:
            del lines[at]
        case 2:
            lines.insert(other, lines[at])
        case 3:
            place = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + chance.choice(_TOKENS) + lines[at][place:]
        case 4:
            lines[at] = chance.choice(_TOKENS) + lines[at]
        case 5:
            place = chance.randrange(len(lines[at]) + 1)
            lines[at : at + 1] = [lines[at][:place], lines[at][place:]]
    return "\n".join(lines) or "x"


def _changed_xml(chance: random.Random, source: bytes) -> bytes:
    root = etree.fromstring(source, etree.XMLParser(strip_cdata=False))
    elements = list(root.iter())
    for _ in range(chance.choice((1, 1, 2, 4))):
        one, other = chance.choice(elements), chance.choice(elements)
        parent = one.getparent()
        match chance.randrange(7):
            case 0 if parent is not None:
                parent.remove(one)
            case 1 if parent is not None:
                parent.insert(chance.randrange(len(parent) + 1), copy.deepcopy(one))
            case 2 if other is not root and one not in other.iter():
                one.append(other)
            case 3:
                one.text = _words(chance, one.text)
            case 4:
                one.tail = _words(chance, one.tail)
            case 5 if isinstance(one.tag, str) and isinstance(other.tag, str):
                one.tag = other.tag
            case 6 if isinstance(one.tag, str):
                for name in list(one.attrib)[:1] or ["eId"]:
                    one.set(name, _words(chance, one.get(name)))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)[:200_000]


def _words(chance: random.Random, text: str | None) -> str:
    words = (text or "") + "".join(chance.choice(_TOKENS) for _ in range(chance.choice((1, 1, 3))))
    cut = chance.randrange(len(words) + 1) if chance.random() < 0.3 else len(words)
    return "".join(each for each in words[:cut] if each in "\n\t" or (each >= " " and not "\ud800" <= each <= "\udfff"))


def _change_json(chance: random.Random, value: object) -> None:
    while isinstance(value, dict | list) and value:
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        inner = value[key]  # type: ignore[index]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.85:
            value = inner
            continue
        match chance.randrange(5):
            case 0:
                del value[key]  # type: ignore[arg-type]
            case 1:
                value[key] = chance.choice((None, 0, -1, 10**9, "", [], {}, True, 1.5, "art_1", ["가"], "삭제"))  # type: ignore[index]
            case 2 if isinstance(inner, str):
                value[key] = _words(chance, inner)  # type: ignore[index]
            case 3 if isinstance(value, list):
                value.insert(chance.randrange(len(value) + 1), copy.deepcopy(inner))
            case _:
                value[key] = chance.choice((inner, str(inner), [inner]))  # type: ignore[index]
        return


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _flip(chance: random.Random, data: bytes, other: bytes) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 20))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = sorted((_place(chance, data), _place(chance, data)))
    return data[:start] + data[end:]


def _truncate(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _place(chance, data)]


def _repeat(chance: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = sorted((_place(chance, data), _place(chance, data)))
    return data[:start] + data[start:end] * chance.choice((2, 3, 30)) + data[end:]


def _insert(chance: random.Random, data: bytes, other: bytes) -> bytes:
    place = _place(chance, data)
    token = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 40))
    return data[:place] + token.encode("utf-8", "surrogatepass") + data[place:]


def _lines(chance: random.Random, data: bytes, other: bytes) -> bytes:
    lines = data.split(b"\n")
    if chance.random() < 0.5:
        chance.shuffle(lines)
    else:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"\n".join(lines)


def _splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = sorted((_place(chance, other), _place(chance, other)))
    place = _place(chance, data)
    return data[:place] + other[start:end] + data[place:]


_CHANGES: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (
    _flip, _cut, _truncate, _repeat, _insert, _insert, _lines, _splice,
)  # fmt: skip


def _damaged_archive(chance: random.Random, source: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    names = list(members)
    texts = [name for name in names if name.endswith((".xml", ".hpf"))]
    which = chance.choice([name for name in texts if "document" in name or "section" in name] * 4 + names)
    members[which] = damaged(chance, members[which], members[chance.choice(texts)])
    if chance.random() < 0.1:
        del members[chance.choice(names)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


# ----------------------------------------------------------------------------------------------------------- checking


def make(source_format: str, number: int, good: dict[str, list[bytes]]) -> bytes:
    """The input of this number."""
    chance = random.Random(f"{source_format} {number}")
    everything = [each for files in good.values() for each in files]
    return damaged(chance, chance.choice(good[source_format]), chance.choice(everything))


def check(source_format: str, data: bytes, number: int) -> str:
    """Read one input in the format and by its content; `read` or `refused`. Raises what is a finding."""
    language = "en" if number % 5 == 0 else "ko"
    outcome = "refused"
    for read in (lambda: readers.read_as(source_format, data, language), lambda: readers.read(data, None, language)):
        start = time.process_time()
        try:
            reading = read()
        except UnreadableDraft as problem:
            str(problem)
        else:
            outcome = "read"
            sound(reading, round_trip=number % 20 == 0)
        if (taken := time.process_time() - start) > SECONDS:
            raise AssertionError(f"{taken:.1f} seconds")
    return outcome


def sound(reading: Reading, round_trip: bool) -> None:
    """Whether a reading is one: each address once, each parent before, each line placed or reported."""
    seen: set[str] = set()
    for clause in reading.draft.clauses:
        assert clause.eid not in seen, f"{clause.eid} stands twice"
        assert parse(clause.eid).kind is clause.kind, clause.eid
        assert clause.parent is None or clause.parent in seen, f"{clause.eid} stands before {clause.parent}"
        seen.add(clause.eid)
        for table in clause.tables:
            for language in ("ko", "en"):
                widths = {len(row) for row in table.rows(language)} - {len(table.columns(language))}  # type: ignore[arg-type]
                assert not widths, f"{clause.eid}: a row is longer or shorter than its heading"
    if round_trip:
        again = portal_json.read(portal_json_writer.write(reading.draft)).draft
        # A chapter that stands in the middle of an article moves behind it.
        by_address = [sorted(each.clauses, key=lambda clause: clause.eid) for each in (again, reading.draft)]
        assert by_address[0] == by_address[1], "the JSON differs"


def _late(signal_number: int, frame: FrameType | None) -> None:
    raise TimeoutError("no answer")


def run(
    source_format: str, inputs: int, good: dict[str, list[bytes]], keep: Path | None = None
) -> tuple[Counter[str], int]:
    """Read so many inputs of a format: how they ended, and how many findings there were."""
    outcomes: Counter[str] = Counter()
    findings = 0
    signal.signal(signal.SIGALRM, _late)
    for number in range(inputs):
        data = make(source_format, number, good)
        signal.alarm(20)
        try:
            outcomes[check(source_format, data, number)] += 1
        except Exception as error:
            findings += 1
            outcomes["found"] += 1
            if findings <= 20:
                where = traceback.extract_tb(error.__traceback__)[-1]
                print(f"{source_format} {number}: {type(error).__name__}: {error} ({where.filename}:{where.lineno})")
                if keep:
                    (keep / f"{source_format}-{number}").write_bytes(data)
        finally:
            signal.alarm(0)
    return outcomes, findings


def main() -> None:
    """Fuzz, print, and end with 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_readers", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="for each reader [%(default)s]")
    parser.add_argument("--format", choices=readers.FORMATS, action="append", help="only this one; may be repeated")
    parser.add_argument("--keep", type=Path, help="write the inputs that something was found with into this folder")
    told = parser.parse_args()
    good, found = seeds(), 0
    for source_format in told.format or readers.FORMATS:
        start = time.process_time()
        outcomes, findings = run(source_format, told.inputs, good, told.keep)
        found += findings
        peak = round(peak_megabytes())
        print(f"{source_format:<18} {dict(sorted(outcomes.items()))} {time.process_time() - start:.0f} s, {peak} MB",
              flush=True)  # fmt: skip
        if peak > MEGABYTES:
            print(f"{source_format}: more than {MEGABYTES} MB")
            found += 1
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
