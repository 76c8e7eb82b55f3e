"""What is taken out of a description takes its own lines away everywhere, and nothing else."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import cast

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from config.network import Network
from config.stackfile import read_stack_file
from plan.flows import flow_name
from tests.golden import REPOSITORY
from tests.plan.networks import descriptions
from tests.render.removal import (
    Raw,
    Removal,
    part,
    remove_client,
    remove_endpoint,
    remove_flow,
    remove_site,
    render_texts,
    strange_changes,
)

STACKS: Mapping[str, Raw] = {
    path.name.split(".")[1]: dict(read_stack_file(path).areas)
    for path in sorted(REPOSITORY.glob("Pulumi.*.yaml"))
}
TEXTS = {name: render_texts(description) for name, description in STACKS.items()}


def site_of(description: Raw, name: str) -> Removal:
    """Take out a site, with its address on the backbone as the plan derives it."""
    number = part(description, "sites", name)["id"]
    return remove_site(description, name, (f"10.8.0.{number}",))


def forward_of(description: Raw, index: int) -> Removal:
    """Take out a flow from the internet."""
    flow = Network.model_validate(description).flows[index]
    ports = {str(port.first) for port in flow.ports} | {str(flow.through)}
    return remove_flow(description, index, {flow_name(flow), *ports})


def cases() -> list[object]:
    """Give each thing of the stacks that can be taken out without another one."""
    found: list[object] = []
    for stack, description in STACKS.items():
        vpn = part(description, "vpn")
        removes: list[tuple[str, str, Callable[[Raw, str], Removal]]] = [
            *(("client", name, remove_client) for name in cast("Raw", vpn["clients"])),
            *(("endpoint", name, remove_endpoint) for name in cast("Raw", vpn["endpoints"])),
            # With the second of two sites the whole backbone goes.
            *(("site", name, site_of) for name in ("attic", "barn") if stack == "lab"),
        ]
        found += [
            pytest.param(stack, remove(description, name), id=f"{stack} {kind} {name}")
            for kind, name, remove in removes
        ]
        flows = cast("list[Raw]", description["flows"])
        found += [
            pytest.param(stack, forward_of(description, index), id=f"{stack} forward {index}")
            for index, flow in enumerate(flows)
            if flow["from"] == "internet"
        ]
    return found


@pytest.mark.parametrize(("stack", "removal"), cases())
def test_only_lines_that_name_it_go(stack: str, removal: Removal) -> None:
    after = render_texts(removal.description)

    assert after != TEXTS[stack]
    assert not strange_changes(TEXTS[stack], after, removal.words)


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_added_again_at_another_place_gives_the_same_bytes(stack: str) -> None:
    again = deepcopy(STACKS[stack])
    for area in (
        part(again, "sites"),
        part(again, "vpn", "clients"),
        part(again, "vpn", "endpoints"),
    ):
        name = next(iter(area))
        area[name] = area.pop(name)

    assert render_texts(again) == TEXTS[stack]


@pytest.mark.parametrize(
    ("area", "remove"),
    [
        pytest.param("clients", remove_client, id="client"),
        pytest.param("endpoints", remove_endpoint, id="endpoint"),
    ],
)
@settings(max_examples=10, phases=[Phase.generate])
@given(descriptions(sites=2), st.data())
def test_a_part_of_any_vpn_takes_its_own_lines_alone(
    area: str, remove: Callable[[Raw, str], Removal], description: Raw, data: st.DataObject
) -> None:
    names = sorted(cast("Raw", part(description, "vpn")[area]))
    assume(names)
    removal = remove(description, data.draw(st.sampled_from(names)))

    before, after = render_texts(description), render_texts(removal.description)
    assert not strange_changes(before, after, removal.words)


@settings(max_examples=10, phases=[Phase.generate])
@given(descriptions(sites=3), st.data())
def test_a_site_of_any_network_takes_its_own_lines_alone(
    description: Raw, data: st.DataObject
) -> None:
    """The first is where the operator is, and it relays for others: with it more would go.

    Without a cluster: rules between nodes share lines, and with a node they are grouped anew.
    """
    sites = list(part(description, "sites"))
    description = {**description, "network": {"operator": {"at": sites[0]}}, "cluster": None}
    name = data.draw(st.sampled_from(sites[1:]))
    changed, words = description, frozenset[str]()
    for endpoint, record in part(description, "vpn", "endpoints").items():
        if str(cast("Raw", record)["at"]).startswith(f"{name}/"):
            removal = remove_endpoint(changed, endpoint)
            changed, words = removal.description, words | removal.words
    removal = site_of(changed, name)

    before, after = render_texts(description), render_texts(removal.description)
    assert not strange_changes(before, after, words | removal.words)


def test_a_change_that_names_nothing_is_found() -> None:
    before = {"home/gateway:routes": "10.1.0.0/24 dev lan0\n10.2.0.0/24 dev lan0\n"}

    assert strange_changes(
        before, {"home/gateway:routes": "10.2.0.0/24 dev lan0\n"}, {"10.2.0.0/24"}
    )
    assert strange_changes(
        before, {"home/gateway:routes": "10.1.0.0/24 dev lan1\n"}, {"10.2.0.0/24"}
    )
    assert not strange_changes(
        before, {"home/gateway:routes": "10.1.0.0/24 dev lan0\n"}, {"10.2.0.0/24"}
    )
