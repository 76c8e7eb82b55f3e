"""Turns a preview into plain data, close to what ``pulumi preview --json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.plain import SECRET_TEXT, Plain, plain_all
from engine.statefile import resource_document
from engine.steps import Op, Step
from engine.urn import STACK_TYPE
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
    shown = [step for step in preview.steps if step.op is not Op.SAME or step.type == STACK_TYPE]
    return {
        "config": config,
        "steps": [_step(step) for step in shown],
        "diagnostics": [
            {"urn": item.urn, "message": item.message, "severity": item.severity.value}
            if item.urn
            else {"message": item.message, "severity": item.severity.value}
            for item in preview.diagnostics
        ],
        "duration": int(preview.seconds * _NANOSECONDS),
        "changeSummary": {op.value: count for op, count in sorted(preview.counts.items())},
    }


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


_masked = lambda properties: plain_all(properties, UNKNOWN_TEXT)  # noqa: E731
