"""A WireGuard file names keys, and is one that wg(8) takes as soon as keys stand in their place."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from msgspec.structs import replace

from plan.model import Peer, PeerEnd, WireguardInterface
from render.quoting import UnwritableValueError
from render.wireguard import PeerKeyError, render_wireguard, write_peer
from terms.values import DeviceRef
from tests.render.devices import BACKBONE, CLIENT_KEY, ENDPOINT
from tests.render.tools import MARKS, complain_about
from tests.render.wireguard_reader import join_keys, key_of, read_configuration

INTERFACES = [pytest.param(BACKBONE, id="backbone"), pytest.param(ENDPOINT, id="endpoint")]
END = PeerEnd(
    name="gateway shop",
    gateway=DeviceRef("shop", "router"),
    public_key=None,
    endpoint="shop.example.net:51820",
    allowed_ips=(IPv4Network("192.168.7.0/24"), IPv4Network("10.8.0.3/32")),
)
PEER = Peer(END, keepalive=25, psk="home--shop")


@pytest.mark.parametrize(
    ("peer", "line"),
    [
        pytest.param(PEER, "# gateway shop", id="name"),
        pytest.param(PEER, "PublicKey = @gateway/shop/router", id="key made on a gateway"),
        pytest.param(
            replace(PEER, end=replace(END, gateway=None, public_key=CLIENT_KEY)),
            f"PublicKey = {CLIENT_KEY}",
            id="key of a client",
        ),
        pytest.param(PEER, "PresharedKey = @psk/home--shop", id="preshared key"),
        pytest.param(PEER, "AllowedIPs = 192.168.7.0/24, 10.8.0.3/32", id="networks"),
        pytest.param(PEER, "Endpoint = shop.example.net:51820", id="endpoint"),
        pytest.param(
            replace(PEER, end=replace(END, endpoint="198.51.100.7:51820")),
            "Endpoint = 198.51.100.7:51820",
            id="endpoint by address",
        ),
        pytest.param(PEER, "PersistentKeepalive = 25", id="keepalive"),
        pytest.param(
            replace(PEER, keepalive=None),
            "PersistentKeepalive = off",
            id="keepalive, said when off",
        ),
    ],
)
def test_a_peer_is_written_field_by_field(peer: Peer, line: str) -> None:
    assert line in write_peer(peer).split("\n")


@pytest.mark.parametrize(
    ("peer", "key"),
    [
        pytest.param(replace(PEER, psk=None), "PresharedKey", id="preshared key"),
        pytest.param(replace(PEER, end=replace(END, allowed_ips=())), "AllowedIPs", id="networks"),
        pytest.param(
            replace(PEER, end=replace(END, endpoint=None)),
            "Endpoint",
            id="endpoint of one that roams",
        ),
    ],
)
def test_what_a_peer_has_not_is_not_written(peer: Peer, key: str) -> None:
    assert key not in write_peer(peer)


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(replace(PEER, end=replace(END, gateway=None)), id="no key"),
        pytest.param(replace(PEER, end=replace(END, public_key=CLIENT_KEY)), id="two keys"),
    ],
)
def test_a_peer_has_exactly_one_key(peer: Peer) -> None:
    with pytest.raises(PeerKeyError):
        write_peer(peer)


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(replace(PEER, psk="../private/wg-mesh"), id="preshared key elsewhere"),
        pytest.param(
            replace(PEER, end=replace(END, gateway=DeviceRef("..", "x"))), id="gateway elsewhere"
        ),
        pytest.param(
            replace(PEER, end=replace(END, gateway=DeviceRef("a/b", "x"))),
            id="gateway with three parts",
        ),
        pytest.param(replace(PEER, end=replace(END, endpoint="a b:1")), id="endpoint of two words"),
        pytest.param(
            replace(PEER, end=replace(END, endpoint="example.net")), id="endpoint without a port"
        ),
        pytest.param(
            replace(
                PEER,
                end=replace(END, gateway=None, public_key=CLIENT_KEY + "\nAllowedIPs = 0.0.0.0/0"),
            ),
            id="key with more behind it",
        ),
    ],
)
def test_a_value_that_is_more_than_one_is_refused(peer: Peer) -> None:
    with pytest.raises(UnwritableValueError):
        write_peer(peer)


@pytest.mark.parametrize("interface", INTERFACES)
def test_the_text_holds_no_private_key(interface: WireguardInterface) -> None:
    assert f"\nPrivateKey = @private/{interface.name}\n" in render_wireguard(interface)


def test_the_text_says_again_what_the_plan_says() -> None:
    read = read_configuration(join_keys(render_wireguard(BACKBONE)))

    assert read.interface["ListenPort"] == str(BACKBONE.port)
    assert read.interface["PrivateKey"] == key_of("@private/wg-mesh")
    assert [peer["PublicKey"] for peer in read.peers] == [
        key_of(f"@gateway/{peer.gateway}") for peer in BACKBONE.peers
    ]
    assert read.networks() == [each for peer in BACKBONE.peers for each in peer.allowed_ips]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[Interface]\nAddress = 10.8.0.1/24", id="a setting of wg-quick"),
        pytest.param("[Interface]\nListenPort = 1\nListenPort = 2", id="a setting twice"),
        pytest.param("[Interface]\nPrivateKey = c2hvcnQ=", id="no key"),
        pytest.param("[Peer]\n[Interface]", id="a peer first"),
    ],
)
def test_the_reader_of_this_test_is_strict(text: str) -> None:
    with pytest.raises(ValueError, match=r"has no place|one interface|holds no key"):
        read_configuration(text)


@pytest.mark.parametrize("interface", INTERFACES)
class TestWithWg:
    """Without the kernel's module, wg(8) still reads the whole file and only then complains."""

    pytestmark = MARKS["wg"]

    def test_wg_takes_the_text_with_keys(
        self, interface: WireguardInterface, tmp_path: Path
    ) -> None:
        complaint = complain_about(join_keys(render_wireguard(interface)), tmp_path)

        assert complaint.startswith("Unable to modify interface")

    def test_wg_refuses_the_text_without_keys(
        self, interface: WireguardInterface, tmp_path: Path
    ) -> None:
        complaint = complain_about(render_wireguard(interface), tmp_path)

        assert complaint.endswith("Configuration parsing error\n")
