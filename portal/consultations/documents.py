"""Files of a notice: what may be attached, told by content and by name, both.

A file is taken when its first bytes (and, of a package, its parts) are those of the format that its name claims.
Packages are unpacked once, in small pieces and only to be measured, so that nobody downloads a bomb from a ministry's
notice. Nothing is kept of what a package holds. This module knows no consultation and stores nothing.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from portal.kernel.errors import InvalidError
from portal.kernel.i18n import Message, as_number, msg

#: The largest file, in bytes; a constraint of the table holds the same number.
MAX_BYTES: Final = 20 * 1024 * 1024
#: What a package may unpack to in all, and how many parts it may have.
MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
MAX_PARTS: Final = 5_000
_PIECE: Final = 1 << 16
_NAME_LIMIT: Final = 150

#: What the name may end in, and the media type that the file is sent with.
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "hwpx": "application/hwp+zip",
    "hwp": "application/x-hwp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
#: As people read the list.
FORMATS: Final = ("PDF", "HWPX", "HWP", "DOCX", "XLSX", "TXT", "MD")

_COMPOUND_FILE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_HWP_MARK: Final = b"HWP Document File"
#: The part that tells an office package from another.
_TELLING_PART: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached. `filename` is safe to show and to send; `content` is as it came, but for text in
    another encoding, which is kept as UTF-8."""

    filename: str
    media_type: str
    content: bytes
    digest: str


def checked_file(filename: str, content: bytes) -> CheckedFile:
    """The file, or InvalidError at the field `file` saying what is wrong with it."""
    name = safe_filename(filename)
    _, _, extension = name.rpartition(".")
    extension = extension.lower()
    if not content:
        raise _refuse(msg("The file is empty, or none was chosen."))
    if len(content) > MAX_BYTES:
        raise _refuse(msg("The file has %(size)s MB. At most %(limit)s MB can be attached.",
                          size=as_number(round(len(content) / (1024 * 1024), 1)),
                          limit=MAX_BYTES // (1024 * 1024)))
    if "." not in name or extension not in MEDIA_TYPES:
        raise _refuse(msg("Files of this kind cannot be attached. Choose one of %(formats)s.",
                          formats=", ".join(FORMATS)))
    if extension in ("txt", "md"):
        content = _text(content)
    elif not _is(extension, content):
        raise _refuse(msg("The name says that this is a %(format)s file, but its content is something else. Save it "
                          "anew in that format, or give it the right name.", format=extension.upper()))
    return CheckedFile(name, MEDIA_TYPES[extension], content, hashlib.sha256(content).hexdigest())


def safe_filename(filename: str) -> str:
    """The last part of a name without what could lead elsewhere or cannot be seen; at most 150 characters."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1])
    name = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ" or c == " ")
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(name) > _NAME_LIMIT:
        name = stem[: _NAME_LIMIT - len(extension) - 1].rstrip(" .") + "." + extension[:10]
    return name[:_NAME_LIMIT] or "file"


def _refuse(message: Message) -> InvalidError:
    return InvalidError(msg("This file cannot be attached."), {"file": [message]})


def _text(content: bytes) -> bytes:
    """Text as UTF-8: Korean word processors still write CP949. Anything with a NUL or unreadable is no text."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text):
            return text.encode()
        break
    raise _refuse(msg("The name says that this is a text file, but its content is something else."))


def _is(extension: str, content: bytes) -> bool:
    if extension == "pdf":
        return b"%PDF-" in content[:1024]
    if extension == "hwp":
        return content.startswith(_COMPOUND_FILE) and _HWP_MARK in content
    return _is_package(extension, content)


def _is_package(extension: str, content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _measure(package, parts)
            names = {part.filename for part in parts}
            if extension == "hwpx":
                return "mimetype" in names and package.read("mimetype").strip() == b"application/hwp+zip"
            return "[Content_Types].xml" in names and _TELLING_PART[extension] in names and not any(
                name.lower().endswith("vbaproject.bin") for name in names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return False


def _measure(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Raise InvalidError when the package unpacks to too much. What a part says of its own size is not believed."""
    too_much = _refuse(msg("This file unpacks to far more than a document needs, and may be meant to do harm. "
                           "Save it anew."))
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise too_much
    unpacked = 0
    for part in parts:
        if part.flag_bits & 1:
            raise _refuse(msg("This file is protected by a password. Attach it without one: anyone may see and copy "
                              "the documents of a notice."))
        with package.open(part) as stream:
            while piece := stream.read(_PIECE):
                unpacked += len(piece)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise too_much
