"""All pages of review: importing this module declares them on the area's blueprint."""

from __future__ import annotations

from portal.web.review import queue_views
from portal.web.review.area import area

__all__ = ["area", "queue_views"]
