"""Writes HWPX (OWPML, KS X 6101), the format that ministries draft in: A4, 함초롬바탕, indents of 항 호 목.

Every paragraph has the style of its part. What a run is, its character shape says by two flags that hardly change how
it looks (`VOICE_FLAGS`), because a run of this format names no character style; the reader gives back the same draft.
The XML is written directly: what it must hold is little, and the same draft gives the same bytes. Lines are not laid
out (no lineseg): Hangul does that when it opens the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from portal.ordinances.clauses import Draft, Language
from portal.ordinances.manuscript import (
    CENTRED,
    INDENTS,
    STYLE_NAMES,
    STYLE_NAMES_EN,
    Grid,
    Manuscript,
    Paragraph,
    Part,
    Run,
    Voice,
    is_drawn,
)
from portal.ordinances.merged_cells import Cell, printed_cells, sizes
from portal.ordinances.writers.columns import column_widths
from portal.ordinances.writers.manuscript import set_out
from portal.ordinances.writers.package import packed, readable, xml_text

#: The entry of the package's metadata that holds what the page does not show.
PARTICULARS: Final = "OrdinanceParticulars"
#: What a run is, by `useFontSpace` and `useKerning` of its character shape.
VOICE_FLAGS: Final[Mapping[Voice, tuple[int, int]]] = {
    Voice.TEXT: (0, 0), Voice.NUMBER: (0, 1), Voice.HEADING: (1, 0), Voice.NOTE: (1, 1),
}  # fmt: skip

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
_NAMESPACES: Final = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in (
    ("ha", "http://www.hancom.co.kr/hwpml/2011/app"),
    ("hp", "http://www.hancom.co.kr/hwpml/2011/paragraph"),
    ("hp10", "http://www.hancom.co.kr/hwpml/2016/paragraph"),
    ("hs", "http://www.hancom.co.kr/hwpml/2011/section"),
    ("hc", "http://www.hancom.co.kr/hwpml/2011/core"),
    ("hh", "http://www.hancom.co.kr/hwpml/2011/head"),
    ("hhs", "http://www.hancom.co.kr/hwpml/2011/history"),
    ("hm", "http://www.hancom.co.kr/hwpml/2011/master-page"),
    ("hpf", "http://www.hancom.co.kr/schema/2011/hpf"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("opf", "http://www.idpf.org/2007/opf/"),
    ("ooxmlchart", "http://www.hancom.co.kr/hwpml/2016/ooxmlchart"),
    ("hwpunitchar", "http://www.hancom.co.kr/hwpml/2016/HwpUnitChar"),
    ("epub", "http://www.idpf.org/2007/ops"),
    ("config", "urn:oasis:names:tc:opendocument:xmlns:config:1.0"),
))  # fmt: skip

#: Lengths are hundredths of a point (HWPUNIT); one character of the text is 12 points wide.
_CHARACTER: Final = 1200
_MARGIN: Final = 5669  # 20 mm
_WIDTH, _HEIGHT = 59528, 84186
_TEXT_WIDTH: Final = _WIDTH - 2 * _MARGIN
_SIZES: Final = {Part.TITLE: 1800, Part.REMARK: 1000, Part.PART: 1400, Part.CHAPTER: 1300, Part.ADDENDA: 1300,
                 Part.ANNEX: 1100, Part.FORM: 1100, Part.ANNEX_TITLE: 1400}  # fmt: skip
_BOLD: Final = frozenset({Part.TITLE, Part.PART, Part.CHAPTER, Part.SECTION, Part.SUBSECTION, Part.ADDENDA,
                          Part.ANNEX_TITLE})  # fmt: skip
_BEFORE: Final = {Part.PART: 2400, Part.CHAPTER: 1800, Part.SECTION: 1500, Part.SUBSECTION: 1200, Part.ADDENDA: 2400,
                  Part.ARTICLE: 800}  # fmt: skip
_AFTER: Final = {Part.TITLE: 1800, Part.REMARK: 1200, Part.PART: 1200, Part.CHAPTER: 1000, Part.SECTION: 800,
                 Part.SUBSECTION: 600, Part.ADDENDA: 1000, Part.ANNEX_TITLE: 1000}  # fmt: skip
_FONTS: Final = ("함초롬바탕", "함초롬돋움", "굴림체")
_FONT_LOOK: Final = (
    '<hh:typeInfo familyType="FCAT_GOTHIC" weight="6" proportion="4" contrast="0" strokeVariation="1" armStyle="1" '
    'letterform="1" midline="1" xHeight="1"/>'
)
_SERIF, _SANS, _FIXED = range(3)
_SCRIPTS: Final = ("hangul", "latin", "hanja", "japanese", "other", "symbol", "user")
_BLACK, _BLUE = "#000000", "#1F4E9E"
_PLAIN_EDGE, _CELL_EDGE, _HEAD_EDGE, _REMARK_EDGE = 2, 3, 4, 5


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The file. The draft is written in one language."""
    return write_manuscript(set_out(draft, language))


