"""Deletion and replacement follow the recorded dependencies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.deployment import ResourceState
from engine.graph import Graph


def urn(number: int) -> str:
    return f"urn:pulumi:dev::p::test:x:Thing::{number}"


@st.composite
def resources(draw: st.DrawFn) -> list[ResourceState]:
    """Resources that depend on earlier ones only, by option or as their children."""
    states: list[ResourceState] = []
    for number in range(draw(st.integers(1, 12))):
        earlier = st.sampled_from([state.urn for state in states]) if states else st.nothing()
        needs = draw(st.sets(earlier, max_size=3)) if states else set()
        parent = draw(st.one_of(st.just(""), earlier)) if states else ""
        states.append(
            ResourceState(
                urn=urn(number),
                type="test:x:Thing",
                custom=draw(st.booleans()),
                parent=parent,
                dependencies=tuple(sorted(needs)),
            )
        )
    return states


@given(resources(), st.data())
def test_nothing_is_deleted_before_what_needs_it(
    states: list[ResourceState], data: st.DataObject
) -> None:
    condemned = data.draw(st.lists(st.sampled_from(states), unique_by=id))

    waves = Graph(states).deletion_waves(condemned)

    wave_of = {state.urn: number for number, wave in enumerate(waves) for state in wave}
    assert set(wave_of) == {state.urn for state in condemned}
    for state in condemned:
        for needed in {*state.dependencies, state.parent} & set(wave_of):
            assert wave_of[state.urn] < wave_of[needed]


@given(resources(), st.data())
def test_dependents_are_all_that_can_be_reached_and_nothing_else(
    states: list[ResourceState], data: st.DataObject
) -> None:
    root = data.draw(st.sampled_from(states))

    found = {state.urn for state in Graph(states).dependents(root, lambda _urn: False)}

    reached = {root.urn}
    for state in states:  # in an order in which each follows what it depends on
        if reached & set(state.dependencies):
            reached.add(state.urn)
    assert found == reached - {root.urn}
