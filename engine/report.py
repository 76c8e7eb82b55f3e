"""Turns a preview into plain data, close to what ``pulumi preview --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plain import SECRET_TEXT, Plain, plain
from engine.statefile import resource_document
from engine.steps import Op, Step
from engine.urn import STACK_TYPE
from engine.values import Properties
from engine.wire import UNKNOWN_TEXT

if TYPE_CHECKING:
    from engine.preview import Preview

_NANOSECONDS = 1_000_000_000


def preview_json(preview: Preview) -> dict[str, Plain]:
    """The preview as data for ``json.dumps``; secrets are masked, unknowns are Pulumi's marker."""
    config: dict[str, Plain] = {
        key: SECRET_TEXT if key in preview.program.secret_keys else text
        for key, text in sorted(preview.program.config.items())
    }
    return {
        "config": config,
        "steps": [_step(step) for step in preview.steps if _is_shown(step)],
        "diagnostics": [
            {"urn": item.urn, "message": item.message, "severity": item.severity.value}
            if item.urn
            else {"message": item.message, "severity": item.severity.value}
            for item in preview.diagnostics
        ],
        "duration": int(preview.seconds * _NANOSECONDS),
        "changeSummary": {op.value: count for op, count in sorted(preview.counts.items())},
    }


def _is_shown(step: Step) -> bool:
    """Changes as their author thinks of them, and the stack, whose outputs are of interest."""
    if step.op is Op.SAME:
        return step.type == STACK_TYPE or step.protect_changes
    return step.logical


def _step(step: Step) -> dict[str, Plain]:
    data: dict[str, Plain] = {"op": step.op.value, "urn": step.urn}
    if step.resource.provider:
        data["provider"] = step.resource.provider
    if step.old:
        data["oldState"] = resource_document(step.old, _masked)
    if step.new:
        data["newState"] = resource_document(step.new, _masked)
    difference = step.difference
    if difference.changed_keys:
        data["diffReasons"] = list(difference.changed_keys)
    if difference.replace_keys:
        data["replaceReasons"] = list(difference.replace_keys)
    if difference.detailed is not None:
        data["detailedDiff"] = {
            path: {"kind": diff.kind.value, "inputDiff": diff.input_diff}
            for path, diff in difference.detailed.items()
        }
    return data


def _masked(properties: Properties) -> dict[str, Plain]:
    return {key: plain(value, UNKNOWN_TEXT) for key, value in properties.items()}
