"""Writes DOCX (ISO/IEC 29500) as a Korean ministry circulates a draft: A4, Batang, indents of 항 호 목.

Every paragraph has the style of its part and every number, heading and mark of history a character style, so that the
reader gives back the same draft; the outline of chapters and articles shows in the navigation pane. The XML is written
directly: what it must hold is little, and the same draft gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
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
from portal.ordinances.writers.columns import column_widths
from portal.ordinances.writers.docx_cells import docx_cells
from portal.ordinances.writers.manuscript import set_out
from portal.ordinances.writers.package import packed, xml_text

#: The element of a custom XML part, which word processors keep as it is, for what the page does not show.
PARTICULARS: Final = "{urn:consultation-portal:ordinance}particulars"

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

#: Sizes in half points, lengths in twentieths of a point. One character of the text is 12 points wide.
_CHARACTER: Final = 240
_SIZES: Final = {Part.TITLE: 36, Part.REMARK: 20, Part.PART: 28, Part.CHAPTER: 26, Part.SECTION: 24,
                 Part.SUBSECTION: 24, Part.ADDENDA: 26, Part.ANNEX: 22, Part.FORM: 22,
                 Part.ANNEX_TITLE: 28}  # fmt: skip
_BEFORE: Final = {Part.TITLE: 0, Part.PART: 480, Part.CHAPTER: 360, Part.SECTION: 300, Part.SUBSECTION: 240,
                  Part.ADDENDA: 480, Part.ARTICLE: 160}  # fmt: skip
_AFTER: Final = {Part.TITLE: 360, Part.REMARK: 240, Part.PART: 240, Part.CHAPTER: 200, Part.SECTION: 160,
                 Part.SUBSECTION: 120, Part.ADDENDA: 200, Part.ANNEX_TITLE: 200}  # fmt: skip
_BOLD: Final = frozenset({Part.TITLE, Part.PART, Part.CHAPTER, Part.SECTION, Part.SUBSECTION, Part.ADDENDA,
                          Part.ANNEX_TITLE})  # fmt: skip
_LEVELS: Final = {Part.PART: 0, Part.CHAPTER: 1, Part.SECTION: 2, Part.SUBSECTION: 3, Part.ARTICLE: 4,
                  Part.ADDENDA: 1, Part.ANNEX: 1, Part.FORM: 1}  # fmt: skip
#: A4 with the margins of the ministries' papers: 20 mm at the sides and above, 15 mm below.
_PAGE: Final = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
    "</w:sectPr>"
)
_TEXT_WIDTH: Final = 11906 - 2 * 1134


def write(draft: Draft, language: Language = "ko") -> bytes:
    """The file. The draft is written in one language."""
    return write_manuscript(set_out(draft, language))


def write_manuscript(manuscript: Manuscript) -> bytes:
    """The file of a manuscript."""
    return packed([
        ("[Content_Types].xml", _CONTENT_TYPES),
        ("_rels/.rels", _PACKAGE_RELATIONS),
        ("word/document.xml", _document(manuscript)),
        ("word/_rels/document.xml.rels", _DOCUMENT_RELATIONS),
        ("word/styles.xml", _styles(manuscript.language)),
        ("word/settings.xml", _SETTINGS),
        ("word/fontTable.xml", _FONTS),
        ("word/footer1.xml", _FOOTER),
        ("docProps/core.xml", _core(manuscript)),
        ("docProps/app.xml", _APP),
        ("customXml/item1.xml", _particulars(manuscript)),
        ("customXml/_rels/item1.xml.rels", _PARTICULARS_RELATIONS),
        ("customXml/itemProps1.xml", _PARTICULARS_PROPERTIES),
    ])  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ the text


def _document(manuscript: Manuscript) -> str:
    body: list[str] = []
    for block in manuscript.blocks:
        if isinstance(block, Grid):
            body.append(_table(block))
            body.append('<w:p><w:pPr><w:pStyle w:val="ordTableEnd"/></w:pPr></w:p>')
        else:
            body.append(_paragraph(block))
    return (
        f'{_HEAD}<w:document xmlns:w="{_W}" xmlns:r="{_OFFICE}/relationships">'
        f"<w:body>{''.join(body)}{_PAGE}</w:body></w:document>"
    )


def _paragraph(paragraph: Paragraph) -> str:
    part = paragraph.part or Part.LINE
    drawn = is_drawn(paragraph.text)
    properties = f'<w:pStyle w:val="{part.value}"/>'
    if part is Part.LINE and paragraph.under is not None and paragraph.under in INDENTS:
        properties += f'<w:ind w:left="{INDENTS[paragraph.under][1] * _CHARACTER}"/>'
    if drawn:
        properties += '<w:jc w:val="left"/>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{_runs(paragraph, part, drawn)}</w:p>"


def _runs(paragraph: Paragraph, part: Part, drawn: bool) -> str:
    """제1조(목적) is printed bold, ① behind it is not."""
    bold = [part is Part.ARTICLE and (run.voice is Voice.HEADING or (run.voice is Voice.NUMBER and place == 0))
            for place, run in enumerate(paragraph.runs)]  # fmt: skip
    return "".join(_run(run, drawn, heavy) for run, heavy in zip(paragraph.runs, bold, strict=True))


def _run(run: Run, drawn: bool = False, bold: bool = False) -> str:
    style = run.voice.value or ("ordDrawn" if drawn else "")
    properties = (f'<w:rStyle w:val="{style}"/>' if style else "") + ("<w:b/>" if bold else "")
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{_words(run.text)}</w:r>"


def _words(text: str) -> str:
    written: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            written.append("<w:br/>")
        for place, words in enumerate(line.split("\t")):
            if place:
                written.append("<w:tab/>")
            if words:
                written.append(f'<w:t xml:space="preserve">{xml_text(words)}</w:t>')
    return "".join(written)


def _table(grid: Grid) -> str:
    count = max(len(grid.rows[0]), 1)
    widths = column_widths(grid, _TEXT_WIDTH, 200)
    rows: list[str] = []
    for row, cells in enumerate(docx_cells(grid.rows, grid.spans, count)):
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>' if row == 0 else ""
        written = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths[cell.column : cell.column + cell.width])}" w:type="dxa"/>'
            f'{cell.merging}{shade}<w:vAlign w:val="center"/></w:tcPr>{_cell(cell.content or "", row == 0)}</w:tc>'
            for cell in cells
        )
        head = "<w:tblHeader/>" if row == 0 else ""
        rows.append(f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{written}</w:tr>")
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="ordTable"/><w:tblW w:w="{_TEXT_WIDTH}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _cell(text: str, heading: bool) -> str:
    style = "ordTableHead" if heading else "ordTableCell"
    return "".join(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_run(Run(line)) if line else ""}</w:p>'
                   for line in text.split("\n"))  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- the styles


def _styles(language: Language) -> str:
    names = STYLE_NAMES if language == "ko" else STYLE_NAMES_EN
    tongue = "ko-KR" if language == "ko" else "en-GB"
    return "".join((
        f'{_HEAD}<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault>'
        f'<w:rPr>{_fonts("바탕", "Batang")}<w:sz w:val="24"/>'
        f'<w:szCs w:val="24"/><w:lang w:val="{tongue}" w:eastAsia="ko-KR"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr>'
        '<w:spacing w:before="0" w:after="40" w:line="384" w:lineRule="auto"/></w:pPr>'
        '</w:pPrDefault></w:docDefaults>',
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
        '<w:wordWrap w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:jc '
        'w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name '
        'w:val="Default Paragraph Font"/>'
        "</w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblCellMar><w:left w:w="100" w:type="dxa"/><w:right w:w="100" w:type="dxa"/>'
        '</w:tblCellMar></w:tblPr></w:style>',
        *(_paragraph_style(part, names[part]) for part in Part),
        *(_character_style(voice, names[voice]) for voice in Voice if voice is not Voice.TEXT),
        _TABLE_STYLES,
        "</w:styles>",
    ))  # fmt: skip


def _fonts(east_asian: str, latin: str) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east_asian}" w:cs="{latin}"/>'


def _paragraph_style(part: Part, name: str) -> str:
    paragraph = ""
    if part in CENTRED or part in (Part.TITLE, Part.PART, Part.CHAPTER, Part.SECTION, Part.SUBSECTION):
        paragraph += "<w:keepNext/>"
    if part in (Part.ANNEX, Part.FORM):
        paragraph += "<w:keepNext/><w:pageBreakBefore/>"
    if part is Part.REMARK:
        edge = 'w:val="single" w:sz="4" w:space="4" w:color="808080"'
        paragraph += f"<w:pBdr><w:top {edge}/><w:left {edge}/><w:bottom {edge}/><w:right {edge}/></w:pBdr>"
    if part in _BEFORE or part in _AFTER:
        paragraph += f'<w:spacing w:before="{_BEFORE.get(part, 0)}" w:after="{_AFTER.get(part, 40)}"/>'
    if part in INDENTS:
        first, further = (characters * _CHARACTER for characters in INDENTS[part])
        hanging = f' w:hanging="{further - first}"' if further > first else ""
        paragraph += f'<w:ind w:left="{further}"{hanging}/>'
    if part in CENTRED:
        paragraph += '<w:jc w:val="center"/>'
    if part in _LEVELS:
        paragraph += f'<w:outlineLvl w:val="{_LEVELS[part]}"/>'
    words = _fonts("맑은 고딕", "Malgun Gothic") if part in (Part.TITLE, Part.ANNEX_TITLE) else ""
    words += "<w:b/>" if part in _BOLD else ""
    if part in _SIZES:
        words += f'<w:sz w:val="{_SIZES[part]}"/><w:szCs w:val="{_SIZES[part]}"/>'
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{part.value}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{words}</w:rPr></w:style>'
    )


def _character_style(voice: Voice, name: str) -> str:
    look = '<w:color w:val="1F4E9E"/><w:sz w:val="20"/><w:szCs w:val="20"/>' if voice is Voice.NOTE else ""
    return (
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{voice.value}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{look}</w:rPr></w:style>'
    )


_EDGES: Final = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
                        for side in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
_TABLE_STYLES: Final = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="ordTable"><w:name w:val="Law Table"/>'
    f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{_EDGES}</w:tblBorders></w:tblPr></w:style>'
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="ordTableCell"><w:name w:val="Law Table Cell"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="20" w:after="20" w:line="300" w:lineRule="auto"/>'
    '<w:jc w:val="left"/></w:pPr><w:rPr><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="ordTableHead"><w:name w:val="Law Table Head"/>'
    '<w:basedOn w:val="ordTableCell"/><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr><w:rPr>'
    "<w:b/></w:rPr></w:style>"
    '<w:style w:type="paragraph" w:customStyle="1" w:styleId="ordTableEnd"><w:name w:val="Law Table End"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr>'
    '<w:rPr><w:sz w:val="8"/><w:szCs w:val="8"/></w:rPr></w:style>'
    '<w:style w:type="character" w:customStyle="1" w:styleId="ordDrawn"><w:name w:val="Law Drawn Table"/>'
    f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{_fonts("굴림체", "GulimChe")}<w:sz '
    'w:val="18"/><w:szCs w:val="18"/>'
    "</w:rPr></w:style>"
)


# --------------------------------------------------------------------------------------------------- the other members


def _core(manuscript: Manuscript) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>'
        f"{xml_text(manuscript.title or '')}</dc:title><dc:language>{manuscript.language}"
        "</dc:language></cp:coreProperties>"
    )


def _particulars(manuscript: Manuscript) -> str:
    text = xml_text(json.dumps(dict(manuscript.particulars), sort_keys=True))
    namespace, name = PARTICULARS[1:].split("}")
    return f'{_HEAD}<{name} xmlns="{namespace}">{text}</{name}>'


def _relations(entries: Iterable[tuple[str, str]]) -> str:
    written = "".join(f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
                      for number, (kind, target) in enumerate(entries, 1))  # fmt: skip
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{written}</Relationships>'


_PACKAGE_RELATIONS: Final = _relations([
    (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
    (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
])  # fmt: skip
_DOCUMENT_RELATIONS: Final = _relations([
    (f"{_OFFICE}/relationships/styles", "styles.xml"),
    (f"{_OFFICE}/relationships/settings", "settings.xml"),
    (f"{_OFFICE}/relationships/fontTable", "fontTable.xml"),
    (f"{_OFFICE}/relationships/footer", "footer1.xml"),
    (f"{_OFFICE}/relationships/customXml", "../customXml/item1.xml"),
])  # fmt: skip
_PARTICULARS_RELATIONS: Final = _relations([(f"{_OFFICE}/relationships/customXmlProps", "itemProps1.xml")])
_PARTICULARS_PROPERTIES: Final = (
    f'{_HEAD}<ds:datastoreItem ds:itemID="{{6B0C2C0A-6B0E-4D4B-9E0C-0B5B1C0E7A11}}" xmlns:ds="{_OFFICE}/customXml">'
    "<ds:schemaRefs/></ds:datastoreItem>"
)
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES: Final = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_WORD}.fontTable+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    '<Override PartName="/customXml/itemProps1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.customXmlProperties+xml"/></Types>'
)
_SETTINGS: Final = (
    f'{_HEAD}<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="800"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
)
_FONTS: Final = (
    f'{_HEAD}<w:fonts xmlns:w="{_W}"><w:font w:name="바탕"><w:altName w:val="Batang"/><w:charset w:val="81"/>'
    '<w:family w:val="roman"/><w:pitch w:val="variable"/></w:font><w:font w:name="맑은 고딕"><w:altName '
    'w:val="Malgun Gothic"/><w:charset w:val="81"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    '<w:font w:name="굴림체"><w:altName w:val="GulimChe"/><w:charset w:val="81"/><w:family w:val="modern"/>'
    '<w:pitch w:val="fixed"/></w:font></w:fonts>'
)
_FOOTER: Final = (
    f'{_HEAD}<w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t '
    'xml:space="preserve">- </w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE '
    "</w:instrText></w:r><w:r>"
    '<w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    '<w:r><w:t xml:space="preserve"> -</w:t></w:r></w:p></w:ftr>'
)
_APP: Final = f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties"/>'
