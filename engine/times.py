"""Moments as a state file writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """This moment, in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
