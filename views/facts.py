"""A plan -> the short lines that stand in a device's box: addresses, VLAN, model and duties."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from msgspec import Struct

from config.inventory import is_managed, prefix_of, segment_of
from config.site import Device, Site
from plan.model import Plan
from terms.values import DeviceRef, DeviceRole


class DeviceFacts(Struct, frozen=True):
    """What is written in the box of a device."""

    ref: DeviceRef
    role: DeviceRole
    managed: bool
    # Addresses; for the only one, its VLAN stands behind it.
    addresses: tuple[str, ...]
    segment: str
    model: str
    # gateway, DHCP server, cluster node, ...
    duties: tuple[str, ...]
    description: str

    @property
    def title(self) -> str:
        """One line with everything, for a pointer that rests on it and for screen readers."""
        parts = (
            f"{self.ref}: {self.role}",
            "managed" if self.managed else "",
            *self.addresses,
            self.segment,
            self.model,
            *self.duties,
            self.description,
        )
        return ", ".join(part for part in parts if part)


def describe_devices(plan: Plan) -> dict[DeviceRef, DeviceFacts]:
    """Gather the facts of every device."""
    duties = _list_duties(plan)
    return {
        DeviceRef(name, device): _describe(DeviceRef(name, device), site, duties)
        for name, site in plan.network.sites.items()
        for device in site.devices
    }


def _describe(ref: DeviceRef, site: Site, duties: dict[DeviceRef, tuple[str, ...]]) -> DeviceFacts:
    device = site.devices[ref.device]
    return DeviceFacts(
        ref,
        device.role,
        is_managed(device),
        tuple(str(address) for address in sorted(set(_addresses(device)))),
        describe_segment(site, segment_of_device(site, device)),
        device.model,
        duties.get(ref, ()),
        device.description,
    )


def main_address(device: Device) -> IPv4Address | None:
    """The address that stands for a device: its own, else that of its first port by name."""
    return next(_addresses(device), None)


def _addresses(device: Device) -> Iterator[IPv4Address]:
    if device.address:
        yield device.address
    for _, port in sorted(device.interfaces.items()):
        yield from port.addresses


def segment_of_device(site: Site, device: Device) -> str | None:
    """Name the segment a device stands on; None for one that stands on several, or on none."""
    if device.segment:
        return device.segment
    own = {port.segment for port in device.interfaces.values() if port.segment}
    if len(own) > 1:
        return None
    address = main_address(device)
    found = prefix_of(site, address) if address else None
    return segment_of(*found) if found else next(iter(own), None)


def describe_segment(site: Site, segment: str | None) -> str:
    """Write a segment with its VLAN id: `users · VLAN 2`."""
    if segment is None:
        return ""
    described = site.segments.get(segment)
    return f"{segment} · VLAN {described.vlan}" if described and described.vlan else segment


def _list_duties(plan: Plan) -> dict[DeviceRef, tuple[str, ...]]:
    found: dict[DeviceRef, list[str]] = {}
    for site in plan.network.sites:
        for ref, duty in _site_duties(plan, site):
            duties = found.setdefault(ref, [])
            if duty not in duties:
                duties.append(duty)
    cluster = plan.network.cluster
    control = {
        DeviceRef.parse(name) if "/" in name else name
        for name, node in (cluster.nodes.items() if cluster else ())
        if node.control_plane
    }
    for ref, _ in plan.addresses.nodes:
        leads = ref in control or ref.device in control
        found.setdefault(ref, []).append("control plane" if leads else "cluster node")
    return {ref: tuple(duties) for ref, duties in found.items()}


def _site_duties(plan: Plan, site: str) -> Iterator[tuple[DeviceRef, str]]:
    gateway, router = plan.addresses.gateways.get(site), plan.addresses.routers.get(site)
    if gateway:
        yield gateway, "VPN gateway"
    if router:
        yield router, "default router"
    for _, prefix in sorted(plan.network.sites[site].prefixes.items()):
        if prefix.dhcp and (server := _resolve(site, prefix.dhcp.server) or router):
            yield server, "DHCP server"
        if prefix.dhcp and (relay := _resolve(site, prefix.dhcp.relay)):
            yield relay, "DHCP relay"


def _resolve(site: str, reference: str | None) -> DeviceRef | None:
    """Read a device as a user writes it: alone, or with its site."""
    if reference is None:
        return None
    return DeviceRef.parse(reference) if "/" in reference else DeviceRef(site, reference)
