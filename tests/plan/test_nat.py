"""Whose addresses a device rewrites, in which order, and whose it leaves alone."""

from ipaddress import IPv4Network

import pytest

from plan.addresses import build_addresses
from plan.model import Origin, Party, PartyKind, PlannedFlow
from plan.nat import NatRules, build_nat
from plan.ruleset import Masquerade, Rule, TranslateDestination, TranslateSource
from plan.tunnels import build_mesh
from terms.values import DeviceRef, Ports
from tests.plan.examples import pair, read
from tests.plan.networks import Raw

INTERNET = Party(PartyKind.INTERNET, "internet")


def _flow(site: str, device: str, public: int, port: str) -> PlannedFlow:
    ref = DeviceRef(site, device)
    return PlannedFlow(
        name=f"internet-to-{device}",
        origin=Origin.DECLARED,
        source=INTERNET,
        target=Party(PartyKind.DEVICE, str(ref), site=site, device=ref),
        ports=(Ports.parse(port),),
        why="a test",
        public_port=public,
    )


def _nat(description: Raw, device: str, *flows: PlannedFlow) -> NatRules:
    network = read(description)
    addresses = build_addresses(network)
    mesh = build_mesh(network, addresses)
    return build_nat(network, addresses, mesh, flows)[DeviceRef.parse(device)]


def _texts(networks: tuple[IPv4Network, ...]) -> list[str]:
    return [str(network) for network in networks]


def _masquerades(rules: NatRules) -> list[Rule]:
    return [rule for rule in rules.postrouting if isinstance(rule.action, Masquerade)]


def test_an_alias_becomes_the_range_for_whatever_comes_out_of_a_tunnel() -> None:
    rule = _nat(pair(), "home/gateway").prerouting[0]

    assert rule.match.input_interfaces == ("wg-mesh", "wg-family")
    assert _texts(rule.match.destinations) == ["10.200.1.0/24"]
    assert rule.action == TranslateDestination(IPv4Network("192.168.1.0/24"))


def test_a_range_becomes_its_alias_for_whatever_goes_into_a_tunnel() -> None:
    rule = _nat(pair(), "home/gateway").postrouting[0]

    assert rule.match.output_interfaces == ("wg-mesh", "wg-family")
    assert _texts(rule.match.sources) == ["192.168.1.0/24"]
    assert rule.action == TranslateSource(IPv4Network("10.200.1.0/24"))


def test_own_networks_leave_by_the_uplink_under_its_address_and_vpn_clients_do_not() -> None:
    rule = _nat(pair(), "home/gateway").postrouting[-1]

    assert rule.match.output_interfaces == ("wan0",)
    assert _texts(rule.match.sources) == ["192.168.1.0/24", "192.168.5.0/24"]
    assert rule.action == Masquerade()


def test_vpn_clients_leave_by_the_uplink_where_a_flow_says_so() -> None:
    cidr = (IPv4Network("10.8.2.0/24"),)
    clients = Party(PartyKind.VPN, "vpn.family", "home", cidr, cidr, DeviceRef("home", "gateway"))
    flow = PlannedFlow("out", Origin.DECLARED, clients, INTERNET, (Ports.parse("any"),), "a test")
    rule = _nat(pair(), "home/gateway", flow).postrouting[-1]

    assert "10.8.2.0/24" in _texts(rule.match.sources)


def test_a_public_port_leads_to_the_address_and_port_behind_it() -> None:
    rules = _nat(pair(), "home/gateway", _flow("home", "server", 8080, "tcp/80"))
    rule = next(r for r in rules.prerouting if r.match.input_interfaces == ("wan0",))

    assert rule.match.ports == (Ports.parse("tcp/8080"),)
    assert rule.action == TranslateDestination(IPv4Network("192.168.5.5/32"), 80)
    assert rule.comment == "internet-to-server"


