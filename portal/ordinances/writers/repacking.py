"""Makes the files of office libraries the same for the same content: they write the time of day into archives.

Knows no format: only that these files are ZIP archives of XML.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Final

from portal.ordinances.writers.package import packed

#: The properties in which a library says when it wrote the file.
_TIMES: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_NO_TIME: Final = rb"\g<1>2000-01-01T00:00:00Z\g<2>"
_PROPERTIES: Final = "docProps/core.xml"


def repacked(data: bytes) -> bytes:
    """The archive with the same members in the same order, and no times."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    return packed((name, _TIMES.sub(_NO_TIME, content) if name == _PROPERTIES else content)
                  for name, content in members)  # fmt: skip
