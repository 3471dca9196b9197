"""All pages of review: importing this module declares them on the area's blueprint."""

from __future__ import annotations

from portal.web.review import (
    bulk_views,
    campaign_views,
    cluster_views,
    code_list_views,
    coverage_views,
    deciding_views,
    history_views,
    map_views,
    proposal_views,
    queue_views,
    regrouping_views,
    response_views,
    split_views,
    start_views,
    suggestion_views,
)
from portal.web.review.area import area

__all__ = [
    "area", "bulk_views", "campaign_views", "cluster_views", "code_list_views", "coverage_views", "deciding_views",
    "history_views", "map_views", "proposal_views", "queue_views", "regrouping_views", "response_views", "split_views",
    "start_views", "suggestion_views"]
