"""Turns values into what may be shown: secrets masked, unknowns named."""

from __future__ import annotations

from typing import TypeAlias

from engine.values import Blob, Properties, Reference, Secret, Unknown, Value

SECRET_TEXT = "[secret]"  # noqa: S105  # shown in the place of one
UNKNOWN_TEXT = "[unknown]"

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


def plain(value: Value, unknown: str = UNKNOWN_TEXT) -> Plain:
    """The value as plain data; ``unknown`` stands for what is not known yet."""
    if isinstance(value, dict):
        return {key: plain(item, unknown) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, unknown) for item in value]
    if isinstance(value, Secret):
        return SECRET_TEXT
    if isinstance(value, Unknown):
        return unknown
    if isinstance(value, Blob):
        return {key: str(item) for key, item in sorted(value.content.items())}
    if isinstance(value, Reference):
        return value.urn
    return value


def plain_all(properties: Properties, unknown: str = UNKNOWN_TEXT) -> dict[str, Plain]:
    """The properties as plain data, without what the engine keeps for itself."""
    return {key: plain(value, unknown) for key, value in properties.items() if key != "__internal"}


def blob_text(blob: Blob) -> str:
    """An asset on one line: its text, or where it comes from and the beginning of its digest."""
    source = blob.content.get("path") or blob.content.get("uri")
    if source:
        return f"file {source} ({blob.digest[:12]})"
    return str(blob.content.get("text", ""))
