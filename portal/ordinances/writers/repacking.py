"""Makes the files of office libraries the same for the same content: they write the time of day into archives.

Knows no format: only that these files are ZIP archives of XML.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final

from portal.ordinances.writers.package import packed

#: The properties in which a library says when it wrote the file.
_TIMES: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_NO_TIME: Final = rb"\g<1>2000-01-01T00:00:00Z\g<2>"
_PROPERTIES: Final = "docProps/core.xml"


def repacked(data: bytes, changed: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({})) -> bytes:
    """The archive with the same members in the same order, those named `changed` by these functions, and no times."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = [(one.filename, archive.read(one)) for one in archive.infolist()]
        stored = frozenset(one.filename for one in archive.infolist() if one.compress_type == zipfile.ZIP_STORED)
    written = [(name, changed[name](content) if name in changed else content) for name, content in members]
    return packed(((name, _TIMES.sub(_NO_TIME, content) if name == _PROPERTIES else content)
                   for name, content in written), stored)  # fmt: skip
