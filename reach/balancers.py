"""LoadBalancer Services as rendered -> the addresses at which nodes answer for pods."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address

from reach.world import BalancedService, Box, LocalRange
from render.balancer import ADDRESS_ANNOTATION
from render.manifest import SERVICE, Manifest, as_fields, as_items
from terms.values import DeviceRef, Protocol


def read_services(
    manifests: Iterable[Manifest],
    boxes: Mapping[DeviceRef, Box],
    ranges: Mapping[str, tuple[LocalRange, ...]],
    nodes: frozenset[DeviceRef],
) -> Iterator[BalancedService]:
    """Read every Service that has a load-balancer address."""
    for manifest in manifests:
        address = manifest.at("metadata", "annotations", ADDRESS_ANNOTATION)
        if manifest.type != SERVICE or not isinstance(address, str):
            continue
        number = int(IPv4Address(address))
        yield BalancedService(
            name=f"{manifest.tenant}/{manifest.name}",
            address=number,
            ports=tuple(_ports(manifest)),
            keeps_source=manifest.at("spec", "externalTrafficPolicy") == "Local",
            announcers=tuple(sorted(_announcers(number, boxes, ranges, nodes))),
        )


def _ports(manifest: Manifest) -> Iterator[tuple[Protocol, int, int]]:
    for item in map(as_fields, as_items(manifest.at("spec", "ports"))):
        port, target = item.get("port"), item.get("targetPort")
        if isinstance(port, int):
            protocol = Protocol(str(item.get("protocol") or "TCP").lower())
            yield protocol, port, target if isinstance(target, int) else port


def _announcers(
    address: int,
    boxes: Mapping[DeviceRef, Box],
    ranges: Mapping[str, tuple[LocalRange, ...]],
    nodes: frozenset[DeviceRef],
) -> Iterator[DeviceRef]:
    """MetalLB answers ARP, so only nodes on the segment of the address can (layer 2)."""
    for ref in nodes:
        holding = [found for found in ranges[ref.site] if found.network.holds(address)]
        segments = {found.segment for found in holding}
        if any(port.segment in segments and port.addresses for port in boxes[ref].ports.values()):
            yield ref
