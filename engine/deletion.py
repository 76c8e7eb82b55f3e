"""Plans the deletion of what a finished program did not register any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.deployment import Deployment, ResourceState
from engine.generator import Progress
from engine.graph import Graph
from engine.steps import Op, Step


def plan_deletions(
    prior: Deployment, progress: Progress, aliased: Mapping[str, str]
) -> list[list[Step]]:
    """Delete steps for all recorded resources the run did not touch, in waves, dependents first.

    Within a wave no resource needs another one. ``aliased`` maps former URNs to those the program
    uses now.
    """
    steps: dict[ResourceState, Step] = {}
    for resource in prior.resources:
        step = _deletion(resource, progress, aliased)
        if step is not None:
            steps[resource] = step
    going = {step.urn for step in steps.values() if step.op is Op.DELETE}
    return [
        [replace(steps[resource], implied=resource.deleted_with in going) for resource in wave]
        for wave in Graph(prior.resources).deletion_waves(steps)
    ]


def _deletion(
    resource: ResourceState, progress: Progress, aliased: Mapping[str, str]
) -> Step | None:
    urn = aliased.get(resource.urn, resource.urn)
    if resource in progress.gone:
        return _forgotten(resource) if urn in progress.deleted_early else None
    if resource.delete:
        return Step(
            Op.DISCARD_REPLACED if resource.external else Op.DELETE_REPLACED,
            resource,
            None,
            logical=False,
        )
    op = progress.done.get(urn)
    if op is Op.REPLACE:
        return Step(Op.DELETE_REPLACED, resource, None, logical=False)
    if op is not None:
        return None
    if resource.pending_replacement:
        return _forgotten(resource)
    return Step(Op.READ_DISCARD if resource.external else Op.DELETE, resource, None)


def _forgotten(resource: ResourceState) -> Step:
    """The record of what was deleted for a replacement that never came."""
    return Step(Op.REMOVE_PENDING_REPLACE, resource, None, logical=False)
