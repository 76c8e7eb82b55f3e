"""Every kind of change of a description, one after the other on a network that goes on working."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.project import Description, LabProject, find_device
from tests.deployment.conftest import deploy, works

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."
Change = Callable[[Description], object]


def prefix(config: Description, site: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = config["la1r:sites"][site]["prefixes"][name]
    return found


def site(config: Description, name: str) -> dict[str, Any]:
    found: dict[str, Any] = config["la1r:sites"][name]
    return found


def endpoints(config: Description) -> dict[str, Any]:
    found: dict[str, Any] = config["la1r:vpn"]["endpoints"]
    return found


def add_vlan(config: Description) -> None:
    site(config, "home")["segments"] = {"sensors": {"vlan": 20}}
    site(config, "home")["prefixes"]["sensors"] = {
        "cidr": "192.168.20.0/24",
        "role": "iot",
        "segment": "sensors",
        "server": "home/server",
        "server_ports": ["tcp/1883"],
        "dhcp": {"pool": "192.168.20.100-192.168.20.110"},
    }
    interface = {"segment": "sensors", "addresses": ["192.168.20.1"]}
    find_device(config, "home/gateway")["interfaces"]["lan0.20"] = interface


def move_in_vlan(config: Description) -> None:
    interface = find_device(config, "home/gateway")["interfaces"]["lan0.20"]
    interface["addresses"] = ["192.168.20.254"]


def remove_vlan(config: Description) -> None:
    del site(config, "home")["segments"]
    del site(config, "home")["prefixes"]["sensors"]
    del find_device(config, "home/gateway")["interfaces"]["lan0.20"]


def rename_device(config: Description) -> None:
    external = site(config, "external")
    external["devices"] = {"router": external["devices"].pop("gateway")}
    endpoints(config)["away"]["at"] = "external/router"


def drop_attic(config: Description) -> None:
    del config["la1r:sites"]["attic"]
    for sentences in (config["la1r:flows"], config["la1r:expect"]["deny"]):
        sentences[:] = [each for each in sentences if "attic" not in f"{each['from']} {each['to']}"]


CHANGES: dict[str, Change] = {
    "domain": lambda c: c["la1r:network"].update(domain="other.internal"),
    "pool": lambda c: prefix(c, "home", "lan")["dhcp"].update(pool="192.168.1.120-192.168.1.180"),
    "reservation": lambda c: prefix(c, "home", "lan")["dhcp"].update(
        reservations={"scanner": {"mac": "02:00:00:00:09:21", "address": "192.168.1.30"}}
    ),
    "DHCP begins": lambda c: prefix(c, "home", "servers").update(
        dhcp={"pool": "192.168.5.100-192.168.5.110"}
    ),
    "DHCP ends": lambda c: prefix(c, "home", "servers").pop("dhcp"),
    "another name": lambda c: find_device(c, "home/printer").update(dns=["paper"]),
    "MTU of an uplink": lambda c: site(c, "attic")["circuit"].update(mtu=1400),
    "MTU of a segment": lambda c: site(c, "home").update(segments={"lan": {"mtu": 1400}}),
    "a second relay": lambda c: site(c, "external").update(relay=True),
    "a dynamic circuit": lambda c: site(c, "external")["circuit"].update(kind="dynamic"),
    "a site's number": lambda c: site(c, "external").update(id=7),
    "a device's name": rename_device,
    "an endpoint's port": lambda c: endpoints(c)["family"].update(port=33445),
    "an endpoint's range": lambda c: endpoints(c)["family"].update(cidr="10.8.12.0/24"),
    "a new endpoint": lambda c: endpoints(c).update(
        more={"tenant": "guests", "at": "home/gateway", "port": 33446, "cidr": "10.8.14.0/24"}
    ),
    "an endpoint goes": lambda c: endpoints(c).pop("more"),
    "an endpoint's names": lambda c: endpoints(c)["guests"].update(
        dns="192.0.2.53", host="vpn.example.net"
    ),
    "a client goes": lambda c: c["la1r:vpn"]["clients"].pop("tablet"),
    "a client's number": lambda c: c["la1r:vpn"]["clients"]["laptop"].update(index=11),
    "a VLAN": add_vlan,
    "another address in the VLAN": move_in_vlan,
    "the VLAN goes": remove_vlan,
    "a service of a device": lambda c: find_device(c, "home/server")["listens"].update(
        more="tcp/81"
    ),
    "a public port": lambda c: c["la1r:flows"][-1].update(ports=["tcp/8081"]),
    "public ports": lambda c: c["la1r:flows"].append(
        {"from": "internet", "to": "home/server", "ports": ["tcp/9000-9010"], "why": "more"}
    ),
    "a flow goes": lambda c: c["la1r:flows"].pop(4),
    "an implied flow goes": lambda c: c["la1r:network"].update(implied_off=["dns/home.servers"]),
    "the time to come back": lambda c: find_device(c, "home/gateway")["manage"].update(window=90),
    "a second address": lambda c: find_device(c, "home/gateway")["interfaces"]["lan0"].update(
        addresses=["192.168.1.1", "192.168.1.254"]
    ),
    "another default router": lambda c: prefix(c, "home", "lan").update(gateway="192.168.1.254"),
    "trust": lambda c: c["la1r:tenants"]["guests"].update(trust="owner"),
    "protection": lambda c: c["la1r:network"].update(protect=True),
    "no protection": lambda c: c["la1r:network"].pop("protect"),
    "an alias": lambda c: prefix(c, "external", "lan").update(alias="10.200.22.0/24"),
    "the alias before": lambda c: prefix(c, "external", "lan").update(alias="10.200.2.0/24"),
    "a site goes": drop_attic,
}
# After these, what `works` asks for is not described any more.
ELSEWHERE = {"an alias", "a site goes"}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_made_once_and_the_network_goes_on(sound: LabProject, name: str) -> None:
    """Each leaves the network a little different."""
    sound.change(CHANGES[name])
    deploy(sound)
    again = sound.up()

    assert NOTHING in again.stdout, again.stdout
    assert name in ELSEWHERE or works(sound)
