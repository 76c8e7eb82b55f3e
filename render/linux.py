"""Turns the plan of a Linux device into its files.

What is ours on such a device: the table `inet la1r`, WireGuard interfaces with their addresses,
VLAN interfaces that have addresses, the routes listed, dnsmasq's drop-in and the kernel settings
listed. Its ports, bridges and uplink with their addresses are not: the device must be reachable
before and without us.
"""

from collections.abc import Iterable, Iterator

from plan.model import DevicePlan, DnsRecord, InterfaceKind, L3Interface, Route
from render.environment import fill_template
from render.files import CURRENT, DeviceFile
from render.quoting import (
    Written,
    remember_objects,
    write_address,
    write_dns_name,
    write_interface,
    write_network,
    write_sentence,
)
from render.ruleset import write_chain
from render.wireguard import render_wireguard

# dnsmasq and the boot helper read the files under other users; no file holds a secret.
READABLE = 0o644


class VlanInterfaceError(Exception):
    """A VLAN interface has no parent or no id; it carries the interface."""

    def __init__(self, interface: L3Interface) -> None:
        super().__init__(f"VLAN interface {interface.name!r} needs a parent and an id")
        self.interface = interface


def render_linux(device: DevicePlan) -> tuple[DeviceFile, ...]:
    """Write every file of a device, in the order in which they take effect.

    Raises UnwritableValueError, ContradictoryRuleError, PeerKeyError or VlanInterfaceError for a
    plan that has no text; a checked description leads to none of them.
    """
    texts = {
        "sysctl.conf": _render("sysctl.conf", device),
        "addresses": _render_addresses(device),
        **{
            f"wireguard/{interface.name}.conf": render_wireguard(interface)
            for interface in device.wireguard
        },
        "routes": _render("routes", device, routes=_join(map(_write_route, device.routes))),
        "nftables.nft": _render_nftables(device),
        **dict(_render_dnsmasq(device)),
    }
    return tuple(DeviceFile(path, READABLE, text) for path, text in texts.items())


def _render(name: str, device: DevicePlan, **values: object) -> str:
    return fill_template(f"linux/{name}.j2", device=device, **values)


def _join(lines: Iterable[str]) -> Written:
    """Join lines of which a large mesh has many: in a template they would take most of the time."""
    return Written("".join(f"{line}\n" for line in lines))


@remember_objects
def _write_route(route: Route) -> str:
    via = ("via", write_address(route.via)) if route.via else ()
    way = ("dev", write_interface(route.interface), "#", write_sentence(route.why))
    return " ".join((write_network(route.destination), *via, *way))


@remember_objects
def _write_record(record: DnsRecord) -> str:
    return " ".join((write_address(record.address), write_dns_name(record.name)))


@remember_objects
def _write_zone(zone: str) -> str:
    return f"local=/{write_dns_name(zone)}/"


def _render_addresses(device: DevicePlan) -> str:
    # One without an address is part of a bridge, and that is the device's own.
    vlans = [
        each for each in device.interfaces if each.kind is InterfaceKind.VLAN and each.addresses
    ]
    for vlan in vlans:
        if vlan.parent is None or vlan.vlan is None:
            raise VlanInterfaceError(vlan)
    return _render("addresses", device, vlans=vlans)


def _render_nftables(device: DevicePlan) -> str:
    chains = [write_chain(chain) for chain in device.ruleset.chains]
    return _render("nftables.nft", device, chains=chains)


def _render_dnsmasq(device: DevicePlan) -> Iterator[tuple[str, str]]:
    if device.dnsmasq is None:
        return
    dnsmasq = device.dnsmasq
    tunnels = [each.name for each in device.wireguard if each.name in dnsmasq.interfaces]
    records = _join(map(_write_record, dnsmasq.records))
    zones = _join(map(_write_zone, dnsmasq.zones))
    values = {"dnsmasq": dnsmasq, "tunnels": tunnels, "zones": zones, "current": Written(CURRENT)}
    yield "dnsmasq.conf", _render("dnsmasq.conf", device, **values)
    yield "dnsmasq.hosts", _render("dnsmasq.hosts", device)
    yield "dnsmasq.names", _render("dnsmasq.names", device, records=records)
