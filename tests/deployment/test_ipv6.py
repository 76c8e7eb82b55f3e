"""IPv6 that a provider or a host brings along opens nothing, on any segment and in no tunnel."""

from collections.abc import Iterable
from ipaddress import IPv6Address

import pytest

from lab.project import LabProject
from tests.deployment.conftest import works
from tests.deployment.ipv6 import (
    MANAGED,
    PLACES,
    find_address,
    give_addresses,
    is_closed,
    list_peers,
    ping_all,
)

pytestmark = [pytest.mark.slow, pytest.mark.root]

# A busy computer loses an echo request now and then; what is closed stays silent however often.
TRIES = 5
Pairs = set[tuple[str, IPv6Address]]


@pytest.fixture(scope="module")
def with_ipv6(sound: LabProject) -> LabProject:
    """A lab with IPv6 on every segment and through every tunnel."""
    give_addresses(sound)
    return sound


def pairs(*, closed: bool) -> Pairs:
    """Every machine and every address of another that is open to it, or closed."""
    apart = [(s, t) for s in PLACES for t in PLACES if s.machine != t.machine]
    open_ones = {(s.machine, t.address) for s, t in apart if not is_closed(s, t)}
    return {(s.machine, t.address) for s, t in apart} - open_ones if closed else open_ones


def answered(project: LabProject, asked: Pairs, awaited: Pairs) -> Pairs:
    """Who answers of those that are asked, who are asked again as long as one is awaited."""
    found: Pairs = set()
    for _ in range(TRIES):
        found |= ping_all(project, by_machine(asked))
        if awaited <= found:
            break
    return found


def by_machine(asked: Iterable[tuple[str, IPv6Address]]) -> dict[str, list[IPv6Address]]:
    listed: dict[str, list[IPv6Address]] = {}
    for machine, address in sorted(asked, key=str):
        listed.setdefault(machine, []).append(address)
    return listed


def show(found: Pairs) -> str:
    names = {place.address: f"{place.machine}/{place.interface}" for place in PLACES}
    return "\n".join(sorted(f"{machine} -> {names[address]}" for machine, address in found))


def test_ipv6_opens_nothing_that_a_managed_device_stands_in_the_way_of(
    with_ipv6: LabProject,
) -> None:
    closed = pairs(closed=True)
    found = answered(with_ipv6, closed, set())

    assert len(closed) > 300
    assert not found, show(found)


def test_what_is_nobodys_to_guard_stays_open(with_ipv6: LabProject) -> None:
    """Neighbours, and who is in front of every router of ours."""
    awaited = pairs(closed=False)
    found = answered(with_ipv6, awaited, awaited)

    assert found == awaited, show(awaited - found)


def test_neighbours_still_find_the_router(with_ipv6: LabProject) -> None:
    for machine, router, segment in (
        ("home-pc", "home-gateway", "home-lan"),
        ("external-pc", "external-gateway", "external-lan"),
        ("attic-pc", "attic-gateway", "attic-lan"),
        ("barn-pc", "barn-pi", "barn-lan"),
    ):
        address = str(find_address(router, segment))
        with_ipv6.lab[machine].try_run("busybox", "ping", "-6", "-c", "1", "-W", "1", address)
        known = with_ipv6.lab[machine].run("ip", "-6", "neighbour", "show", address)

        assert "lladdr" in known, machine


def test_without_the_rules_all_of_it_would_be_open(with_ipv6: LabProject) -> None:
    """So it is the rules that were seen to close it, and no missing route. The lab ends with it."""
    assert works(with_ipv6)
    reached = list_peers(with_ipv6)
    unrelated = {
        (source, find_address(target, None))
        for source in {place.machine for place in PLACES}
        for target in {place.machine for place in PLACES if place.segment is None}
        if (source, target) not in reached
    }
    closed = pairs(closed=True) - unrelated
    for name in MANAGED:
        with_ipv6.lab[name].run("nft", "delete", "table", "inet", "la1r")
    found = answered(with_ipv6, closed, closed)

    assert found == closed, show(closed - found)
