"""All pages of the workspace: importing this module declares them on the area's blueprint."""

from __future__ import annotations

from portal.web.workspace import board_views, comment_views, filing_views, result_views
from portal.web.workspace.area import area

__all__ = ["area", "board_views", "comment_views", "filing_views", "result_views"]
