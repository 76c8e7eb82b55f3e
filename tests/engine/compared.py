"""Brings the previews of both engines into one form, in which they can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Comparable = Counter[tuple[str, str, tuple[str, ...]]]


def steps_of(digest: Mapping[str, Any]) -> Comparable:
    """Every (operation, URN, changed keys) in what ``preview --json`` prints."""
    return Counter(
        (step["op"], step["urn"], _changed_keys(step)) for step in digest.get("steps", [])
    )


def _changed_keys(step: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths with their kinds of change where there are details, else the keys."""
    detailed = step.get("detailedDiff")
    if detailed:
        return tuple(sorted(f"{path}: {diff['kind']}" for path, diff in detailed.items()))
    reasons = [*(step.get("diffReasons") or []), *(step.get("replaceReasons") or [])]
    return tuple(sorted(set(reasons)))


def inputs_of(digest: Mapping[str, Any]) -> dict[str, Any]:
    """The new inputs of each resource; made-up names are as random as they are meant to be."""
    return {
        step["urn"]: _without_made_up_name(step["newState"].get("inputs"))
        for step in digest.get("steps", [])
        if "newState" in step
    }


def _without_made_up_name(inputs: Any) -> Any:
    metadata = (inputs or {}).get("metadata")
    if not isinstance(metadata, dict):
        return inputs
    if "pulumi.com/autonamed" not in (metadata.get("annotations") or {}):
        return inputs
    return {**inputs, "metadata": {**metadata, "name": "made up"}}
