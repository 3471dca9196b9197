"""The workspace's blueprint. Each module of views declares its pages on it; `pages` brings them together."""

from __future__ import annotations

from portal.web.access import Area

area = Area("workspace", __name__, "/workspace")
