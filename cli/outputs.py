"""A preview -> the same preview without outputs that are whole documents."""

from dataclasses import replace
from typing import TypeVar

from engine.deploy import Deployed
from engine.deployment import ResourceState
from engine.preview import Preview
from engine.urn import STACK_TYPE

Result = TypeVar("Result", Preview, Deployed)

# They stand in the state for other programs; a person reads the matrix and the views instead.
DOCUMENTS = frozenset({"network", "connectivity"})


def without_documents(result: Result) -> Result:
    """A preview or an outcome as a terminal shows it; the state and `--json` hold every output."""
    steps = tuple(
        replace(step, old=_without(step.old), new=_without(step.new))
        if step.type == STACK_TYPE
        else step
        for step in result.steps
    )
    return replace(result, steps=steps)


def _without(state: ResourceState | None) -> ResourceState | None:
    if state is None:
        return None
    outputs = {name: value for name, value in state.outputs.items() if name not in DOCUMENTS}
    return replace(state, outputs=outputs)
