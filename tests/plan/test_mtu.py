"""How many bytes a packet may have on its way to the pods."""

import pytest

from plan.addresses import build_addresses
from plan.model import MtuStep
from plan.mtu import mtu_chain, wireguard_mtu
from plan.tunnels import build_mesh
from tests.plan.examples import house, pair, read


def _chain(nodes: list[str], weave: dict[str, object] | None = None) -> tuple[MtuStep, ...]:
    cluster = {"name": "rave", "nodes": {node: {} for node in nodes}, "weave": weave or {}}
    network = read(pair() | {"cluster": cluster})
    addresses = build_addresses(network)
    return mtu_chain(network, addresses, build_mesh(network, addresses))


@pytest.mark.parametrize(
    ("underlay", "expected"),
    [pytest.param(1500, 1420, id="Ethernet"), pytest.param(1492, 1412, id="PPPoE")],
)
def test_wireguard_takes_80_bytes(underlay: int, expected: int) -> None:
    assert wireguard_mtu([1500, underlay]) == expected


@pytest.mark.parametrize(
    ("nodes", "weave", "expected"),
    [
        pytest.param(["home/server"], {}, 1448, id="one site"),
        pytest.param(["home/server"], {"encryption": True}, 1412, id="one site, encrypted"),
        pytest.param(["home/server", "barn/away"], {}, 1368, id="two sites"),
        pytest.param(
            ["home/server", "barn/away"], {"encryption": True}, 1332, id="two sites, encrypted"
        ),
        pytest.param(["home/server"], {"mtu": 1376}, 1376, id="a lower one that is written"),
        pytest.param(
            ["home/server", "barn/away"], {"mtu": 1376}, 1368, id="a higher one that is written"
        ),
    ],
)
def test_pods_get_what_the_narrowest_way_between_nodes_leaves(
    nodes: list[str], weave: dict[str, object], expected: int
) -> None:
    assert _chain(nodes, weave)[-1].mtu == expected


def test_each_step_says_what_carries_it_and_why() -> None:
    lan, pods = _chain(["home/server"])

    assert (lan.name, lan.mtu) == ("LAN of home", 1500)
    assert pods.why == "1500 less 50 for VXLAN, rounded down to a multiple of 4"


def test_without_a_cluster_there_is_no_chain() -> None:
    network = read(pair())
    addresses = build_addresses(network)

    assert mtu_chain(network, addresses, build_mesh(network, addresses)) == ()


def test_jumbo_frames_of_the_nodes_segment_reach_the_pods() -> None:
    segments = {"servers": {"mtu": 9000}, "lan": {"mtu": 9000}}
    sites = {"home": house(segments=segments)}
    network = read({"sites": sites, "cluster": {"name": "rave", "nodes": {"home/server": {}}}})
    addresses = build_addresses(network)

    assert mtu_chain(network, addresses, build_mesh(network, addresses))[-1].mtu == 8948
