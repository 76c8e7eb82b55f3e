"""Which sites are joined how, and what each end of a tunnel knows of the other."""

from ipaddress import IPv4Network

import pytest

from plan.addresses import build_addresses
from plan.model import Mesh, Peer
from plan.reached import OverlapError
from plan.tunnels import build_mesh
from tests.plan.examples import barn, house, pair, read
from tests.plan.networks import Raw, managed

DIALLED: Raw = {"kind": "dynamic", "endpoint": "a.example.net"}
DIALS: Raw = {"kind": "dynamic"}
CGNAT: Raw = {"kind": "cgnat", "endpoint": "a.example.net"}


def _mesh(description: Raw) -> Mesh:
    network = read(description)
    return build_mesh(network, build_addresses(network))


def _site(number: int, circuit: Raw, *, relay: bool = False, platform: str = "linux") -> Raw:
    gateway: Raw = {"role": "router", "address": f"10.1.{number}.1"}
    return {
        "id": number,
        "circuit": circuit,
        "relay": relay,
        "prefixes": {"lan": {"cidr": f"10.1.{number}.0/24", "role": "user"}},
        "devices": {"gw": managed(**gateway) if platform == "linux" else gateway},
    }


def _peer(mesh: Mesh, site: str, other: str) -> Peer:
    return next(
        peer
        for interface in mesh.interfaces
        if interface.device.site == site
        for peer in interface.peers
        if peer.name == f"gateway {other}"
    )


@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [
        pytest.param(_site(1, DIALLED), _site(2, DIALS), None, "direct", id="one can be dialled"),
        pytest.param(_site(1, DIALLED), _site(2, DIALLED), None, "direct", id="both can"),
        pytest.param(_site(1, DIALS), _site(2, DIALS), None, "refused", id="neither can"),
        pytest.param(_site(1, DIALS), _site(2, CGNAT), None, "refused", id="a name behind cgnat"),
        pytest.param(
            _site(1, DIALS),
            _site(2, DIALS),
            _site(3, DIALLED, relay=True),
            "relay",
            id="neither can, and a third relays",
        ),
        pytest.param(
            _site(1, DIALS), _site(2, DIALS), _site(3, DIALLED), "refused", id="the third may not"
        ),
        pytest.param(
            _site(1, DIALS),
            _site(2, DIALS),
            _site(3, DIALS, relay=True),
            "refused",
            id="the third cannot be dialled either",
        ),
        pytest.param(
            _site(1, DIALLED),
            _site(2, DIALS, platform="unmanaged"),
            None,
            "refused",
            id="no gateway at one end",
        ),
    ],
)
def test_two_sites_are_joined_by_who_can_be_dialled(
    a: Raw, b: Raw, c: Raw | None, expected: str
) -> None:
    sites = {"a": a, "b": b, **({"c": c} if c else {})}
    link = _mesh({"sites": sites}).links[0]

    assert (link.a, link.b, link.kind.value) == ("a", "b", expected)
    assert link.relay == ("c" if expected == "relay" else None)


def test_of_two_relays_the_one_with_the_lowest_id_is_taken() -> None:
    sites = {
        "z": _site(3, DIALLED, relay=True),
        "y": _site(4, DIALLED, relay=True),
        "a": _site(1, DIALS),
        "b": _site(2, DIALS),
    }

    assert _mesh({"sites": sites}).links[0].relay == "z"


def test_the_end_that_cannot_be_dialled_dials_and_keeps_the_way_open() -> None:
    mesh = _mesh(pair())
    at_barn, at_home = _peer(mesh, "barn", "home"), _peer(mesh, "home", "barn")

    assert (at_barn.endpoint, at_barn.keepalive) == ("home.example.net:51820", 25)
    assert (at_home.endpoint, at_home.keepalive) == (None, None)
    assert at_barn.psk == at_home.psk == "home--barn"


def test_two_ends_that_dial_each_other_both_keep_the_way_open() -> None:
    """Idle ends that dial in the same moment would undo each other's handshake."""
    sites = {"a": _site(1, DIALLED), "b": _site(2, DIALLED)}
    mesh = _mesh({"sites": sites})

    assert _peer(mesh, "a", "b").keepalive == _peer(mesh, "b", "a").keepalive == 25


def test_a_peer_may_send_from_its_effective_ranges_its_clients_and_its_link_address() -> None:
    allowed = _peer(_mesh(pair()), "barn", "home").allowed_ips

    assert [str(item) for item in allowed] == [
        "10.200.1.0/24",
        "192.168.5.0/24",
        "10.8.2.0/24",
        "10.8.0.1/32",
    ]


def test_a_relay_may_also_send_what_it_carries_for_others() -> None:
    sites = {"a": _site(1, DIALS), "b": _site(2, DIALS), "c": _site(3, DIALLED, relay=True)}
    mesh = _mesh({"sites": sites})
    own, carried = ("10.1.3.0/24", "10.8.0.3/32"), ("10.1.2.0/24", "10.8.0.2/32")

    assert tuple(map(str, _peer(mesh, "a", "c").allowed_ips)) == own + carried
    assert tuple(map(str, _peer(mesh, "c", "a").allowed_ips)) == ("10.1.1.0/24", "10.8.0.1/32")


def test_a_client_has_the_address_of_its_index_and_the_key_that_is_written() -> None:
    description = pair()
    network = read(description)
    interface = next(i for i in _mesh(description).interfaces if i.endpoint == "family")
    client = interface.peers[0]

    assert (interface.name, str(interface.address)) == ("wg-family", "10.8.2.1/24")
    assert client.allowed_ips == (IPv4Network("10.8.2.10/32"),)
    assert client.public_key == network.vpn.clients["laptop"].public_key
    assert (client.gateway, client.endpoint, client.psk) == (None, None, None)


def test_the_narrowest_uplink_of_its_links_decides_the_mtu_of_an_interface() -> None:
    sites = {
        "a": _site(1, DIALLED),
        "b": _site(2, DIALS | {"mtu": 1492}),
        "c": _site(3, DIALS),
    }
    mesh = _mesh({"sites": sites})

    assert {i.device.site: i.mtu for i in mesh.interfaces} == {"a": 1412, "b": 1412, "c": 1420}


def test_a_single_site_has_no_backbone() -> None:
    mesh = _mesh({"sites": {"home": house()}})

    assert (mesh.links, mesh.interfaces) == ((), ())


def test_overlapping_ranges_never_become_peers() -> None:
    far = barn(router_is_managed=False)
    lan = {"cidr": "192.168.1.0/24", "role": "user"}
    sites = {
        "home": house(prefixes={"lan": lan}),
        "barn": far | {"prefixes": {"lan": lan}, "devices": {"pi": managed(role="server")}},
    }

    with pytest.raises(OverlapError, match=r"home\.lan.*barn\.lan|barn\.lan.*home\.lan"):
        _mesh({"sites": sites})