def write_manuscript(manuscript: Manuscript) -> bytes:
    """The file of a manuscript."""
    section = _Section(manuscript)
    preview = "\r\n".join(block.text for block in manuscript.blocks[:60] if isinstance(block, Paragraph))[:1000]
    return packed([
        ("mimetype", "application/hwp+zip"),
        ("version.xml", _VERSION),
        ("Contents/header.xml", section.header()),
        ("Contents/section0.xml", section.xml),
        ("Preview/PrvText.txt", readable(preview)),
        ("settings.xml", _SETTINGS),
        ("META-INF/container.rdf", _RDF),
        ("Contents/content.hpf", _package(manuscript)),
        ("META-INF/container.xml", _CONTAINER),
        ("META-INF/manifest.xml", _MANIFEST),
    ], stored=frozenset({"mimetype", "version.xml"}))  # fmt: skip


class _Section:
    """The text, and the shapes of characters and paragraphs that it uses, each once."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._characters: dict[str, int] = {}
        self._paragraphs: dict[str, int] = {}
        self._tables = 0
        self._character(Part.LINE, Voice.TEXT)  # shape 0 is that of every new text
        self._shape(Part.LINE)
        self._styles = [(part, self._shape(part), self._character(part, Voice.TEXT)) for part in Part]
        self._style_of = {part: number for number, (part, _, _) in enumerate(self._styles, 1)}
        blocks = manuscript.blocks
        if not blocks or isinstance(blocks[0], Grid):
            blocks = (Paragraph(Part.LINE), *blocks)
        pieces = [self._paragraph(block, first=place == 0) if isinstance(block, Paragraph) else self._table(block)
                  for place, block in enumerate(blocks)]  # fmt: skip
        self.xml = f"{_HEAD}<hs:sec {_NAMESPACES}>{''.join(pieces)}</hs:sec>"

    # ---- text

    def _paragraph(self, paragraph: Paragraph, first: bool) -> str:
        part = paragraph.part or Part.LINE
        drawn = is_drawn(paragraph.text)
        head = _SECTION_PROPERTIES if first else ""
        runs = "".join(self._run(run, part, place == 0, drawn) for place, run in enumerate(paragraph.runs))
        if first or not runs:
            runs = f'<hp:run charPrIDRef="{self._character(part, Voice.TEXT)}">{head}<hp:t/></hp:run>{runs}'
        shape = self._shape(part, paragraph.under, drawn)
        return f"{self._open(shape, self._style_of[part])}{runs}</hp:p>"

    def _open(self, shape: int, style: int) -> str:
        return f'<hp:p id="0" paraPrIDRef="{shape}" styleIDRef="{style}" pageBreak="0" columnBreak="0" merged="0">'

    def _run(self, run: Run, part: Part, first: bool, drawn: bool = False) -> str:
        shape = self._character(part, run.voice, head=first, drawn=drawn)
        return f'<hp:run charPrIDRef="{shape}"><hp:t>{_words(run.text)}</hp:t></hp:run>'

    def _table(self, grid: Grid) -> str:
        self._tables += 1
        count = max(len(grid.rows[0]), 1)
        widths = column_widths(grid, _TEXT_WIDTH - 566, 1000)
        spans = whole_rows_kept(sizes(grid.spans), len(grid.rows), count)
        rows: list[str] = []
        for cells in printed_cells(grid.rows, spans):
            own = "".join(self._cell(cell, sum(widths[cell.column : cell.column + cell.width])) for cell in cells)
            rows.append(f"<hp:tr>{own}</hp:tr>")
        shape = self._shape(Part.LINE, table=True)
        return (
            f'{self._open(shape, self._style_of[Part.LINE])}<hp:run charPrIDRef="0"><hp:tbl '
            f'id="{self._tables}" zOrder="0" '
            'numberingType="TABLE" textWrap="TOP_AND_BOTTOM" textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" '
            f'pageBreak="CELL" repeatHeader="1" rowCnt="{len(grid.rows)}" colCnt="{count}" cellSpacing="0" '
            f'borderFillIDRef="{_CELL_EDGE}" noAdjust="0"><hp:sz width="{sum(widths)}" widthRelTo="ABSOLUTE" '
            f'height="{2000 * len(grid.rows)}" heightRelTo="ABSOLUTE" protect="0"/><hp:pos treatAsChar="0" '
            'affectLSpacing="0" flowWithText="1" allowOverlap="0" holdAnchorAndSO="0" '
            'vertRelTo="PARA" horzRelTo="COLUMN" '
            'vertAlign="TOP" horzAlign="LEFT" vertOffset="0" horzOffset="0"/><hp:outMargin left="283" right="283" '
            'top="283" bottom="283"/><hp:inMargin left="510" right="510" top="141" bottom="141"/>'
            f"{''.join(rows)}</hp:tbl><hp:t/></hp:run></hp:p>"
        )

    def _cell(self, cell: Cell[str], wide: int) -> str:
        heading = cell.row == 0
        shape, style = self._shape(Part.LINE, cell=True, centred=heading), self._style_of[Part.LINE]
        face = self._character(Part.LINE, Voice.TEXT, cell=True, head=heading)
        lines = "".join(
            f'{self._open(shape, style)}<hp:run charPrIDRef="{face}"><hp:t>{_words(line)}</hp:t></hp:run></hp:p>'
            for line in cell.content.split("\n")
        )
        edge = _HEAD_EDGE if heading else _CELL_EDGE
        return (
            f'<hp:tc name="" header="{int(heading)}" hasMargin="0" protect="0" editable="0" dirty="0" '
            f'borderFillIDRef="{edge}"><hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" '
            'vertAlign="CENTER" '
            'linkListIDRef="0" linkListNextIDRef="0" textWidth="0" textHeight="0" hasTextRef="0" hasNumRef="0">'
            f'{lines}</hp:subList><hp:cellAddr colAddr="{cell.column}" rowAddr="{cell.row}"/>'
            f'<hp:cellSpan colSpan="{cell.width}" rowSpan="{cell.height}"/>'
            f'<hp:cellSz width="{wide}" height="{2000 * cell.height}"/>'
            '<hp:cellMargin left="510" right="510" top="141" bottom="141"/></hp:tc>'
        )

    # ---- shapes

    def _character(self, part: Part, voice: Voice, *, head: bool = False, drawn: bool = False,
                   cell: bool = False) -> int:  # fmt: skip
        size = 1000 if cell or voice is Voice.NOTE else 900 if drawn else _SIZES.get(part, 1200)
        bold = part in _BOLD or (cell and head) or (part is Part.ARTICLE and (voice is Voice.HEADING or
                                                    (voice is Voice.NUMBER and head)))  # fmt: skip
        font = _FIXED if drawn else _SANS if part in (Part.TITLE, Part.ANNEX_TITLE) else _SERIF
        space, kerning = VOICE_FLAGS[voice]
        shape = (
            f'height="{size}" textColor="{_BLUE if voice is Voice.NOTE else _BLACK}" shadeColor="none" '
            f'useFontSpace="{space}" useKerning="{kerning}" symMark="NONE" borderFillIDRef="2">'
            f"<hh:fontRef {_each(font)}/><hh:ratio {_each(100)}/><hh:spacing {_each(0)}/><hh:relSz {_each(100)}/>"
            f"<hh:offset {_each(0)}/>{'<hh:bold/>' if bold and voice is not Voice.NOTE else ''}"
            '<hh:underline type="NONE" shape="SOLID" color="#000000"/><hh:strikeout shape="NONE" color="#000000"/>'
            '<hh:outline type="NONE"/><hh:shadow type="NONE" color="#C0C0C0" offsetX="10" offsetY="10"/></hh:charPr>'
        )
        return self._characters.setdefault(shape, len(self._characters))

    def _shape(self, part: Part, under: Part | None = None, drawn: bool = False, *, cell: bool = False,
               centred: bool = False, table: bool = False) -> int:  # fmt: skip
        first, further = INDENTS.get(part, (0, 0))
        if part is Part.LINE and under is not None and under in INDENTS and not (cell or table):
            first = further = INDENTS[under][1]
        align = "CENTER" if part in CENTRED or centred else "LEFT" if drawn or cell else "JUSTIFY"
        margins = "".join(f'<hc:{name} value="{value}" unit="HWPUNIT"/>' for name, value in (
            ("intent", (first - further) * _CHARACTER), ("left", further * _CHARACTER), ("right", 0),
            ("prev", _BEFORE.get(part, 0)), ("next", _AFTER.get(part, 0)),
        ))  # fmt: skip
        spacing = f'<hh:lineSpacing type="PERCENT" value="{130 if cell or drawn else 160}" unit="HWPUNIT"/>'
        inside = f"<hh:margin>{margins}</hh:margin>{spacing}"
        together = int(part in CENTRED or part in (Part.ANNEX, Part.FORM))
        new_page = int(part in (Part.ANNEX, Part.FORM))
        edge = _REMARK_EDGE if part is Part.REMARK else _PLAIN_EDGE
        gap = 283 if part is Part.REMARK else 0
        shape = (
            'tabPrIDRef="0" condense="0" fontLineHeight="0" snapToGrid="1" suppressLineNumbers="0" checked="0" '
            f'textDir="LTR"><hh:align horizontal="{align}" vertical="BASELINE"/><hh:heading '
            'type="NONE" idRef="0" level="0"/>'
            '<hh:breakSetting breakLatinWord="KEEP_WORD" breakNonLatinWord="BREAK_WORD" widowOrphan="0" '
            f'keepWithNext="{together}" keepLines="0" pageBreakBefore="{new_page}" lineWrap="BREAK"/>'
            '<hh:autoSpacing eAsianEng="0" eAsianNum="0"/>'
            f'<hp:switch><hp:case hp:required-namespace="http://www.hancom.co.kr/hwpml/2016/HwpUnitChar">{inside}'
            f"</hp:case><hp:default>{inside}</hp:default></hp:switch>"
            f'<hh:border borderFillIDRef="{edge}" offsetLeft="{gap}" offsetRight="{gap}" offsetTop="{gap}" '
            f'offsetBottom="{gap}" connect="{int(part is Part.REMARK)}" ignoreMargin="0"/></hh:paraPr>'
        )
        return self._paragraphs.setdefault(shape, len(self._paragraphs))

    def header(self) -> str:
        """The member that holds the shapes and the styles."""
        fonts = "".join(
            f'<hh:fontface lang="{script.upper()}" fontCnt="{len(_FONTS)}">'
            + "".join(f'<hh:font id="{number}" face="{face}" type="TTF" isEmbedded="0">{_FONT_LOOK}</hh:font>'
                      for number, face in enumerate(_FONTS))
            + "</hh:fontface>"
            for script in _SCRIPTS
        )  # fmt: skip
        characters = "".join(f'<hh:charPr id="{number}" {shape}' for shape, number in self._characters.items())
        paragraphs = "".join(f'<hh:paraPr id="{number}" {shape}' for shape, number in self._paragraphs.items())
        styles = '<hh:style id="0" type="PARA" name="바탕글" engName="Normal" paraPrIDRef="0" charPrIDRef="0" ' \
                 'nextStyleIDRef="0" langID="1042" lockForm="0"/>'  # fmt: skip
        styles += "".join(
            f'<hh:style id="{number}" type="PARA" name="{STYLE_NAMES[part]}" engName="{STYLE_NAMES_EN[part]}" '
            f'paraPrIDRef="{paragraph}" charPrIDRef="{character}" nextStyleIDRef="{number}" '
            'langID="1042" lockForm="0"/>'
            for number, (part, paragraph, character) in enumerate(self._styles, 1)
        )
        return (
            f'{_HEAD}<hh:head {_NAMESPACES} version="1.5" secCnt="1"><hh:beginNum page="1" '
            'footnote="1" endnote="1" pic="1" '
            f'tbl="1" equation="1"/><hh:refList><hh:fontfaces itemCnt="{len(_SCRIPTS)}">{fonts}</hh:fontfaces>'
            f'<hh:borderFills itemCnt="5">{_EDGES}</hh:borderFills>'
            f'<hh:charProperties itemCnt="{len(self._characters)}">{characters}</hh:charProperties>'
            '<hh:tabProperties itemCnt="1"><hh:tabPr id="0" autoTabLeft="0" autoTabRight="0"/></hh:tabProperties>'
            f'<hh:numberings itemCnt="1"><hh:numbering id="1" start="0">{_OUTLINE}</hh:numbering></hh:numberings>'
            f'<hh:paraProperties itemCnt="{len(self._paragraphs)}">{paragraphs}</hh:paraProperties>'
            f'<hh:styles itemCnt="{len(self._styles) + 1}">{styles}</hh:styles></hh:refList>'
            '<hh:compatibleDocument targetProgram="HWP201X"><hh:layoutCompatibility/></hh:compatibleDocument>'
            '<hh:docOption><hh:linkinfo path="" pageInherit="0" footnoteInherit="0"/></hh:docOption>'
            '<hh:trackchageConfig flags="56"/></hh:head>'
        )


def whole_rows_kept(
    spans: Mapping[tuple[int, int], tuple[int, int]], rows: int, columns: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """The merged cells, without those that would leave a row no cell of its own: Hangul does not open such a table."""
    kept = dict(spans)
    while True:
        covered: dict[int, set[int]] = {}
        for (row, column), (height, width) in kept.items():
            for down in range(height):
                for right in range(width):
                    if (down, right) != (0, 0):
                        covered.setdefault(row + down, set()).add(column + right)
        empty = next((row for row, cells in covered.items() if row < rows and len(cells) == columns), None)
        if empty is None:
            return kept
        kept = {(row, column): size for (row, column), size in kept.items() if not row < empty < row + size[0]}


def _words(text: str) -> str:
    return xml_text(text).replace("\t", '<hp:tab width="4000" leader="0" type="1"/>').replace("\n", "<hp:lineBreak/>")


def _each(value: int) -> str:
    return " ".join(f'{script}="{value}"' for script in _SCRIPTS)


def _edge(number: int, kind: str, fill: str = "none") -> str:
    sides = "".join(f'<hh:{side}Border type="{kind}" width="0.12 mm" color="#000000"/>'
                    for side in ("left", "right", "top", "bottom"))  # fmt: skip
    return (
        f'<hh:borderFill id="{number}" threeD="0" shadow="0" centerLine="NONE" breakCellSeparateLine="0">'
        '<hh:slash type="NONE" Crooked="0" isCounter="0"/><hh:backSlash type="NONE" Crooked="0" isCounter="0"/>'
        f'{sides}<hh:diagonal type="SOLID" width="0.1 mm" color="#000000"/><hc:fillBrush><hc:winBrush '
        f'faceColor="{fill}" '
        'hatchColor="#999999" alpha="0"/></hc:fillBrush></hh:borderFill>'
    )


_EDGES: Final = (_edge(1, "NONE") + _edge(_PLAIN_EDGE, "NONE") + _edge(_CELL_EDGE, "SOLID")
                 + _edge(_HEAD_EDGE, "SOLID", "#E7E6E6") + _edge(_REMARK_EDGE, "SOLID"))  # fmt: skip
_OUTLINE: Final = "".join(
    f'<hh:paraHead start="1" level="{level}" align="LEFT" useInstWidth="1" autoIndent="1" widthAdjust="0" '
    f'textOffsetType="PERCENT" textOffset="50" numFormat="DIGIT" charPrIDRef="4294967295" checkable="0">'
    f"{f'^{level}.' if level < 10 else ''}</hh:paraHead>"
    for level in range(1, 11)
)


def _page_border(kind: str) -> str:
    return (
        f'<hp:pageBorderFill type="{kind}" borderFillIDRef="1" textBorder="PAPER" headerInside="0" footerInside="0" '
        'fillArea="PAPER"><hp:offset left="1417" right="1417" top="1417" bottom="1417"/></hp:pageBorderFill>'
    )


def _notes(name: str, length: str, between: int, place: str) -> str:
    return (
        f'<hp:{name}><hp:autoNumFormat type="DIGIT" userChar="" prefixChar="" suffixChar=")" '
        'supscript="0"/><hp:noteLine '
        f'length="{length}" type="SOLID" width="0.12 mm" color="#000000"/><hp:noteSpacing betweenNotes="{between}" '
        'belowLine="567" aboveLine="850"/><hp:numbering type="CONTINUOUS" newNum="1"/><hp:placement '
        f'place="{place}" beneathText="0"/></hp:{name}>'
    )


#: Page, columns and page number: they stand in the first paragraph.
_SECTION_PROPERTIES: Final = (
    '<hp:secPr id="" textDirection="HORIZONTAL" spaceColumns="1134" tabStop="8000" tabStopVal="4000" '
    'tabStopUnit="HWPUNIT" outlineShapeIDRef="1" memoShapeIDRef="0" textVerticalWidthHead="0" masterPageCnt="0">'
    '<hp:grid lineGrid="0" charGrid="0" wonggojiFormat="0"/><hp:startNum pageStartsOn="BOTH" '
    'page="0" pic="0" tbl="0" '
    'equation="0"/><hp:visibility hideFirstHeader="0" hideFirstFooter="0" hideFirstMasterPage="0" border="SHOW_ALL" '
    'fill="SHOW_ALL" hideFirstPageNum="0" hideFirstEmptyLine="0" showLineNumber="0"/><hp:lineNumberShape '
    'restartType="0" countBy="0" distance="0" startNumber="0"/><hp:pagePr landscape="WIDELY" '
    f'width="{_WIDTH}" height="{_HEIGHT}" gutterType="LEFT_ONLY"><hp:margin header="2835" footer="2835" gutter="0" '
    f'left="{_MARGIN}" right="{_MARGIN}" top="{_MARGIN}" bottom="4252"/></hp:pagePr>'
    + _notes("footNotePr", "-1", 283, "EACH_COLUMN")
    + _notes("endNotePr", "14692344", 0, "END_OF_DOCUMENT")
    + "".join(map(_page_border, ("BOTH", "EVEN", "ODD")))
    + '</hp:secPr><hp:ctrl><hp:colPr id="" type="NEWSPAPER" layout="LEFT" colCount="1" sameSz="1" '
    'sameGap="0"/></hp:ctrl>'
    '<hp:ctrl><hp:pageNum pos="BOTTOM_CENTER" formatType="DIGIT" sideChar="-"/></hp:ctrl>'
)


def _package(manuscript: Manuscript) -> str:
    particulars = xml_text(json.dumps(dict(manuscript.particulars), sort_keys=True))
    return (
        f'{_HEAD}<opf:package {_NAMESPACES} version="" unique-identifier="" id=""><opf:metadata>'
        f"<opf:title>{xml_text(manuscript.title or '')}</opf:title><opf:language>{manuscript.language}</opf:language>"
        f'<opf:meta name="{PARTICULARS}" content="text">{particulars}</opf:meta></opf:metadata><opf:manifest>'
        '<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>'
        '<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>'
        '<opf:item id="settings" href="settings.xml" media-type="application/xml"/></opf:manifest>'
        '<opf:spine><opf:itemref idref="header" linear="yes"/><opf:itemref idref="section0" '
        'linear="yes"/></opf:spine>'
        "</opf:package>"
    )


_VERSION: Final = (
    f'{_HEAD}<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" tagetApplication="WORDPROCESSOR" '
    'major="5" minor="1" micro="1" buildNumber="0" os="1" xmlVersion="1.5" application="Hancom Office Hangul" '
    'appVersion="13, 0, 0, 1408 WIN32LEWindows_10"/>'
)
_SETTINGS: Final = (
    f'{_HEAD}<ha:HWPApplicationSetting xmlns:ha="http://www.hancom.co.kr/hwpml/2011/app" '
    'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0">'
    '<ha:CaretPosition listIDRef="0" paraIDRef="0" pos="0"/></ha:HWPApplicationSetting>'
)
_CONTAINER: Final = (
    f'{_HEAD}<ocf:container xmlns:ocf="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:hpf="http://www.hancom.co.kr/schema/2011/hpf"><ocf:rootfiles>'
    '<ocf:rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/>'
    '<ocf:rootfile full-path="Preview/PrvText.txt" media-type="text/plain"/>'
    '<ocf:rootfile full-path="META-INF/container.rdf" media-type="application/rdf+xml"/>'
    "</ocf:rootfiles></ocf:container>"
)
_MANIFEST: Final = f'{_HEAD}<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_PKG: Final = "http://www.hancom.co.kr/hwpml/2016/meta/pkg#"
_RDF: Final = (
    f'{_HEAD}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    + "".join(
        f'<rdf:Description rdf:about=""><ns0:hasPart xmlns:ns0="{_PKG}" rdf:resource="{name}"/></rdf:Description>'
        f'<rdf:Description rdf:about="{name}"><rdf:type rdf:resource="{_PKG}{kind}"/></rdf:Description>'
        for name, kind in (("Contents/header.xml", "HeaderFile"), ("Contents/section0.xml", "SectionFile"))
    )
    + f'<rdf:Description rdf:about=""><rdf:type rdf:resource="{_PKG}Document"/></rdf:Description></rdf:RDF>'
)
