"""A flow from the internet -> the site whose router forwards it, and the public ports it takes."""

from collections.abc import Iterator

from msgspec import Struct

from config.flow import Flow
from config.inventory import prefix_of
from config.network import Network
from config.references import End, parse_end
from terms.values import EndKind, Ports, Protocol


class Publication(Struct, frozen=True):
    """Public ports of a site that one flow takes."""

    path: str
    site: str
    ports: Ports
    target: str


def has_public_ports(ports: Ports) -> bool:
    """Say whether a router could forward these ports: numbered ones of tcp or udp."""
    return ports.protocol in (Protocol.TCP, Protocol.UDP) and not ports.every_port


def list_publications(network: Network) -> Iterator[Publication]:
    """List the public ports that flows from the internet take, as far as they are sound."""
    for index, flow in enumerate(network.flows):
        site = _site_of(network, flow)
        for number, ports in enumerate(flow.ports if site else ()):
            if site and has_public_ports(ports):
                path = f"la1r:flows[{index}].ports[{number}]"
                yield Publication(path, site, ports, flow.target)


def _site_of(network: Network, flow: Flow) -> str | None:
    end = parse_end(network, flow.target) if flow.source == "internet" else None
    return publishing_site(network, end) if end else None


def publishing_site(network: Network, end: End) -> str | None:
    """Find the site whose router forwards to an end: that of the device or of the address."""
    if end.kind is EndKind.DEVICE:
        return end.site
    if end.kind is not EndKind.SERVICE or not (end.tenant and end.service):
        return None
    address = network.tenants[end.tenant].services[end.service].address
    if address is None:
        return None
    sites = (name for name, site in network.sites.items() if prefix_of(site, address))
    return next(sites, None)


def inner_port(flow: Flow, ports: Ports) -> Ports:
    """Find the ports of the target that public ones lead to."""
    return Ports(ports.protocol, flow.through, flow.through) if flow.through else ports
