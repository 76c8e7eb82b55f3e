"""What depends on what among recorded resources, which stand in an order that respects it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from engine.deployment import ResourceState
from engine.urn import parse_provider_reference


def depends_on(resource: ResourceState) -> set[str]:
    """The URNs a resource needs, but for its parent's."""
    needed = {*resource.dependencies, *resource.replace_with}
    for urns in resource.property_dependencies.values():
        needed.update(urns)
    if resource.provider:
        needed.add(parse_provider_reference(resource.provider).urn)
    if resource.deleted_with:
        needed.add(resource.deleted_with)
    return needed


class Graph:
    """The dependency graph of a deployment's resources."""

    def __init__(self, resources: Sequence[ResourceState]) -> None:
        self._resources = resources
        self._index = {resource: index for index, resource in enumerate(resources)}
        self._needs = {resource: depends_on(resource) for resource in resources}

    def dependents(
        self, root: ResourceState, ignored: Callable[[str], bool]
    ) -> list[ResourceState]:
        """All that needs the root, directly or not, in order; ignored URNs pass nothing on."""
        reached = {root.urn}
        found = []
        for candidate in self._resources[self._index[root] + 1 :]:
            if not ignored(candidate.urn) and reached & self._needs[candidate]:
                found.append(candidate)
                reached.add(candidate.urn)
        return found

    def deletion_waves(self, condemned: Iterable[ResourceState]) -> list[list[ResourceState]]:
        """The condemned in waves: each wave needs only what later waves delete.

        A component's children count as what depends on the component needs.
        """
        rest = sorted(condemned, key=self._index.__getitem__)
        depth: dict[ResourceState, int] = {}
        by_urn: dict[str, list[ResourceState]] = {}
        children: dict[str, list[ResourceState]] = {}
        for resource in rest:
            below = self._below(resource, by_urn, children)
            depth[resource] = 1 + max((depth[other] for other in below), default=-1)
            by_urn.setdefault(resource.urn, []).append(resource)
            children.setdefault(resource.parent, []).append(resource)
        waves: list[list[ResourceState]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for resource, level in depth.items():
            waves[level].append(resource)
        return waves[::-1]

    def _below(
        self,
        resource: ResourceState,
        by_urn: dict[str, list[ResourceState]],
        children: dict[str, list[ResourceState]],
    ) -> list[ResourceState]:
        found = list(by_urn.get(resource.parent, ()))
        for urn in self._needs[resource]:
            direct = by_urn.get(urn, [])
            found.extend(direct)
            if direct and not direct[0].custom:
                found.extend(_descendants(urn, children))
        return found


def _descendants(urn: str, children: dict[str, list[ResourceState]]) -> Iterable[ResourceState]:
    for child in children.get(urn, ()):
        yield child
        if child.urn != urn:
            yield from _descendants(child.urn, children)
