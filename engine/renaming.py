"""Lets recorded resources refer to others by the names these have now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.deployment import ResourceState
from engine.graph import depends_on
from engine.urn import ProviderReference, parse_provider_reference


def renamed(state: ResourceState, names: Mapping[str, str]) -> ResourceState:
    """The resource with today's URNs in the place of former ones, and without aliases.

    ``names`` maps former URNs to today's.
    """
    if state.aliases:
        state = replace(state, aliases=())
    if not names or not names.keys() & {*depends_on(state), state.parent}:
        return state

    def now(urn: str) -> str:
        return names.get(urn, urn)

    return replace(
        state,
        parent=now(state.parent),
        provider=_provider(state.provider, names),
        dependencies=tuple(map(now, state.dependencies)),
        property_dependencies={
            key: tuple(map(now, urns)) for key, urns in state.property_dependencies.items()
        },
        deleted_with=now(state.deleted_with),
        replace_with=tuple(map(now, state.replace_with)),
    )


def _provider(reference: str, names: Mapping[str, str]) -> str:
    if not reference:
        return ""
    parsed = parse_provider_reference(reference)
    return str(ProviderReference(names.get(parsed.urn, parsed.urn), parsed.id))
