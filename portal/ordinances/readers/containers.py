"""Opens what strangers send in: XML and ZIP, with limits that hold whatever a file says of itself.

XML: no document type (so no entity, no external file), no network, a limit on size, depth and number of elements. ZIP:
a limit on members, on what they unpack to, on how far they are compressed and on the elements of all its XML together;
a member is unpacked when it is asked for and never beyond its limit. Whatever breaks a limit is refused with
UnreadableDraft. Knows no format of any draft.

lxml is imported by the function that parses, so that a web process does not load it at its start.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Final

from portal.ordinances.problems import UnreadableDraft
from portal.ordinances.readers.source import MAX_BYTES, normal

if TYPE_CHECKING:
    from lxml.etree import _Element

_MEGABYTE: Final = 1024 * 1024

#: In a file, an archive's members together. The longest decree that we know has 40,000; this many take two seconds.
MAX_TAGS: Final = 160_000
MAX_ATTRIBUTES: Final = 400_000
MAX_NAMESPACES: Final = 20_000
#: libxml2 stops at 256 itself unless told otherwise; tables in tables of a word processor reach 40.
MAX_DEPTH: Final = 200

MAX_MEMBERS: Final = 2_000
MAX_UNPACKED: Final = 100 * _MEGABYTE
MAX_MEMBER: Final = 40 * _MEGABYTE
#: XML of a word processor packs to a thirtieth; deflate cannot go beyond a thousandth.
MAX_RATIO: Final = 200
_RATIO_COUNTS_FROM: Final = _MEGABYTE

_DECLARATION: Final = re.compile(r"\s*<\?xml\s([^>]{0,200}?)\?>")
_ENCODING: Final = re.compile(r"encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_ENCODINGS: Final = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8", "utf-16": "utf-16",
    "euc-kr": "cp949", "cp949": "cp949", "ms949": "cp949", "ks_c_5601-1987": "cp949", "x-windows-949": "cp949",
    "windows-949": "cp949",
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- XML


def parse_xml(data: bytes) -> _Element:
    """The root of an XML document in UTF-8, UTF-16 or CP949, in NFC, without comments and processing instructions.

    Raises UnreadableDraft for anything that is not well-formed, has a document type, or breaks a limit.
    """
    return _parsed(_checked(data))


def _checked(data: bytes) -> str:
    """The text of a document that breaks no limit by what can be counted before it is parsed."""

    if len(data) > MAX_MEMBER:
        raise UnreadableDraft("The file is larger than %(limit)s MB.", limit=MAX_MEMBER // _MEGABYTE)
    text = _xml_text(data)
    if _has_document_type(text):
        raise UnreadableDraft("The file declares a document type or entities. We read only XML without them.")
    if _tags(text) > MAX_TAGS or text.count("=") > MAX_ATTRIBUTES or text.count("xmlns") > MAX_NAMESPACES:
        raise _too_many_elements()
    return text


def _tags(text: str) -> int:
    """How many elements there can be at most: a tag that closes is none."""
    return text.count("<") - text.count("</")


def _parsed(text: str) -> _Element:
    from lxml import etree

    # One encoding, known to us and not to the file: what was looked through above is what is parsed.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        parser.feed(text.encode())
        root = parser.close()
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError, AssertionError):
        raise _not_xml() from None
    if root is None or root.getroottree().docinfo.doctype:
        raise _not_xml()
    _refuse_deep(root)
    return root


def _xml_text(data: bytes) -> str:
    """The document without its declaration, in NFC, decoded by its mark or by its declared encoding."""
    encoding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith((b"<\x00", b"\x00<")):
        encoding = "utf-16-le" if data[1] == 0 else "utf-16-be"
    elif declared := _declared_encoding(data[:300]):
        known = _ENCODINGS.get(declared.lower())
        if known is None or known == "utf-16":
            raise UnreadableDraft(
                "The file is in the encoding “%(encoding)s”. Save it as UTF-8 and try again.", encoding=declared
            )
        encoding = "utf-8-sig" if known == "utf-8" else known
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableDraft(
            "The file is in no encoding that we can read. Save it as UTF-8 or CP949 and try again."
        ) from None
    if match := _DECLARATION.match(text):
        text = text[match.end() :]
    return normal(text)


def _declared_encoding(head: bytes) -> str | None:
    match = _DECLARATION.match(head.removeprefix(b"\xef\xbb\xbf").decode("latin-1"))
    encoding = _ENCODING.search(match[1]) if match else None
    return encoding[1] if encoding else None


def _has_document_type(text: str) -> bool:
    """Whether a document type stands before the root element, where alone one may stand."""
    place = 0
    while (place := text.find("<", place)) >= 0:
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4)
        elif text.startswith("<?", place):
            end = text.find("?>", place + 2)
        else:
            return text.startswith("<!", place)
        if end < 0:
            return False
        place = end
    return False


def _refuse_deep(root: _Element) -> None:
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise UnreadableDraft("The file has elements within elements without end.")


# ---------------------------------------------------------------------------------------------------------------- ZIP


class Archive(Mapping[str, bytes]):
    """The members of a ZIP archive by name. Each look-up unpacks anew; `open_zip` makes one."""

    def __init__(self, zipped: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._zipped = zipped
        self._members = members
        self._elements = 0

    @property
    def is_full(self) -> bool:
        """Whether a limit of elements was broken: no more XML of this archive is given."""
        return self._elements > MAX_TAGS

    def xml(self, name: str) -> _Element:
        """The root of a member that is XML. All that are asked for have one limit of elements together. Raises KeyError
        where there is none, UnreadableDraft as `parse_xml` does."""
        if self.is_full:
            raise _too_many_elements()
        text = _checked(self[name])
        self._elements += _tags(text)
        if self.is_full:
            raise _too_many_elements()
        return _parsed(text)

    def __getitem__(self, name: str) -> bytes:
        """The member's content. Raises KeyError where there is none, UnreadableDraft where it is damaged."""
        member = self._members[name]
        try:
            with self._zipped.open(member) as stream:
                content = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
            raise _not_zip() from None
        if len(content) != member.file_size:
            raise _not_zip()
        return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def open_zip(data: bytes) -> Archive:
    """The archive of these bytes, nothing of it unpacked yet. Raises UnreadableDraft for what is no archive or breaks
    a limit."""
    if len(data) > MAX_BYTES:
        raise UnreadableDraft("The file is larger than %(limit)s MB.", limit=MAX_BYTES // _MEGABYTE)
    try:
        zipped = zipfile.ZipFile(BytesIO(data))
        listed = zipped.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, OverflowError, UnicodeDecodeError):
        raise _not_zip() from None
    members = {member.filename: member for member in listed}
    if len(listed) > MAX_MEMBERS or sum(member.file_size for member in listed) > MAX_UNPACKED:
        raise _too_much()
    for member in listed:
        if member.flag_bits & 0x1:
            raise UnreadableDraft("The file is protected with a password. Save it without one and try again.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or len(members) != len(listed):
            raise _not_zip()
        if member.file_size > MAX_MEMBER or (
            member.file_size > _RATIO_COUNTS_FROM and member.file_size > MAX_RATIO * member.compress_size
        ):
            raise _too_much()
    return Archive(zipped, members)


def _not_xml() -> UnreadableDraft:
    return UnreadableDraft("The file is no well-formed XML: it may be cut short or damaged.")


def _too_many_elements() -> UnreadableDraft:
    return UnreadableDraft("The file has more elements than any draft has.")


def _not_zip() -> UnreadableDraft:
    return UnreadableDraft("The file cannot be unpacked: it may be cut short or damaged.")


def _too_much() -> UnreadableDraft:
    return UnreadableDraft("The file unpacks to far more than any draft has.")
