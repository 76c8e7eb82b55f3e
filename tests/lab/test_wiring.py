"""The la1r lab is wired as its sites are: plain Linux routers make packets go where they should."""

from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv4Network

import pytest

from lab.foreign import dhcp_server
from lab.la1r import FAR_ADDRESS
from lab.laboratory import Lab
from lab.machine import RunningMachine
from lab.probe import Verdict, ping, send_probes, tcp, udp

pytestmark = [pytest.mark.slow, pytest.mark.root]

HOME = "203.0.113.2"
MASQUERADE = """\
table ip plain {
    chain postrouting { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
    chain prerouting {
        type nat hook prerouting priority dstnat
        iifname "wan0" tcp dport 8080 dnat to 192.168.5.5:80
    }
}
"""


@pytest.fixture(scope="module")
def routed(la1r: Lab) -> Iterator[Lab]:
    """Let home's and attic's gateways route as any Linux router would, and forget it after."""
    gateways = [la1r["home-gateway"], la1r["attic-gateway"]]
    for gateway in gateways:
        gateway.run("nft", "-f", "-", text=MASQUERADE)
        gateway.run("sysctl", "-q", "net.ipv4.ip_forward=1")
    yield la1r
    for gateway in gateways:
        gateway.reboot()


def test_a_bare_router_passes_nothing_on(la1r: Lab) -> None:
    probe = ping("operator", "192.168.5.5", "home-server")

    assert send_probes(la1r, [probe])[probe].verdict is not Verdict.OPEN


def test_a_router_routes_between_its_own_segments(routed: Lab) -> None:
    probe = tcp("operator", "192.168.5.5", 80, "home-server")

    outcome = send_probes(routed, [probe])[probe]

    assert (outcome.answered_by, str(outcome.seen_from)) == ("home-server", "192.168.1.10")


@pytest.mark.parametrize(
    ("source", "seen_from"),
    [
        pytest.param("operator", HOME, id="home's router translates"),
        pytest.param("attic-pc", "203.0.113.4", id="the attic appears as its provider"),
        pytest.param("barn-pi", "203.0.113.", id="the unmanaged box translates"),
        pytest.param("rogue", "203.0.113.166", id="a machine on the internet is itself"),
    ],
)
def test_the_internet_sees_the_public_address(routed: Lab, source: str, seen_from: str) -> None:
    near, far = udp(source, "203.0.113.101", 9, "laptop"), tcp(source, FAR_ADDRESS, 443, "internet")

    outcomes = send_probes(routed, [near, far])

    assert all(outcome.verdict is Verdict.OPEN for outcome in outcomes.values())
    assert all(str(outcome.seen_from).startswith(seen_from) for outcome in outcomes.values())


def test_a_port_forward_leads_to_the_server_and_hides_nobody(routed: Lab) -> None:
    probe = tcp("laptop", HOME, 8080, "home-server", 80)

    outcome = send_probes(routed, [probe])[probe]

    assert (outcome.answered_by, str(outcome.seen_from)) == ("home-server", "203.0.113.101")


@pytest.mark.parametrize("address", ["203.0.113.4", "100.64.0.2", "192.168.30.1", "192.168.30.10"])
def test_nobody_dials_into_the_attic(routed: Lab, address: str) -> None:
    # Also not one who knows the way.
    routed["rogue"].run("ip", "route", "replace", "100.64.0.0/10", "via", "203.0.113.4")
    routed["rogue"].run("ip", "route", "replace", "192.168.30.0/24", "via", "203.0.113.4")
    probes = [
        make("rogue", address, 51820, listener)
        for make in (tcp, udp)
        for listener in ("attic-gateway", "attic-pc", "carrier")
    ]

    outcomes = send_probes(routed, probes)
    routed["rogue"].reboot()

    inside = [o for probe, o in outcomes.items() if probe.listener != "carrier"]
    assert all(outcome.seen_from is None for outcome in inside)
    assert not {o.answered_by for o in outcomes.values()} & {"attic-gateway", "attic-pc"}


def test_a_dhcp_client_gets_an_address_once_somebody_serves_it(la1r: Lab) -> None:
    gateway, client = la1r["home-gateway"], la1r["home-pc"]
    before = client.ask_for_address("eth0", seconds=1)
    gateway.run("sh", "-c", dhcp_server("lan0", "192.168.1.100", "192.168.1.101", "192.168.1.1"))
    leased = client.ask_for_address("eth0")
    route = client.run("ip", "route", "show", "default")
    gateway.reboot()
    client.reboot()

    assert before is None
    assert leased in {IPv4Interface("192.168.1.100/24"), IPv4Interface("192.168.1.101/24")}
    assert "via 192.168.1.1 dev eth0" in route


def test_a_reservation_is_told_by_the_hardware_address(la1r: Lab) -> None:
    gateway, printer = la1r["home-gateway"], la1r["home-printer"]
    server = dhcp_server("lan0", "192.168.1.100", "192.168.1.101", "192.168.1.1")
    gateway.run("sh", "-c", f"{server} --dhcp-host=02:00:00:00:01:20,192.168.1.20")
    leased = printer.ask_for_address("eth0")
    gateway.reboot()
    printer.reboot()

    assert leased == IPv4Interface("192.168.1.20/24")


def test_the_barn_has_its_addresses_from_others(la1r: Lab) -> None:
    outside = la1r["barn-box"].run("ip", "-brief", "-4", "address", "show", "wan0").split()[2]
    inside = la1r["barn-pc"].ask_for_address("eth0")

    assert IPv4Interface(outside).ip in IPv4Network("203.0.113.192/26")
    assert inside is not None
    assert inside.network == IPv4Network("192.168.1.0/24")


def test_the_provider_leaves_less_than_an_ethernet_frame(la1r: Lab) -> None:
    mtu = la1r["attic-gateway"].run("cat", "/sys/class/net/wan0/mtu")

    assert mtu == "1492\n"


def test_a_tunnel_from_behind_the_provider_stands(la1r: Lab) -> None:
    home, attic = la1r["home-gateway"], la1r["attic-gateway"]
    home_key = _make_tunnel_end(home, "10.255.0.1")
    attic_key = _make_tunnel_end(attic, "10.255.0.2")
    allowed = ("allowed-ips", "10.255.0.0/24")
    home.run("wg", "set", "wg0", "listen-port", "51820", "peer", attic_key, *allowed)
    attic.run("wg", "set", "wg0", "peer", home_key, *allowed, "endpoint", f"{HOME}:51820")
    probe = tcp("attic-gateway", "10.255.0.1", 80, "home-gateway")
    outcome = send_probes(la1r, [probe])[probe]
    for router in (home, attic):
        router.reboot()

    assert (outcome.answered_by, str(outcome.seen_from)) == ("home-gateway", "10.255.0.2")


def _make_tunnel_end(router: RunningMachine, address: str) -> str:
    """Make wg0 as wg-quick does where the kernel has no WireGuard, and give its public key."""
    router.run(
        "sh",
        "-eu",
        text=f"""\
wireguard-go wg0 >/dev/null 2>&1
(umask 077; wg genkey >/run/key)
wg set wg0 private-key /run/key
ip address add {address}/24 dev wg0
ip link set wg0 up
""",
    )
    return router.run("wg", "show", "wg0", "public-key").strip()
