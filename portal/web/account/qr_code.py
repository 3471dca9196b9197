"""A QR code as inline SVG: shapes and presentation attributes only, no style, so that the security policy holds."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_code(words: str) -> Markup:
    """The code, dark on light in every theme (scanners want it so), with a quiet zone of four modules (ISO/IEC 18004).
    Its size comes from the class; the words stand beside it as text for who cannot scan."""
    drawn = segno.make(words, error="m", micro=False)
    shapes = drawn.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr-code", lineclass=None)
    return Markup(shapes.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - no text in it