def test_insiders_who_dial_the_public_address_get_there_too() -> None:
    rules = _nat(pair(), "home/gateway", _flow("home", "server", 8080, "tcp/80"))
    rule = next(r for r in rules.prerouting if r.match.local_destination)

    assert rule.match.input_interfaces == ("lan0", "srv0")
    assert set(_texts(rule.match.not_destinations)) == {
        "192.168.1.1/32",
        "192.168.5.254/32",
        "10.8.0.1/32",
        "10.8.2.1/32",
    }


def test_only_neighbours_of_the_target_are_hidden_from_it() -> None:
    rules = _nat(pair(), "home/gateway", _flow("home", "server", 8080, "tcp/80"))
    hairpin = [r for r in _masquerades(rules) if r.match.original_port]

    assert [r.match.input_interfaces for r in hairpin] == [("srv0",)]
    assert _texts(hairpin[0].match.sources) == ["192.168.5.0/24"]
    assert hairpin[0].match.original_port == 8080


def test_hairpin_can_be_switched_off() -> None:
    description = pair() | {"network": {"implied_off": ["hairpin"]}}
    rules = _nat(description, "home/gateway", _flow("home", "server", 8080, "tcp/80"))

    assert not any(rule.match.local_destination for rule in rules.prerouting)
    assert not any(rule.match.original_port for rule in rules.postrouting)


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        pytest.param("tcp/8080", [], id="it listens on the public port itself"),
        pytest.param(
            "tcp/80",
            [TranslateDestination(IPv4Network("192.168.1.1/32"), 80)] * 2,
            id="it listens on another port",
        ),
    ],
)
def test_a_service_of_the_router_is_translated_only_to_another_port(
    port: str, expected: list[TranslateDestination]
) -> None:
    rules = _nat(pair(), "home/gateway", _flow("home", "gateway", 8080, port))
    actions = [r.action for r in rules.prerouting if r.match.ports]

    assert actions == expected


def test_wireguard_beside_the_router_gets_its_port_forwarded() -> None:
    description = pair(router_is_managed=True)
    vpn = description["vpn"]
    assert isinstance(vpn, dict)
    vpn["endpoints"]["family"]["at"] = "barn/pi"
    rules = _nat(description, "barn/box")
    rule = next(r for r in rules.prerouting if r.match.input_interfaces == ("wan0",))

    assert rule.match.ports == (Ports.parse("udp/33443"),)
    assert rule.action == TranslateDestination(IPv4Network("192.168.1.50/32"), 33443)


@pytest.mark.parametrize(
    ("router_is_managed", "expected"),
    [
        pytest.param(True, ["192.168.1.0/24"], id="its own segment, where the router has a route"),
        pytest.param(False, ["192.168.7.0/24", "192.168.1.0/24"], id="the whole site otherwise"),
    ],
)
def test_a_one_armed_gateway_hides_the_mesh_from_hosts_that_would_answer_by_another_way(
    router_is_managed: bool,
    expected: list[str],
) -> None:
    rules = _nat(pair(router_is_managed=router_is_managed), "barn/pi")
    (rule,) = _masquerades(rules)

    assert (rule.match.input_interfaces, rule.match.output_interfaces) == (("wg-mesh",), ("eth0",))
    assert _texts(rule.match.destinations) == expected


def test_a_managed_router_hides_neighbours_of_the_one_armed_gateway_from_it() -> None:
    rules = _nat(pair(router_is_managed=True), "barn/box")
    rule = next(r for r in _masquerades(rules) if r.match.input_interfaces == ("lan0",))

    assert rule.match.output_interfaces == ("lan0",)
    assert _texts(rule.match.sources) == ["192.168.1.0/24"]
    assert "10.200.1.0/24" in _texts(rule.match.destinations)


def test_a_gateway_that_is_the_router_hides_nobody_from_its_lan() -> None:
    outputs = {r.match.output_interfaces for r in _masquerades(_nat(pair(), "home/gateway"))}

    assert outputs == {("wan0",)}


def test_a_host_translates_nothing() -> None:
    assert _nat(pair(), "home/server") == NatRules((), ())
