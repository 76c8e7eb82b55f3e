"""Who gives leases and names, and which address a name has where."""

from typing import cast

import pytest

from plan.addresses import build_addresses
from plan.model import Dnsmasq
from plan.names import build_dnsmasq
from plan.tunnels import build_mesh
from tests.plan.examples import house, pair, read
from tests.plan.networks import Raw, managed

POOL = "192.168.1.100-192.168.1.199"
PRINTER_MAC = "02:00:00:00:01:20"


def _plan(description: Raw) -> dict[str, Dnsmasq]:
    network = read(description)
    addresses = build_addresses(network)
    planned = build_dnsmasq(network, addresses, build_mesh(network, addresses))
    return {str(device): found for device, found in planned.items()}


def _records(found: Dnsmasq) -> dict[str, str]:
    return {record.name: str(record.address) for record in found.records}


def _home(devices: Raw, **dhcp: object) -> Raw:
    """One site with leases on its LAN, and devices beside router and server."""
    site = house()
    prefixes = cast("dict[str, Raw]", site["prefixes"])
    prefixes["lan"]["dhcp"] = {"pool": POOL, **dhcp}
    cast("Raw", site["devices"]).update(devices)
    return {"sites": {"home": site}}


def _published(through: int | None, *, public: bool) -> Raw:
    """A service with a public name, at a load-balancer address of the house."""
    description = pair()
    home = cast("dict[str, Raw]", description["sites"])["home"]
    cast("Raw", home["prefixes"])["lb"] = {
        "cidr": "192.168.6.0/24",
        "role": "load-balancer",
        "segment": "servers",
    }
    flow = {
        "from": "internet",
        "to": "family/web",
        "ports": ["tcp/443"],
        "why": "public",
        "through": through,
    }
    service = {
        "namespace": "cloud",
        "selector": {"app": "web"},
        "address": "192.168.6.1",
        "ports": {"https": {"port": through or 443}},
        "hostnames": ["www.example.net"],
    }
    return description | {
        "cluster": {"name": "rave", "nodes": {"home/server": {}}},
        "tenants": {"family": {"id": 1, "namespaces": ["cloud"], "services": {"web": service}}},
        "flows": [flow] if public else [],
    }


def test_only_routers_servers_of_leases_and_ends_of_endpoints_answer() -> None:
    assert list(_plan(pair(router_is_managed=True))) == ["home/gateway", "barn/box"]
    assert list(_plan(pair(router_is_managed=False))) == ["home/gateway"]


def test_names_are_asked_on_inner_interfaces_and_by_vpn_clients() -> None:
    assert _plan(pair())["home/gateway"].interfaces == ("lan0", "srv0", "wg-family")


def test_clients_with_another_server_do_not_ask_the_endpoint() -> None:
    description = pair()
    cast("dict[str, dict[str, Raw]]", description["vpn"])["endpoints"]["family"]["dns"] = "9.9.9.9"

    assert _plan(description)["home/gateway"].interfaces == ("lan0", "srv0")


def test_a_name_is_the_address_at_home_and_the_alias_elsewhere() -> None:
    plans = _plan(pair(router_is_managed=True))

    assert _records(plans["barn/box"])["pi.barn.internal"] == "192.168.1.50"
    assert _records(plans["home/gateway"])["pi.barn.internal"] == "10.200.2.50"
    assert plans["home/gateway"].domain == "home.internal"


def test_names_of_a_site_that_is_not_joined_are_not_given() -> None:
    description = pair(router_is_managed=True)
    sites = cast("dict[str, Raw]", description["sites"])
    sites["home"]["circuit"] = {"kind": "cgnat"}

    assert "pi.barn.internal" not in _records(_plan(description)["home/gateway"])


def test_further_names_of_a_device_have_its_address() -> None:
    nas = {"role": "server", "address": "192.168.5.7", "dns": ["files"]}
    records = _records(_plan(_home({"nas": nas}))["home/gateway"])

    assert records["files.home.internal"] == records["nas.home.internal"] == "192.168.5.7"


def test_a_range_names_router_and_server_on_its_own_segment() -> None:
    (found,) = _plan(_home({}))["home/gateway"].ranges

    assert (found.prefix, found.interface, found.relayed_by) == ("lan", "lan0", None)
    assert str(found.router) == str(found.dns) == "192.168.1.1"


def test_a_device_with_a_mac_gets_a_fixed_lease_and_the_server_itself_none() -> None:
    printer = {"role": "iot", "address": "192.168.1.20", "mac": PRINTER_MAC}
    found = _plan(_home({"printer": printer}))["home/gateway"].reservations

    assert [(r.name, r.mac, str(r.address)) for r in found] == [
        ("printer", PRINTER_MAC, "192.168.1.20")
    ]


def test_leases_of_a_relayed_segment_are_given_from_where_the_relay_is_heard() -> None:
    relay = managed(role="server", interfaces={"a": {"addresses": ["192.168.1.9", "192.168.5.9"]}})
    plans = _plan(_home({"relay": relay}, server="server", relay="relay"))
    (found,) = plans["home/server"].ranges
    (passed,) = plans["home/relay"].relays

    assert (found.interface, str(found.relayed_by)) == ("eth0", "192.168.1.9")
    assert (str(passed.local), str(passed.server)) == ("192.168.1.9", "192.168.5.5")


@pytest.mark.parametrize(
    ("description", "at_home", "elsewhere"),
    [
        pytest.param(
            _published(None, public=False),
            "192.168.6.1",
            "192.168.6.1",
            id="a service that is not public is found at its address everywhere",
        ),
        pytest.param(
            _published(None, public=True),
            "192.168.6.1",
            None,
            id="other sites dial a public one as everyone else does",
        ),
        pytest.param(
            _published(22443, public=True),
            None,
            None,
            id="its address does not answer on the public port",
        ),
    ],
)
def test_a_public_name_leads_where_its_port_is_open(
    description: Raw, at_home: str | None, elsewhere: str | None
) -> None:
    sites = cast("dict[str, Raw]", description["sites"])
    sites["barn"] = cast("dict[str, Raw]", pair(router_is_managed=True)["sites"])["barn"]
    plans = _plan(description)

    assert _records(plans["home/gateway"]).get("www.example.net") == at_home
    assert _records(plans["barn/box"]).get("www.example.net") == elsewhere
