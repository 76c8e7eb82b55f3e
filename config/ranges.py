"""A network -> every range of addresses it speaks of, and the pairs of them that overlap."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from ipaddress import IPv4Network

from msgspec import Struct

from config.inventory import site_path
from config.network import Network
from terms.values import PrefixRole

# RFC 1918 and RFC 6598: nobody on the internet has these addresses.
PRIVATE = tuple(
    IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


class RangeKind(StrEnum):
    """What a range is."""

    PREFIX = "prefix"
    ALIAS = "alias"
    VPN = "vpn"
    CLUSTER = "cluster"


class Range(Struct, frozen=True):
    """A range with the name that a reader knows it by, and where it is written."""

    cidr: IPv4Network
    kind: RangeKind
    name: str
    path: str
    site: str | None = None
    reserved: bool = False
    aliased: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.cidr} ({self.path})"


def site_prefixes(network: Network) -> Iterator[Range]:
    """List the prefixes of all sites."""
    for site_name, site in network.sites.items():
        for name, prefix in site.prefixes.items():
            yield Range(
                prefix.cidr,
                RangeKind.PREFIX,
                f"{site_name}.{name}",
                f"{site_path(site_name, 'prefixes', name)}.cidr",
                site=site_name,
                reserved=prefix.role is PrefixRole.RESERVED,
                aliased=prefix.alias is not None,
            )


def aliases(network: Network) -> Iterator[Range]:
    """List the aliases under which sites see the prefixes of others."""
    for site_name, site in network.sites.items():
        for name, prefix in site.prefixes.items():
            if prefix.alias:
                path = f"{site_path(site_name, 'prefixes', name)}.alias"
                label = f"the alias of {site_name}.{name}"
                yield Range(prefix.alias, RangeKind.ALIAS, label, path, site=site_name)


def other_ranges(network: Network) -> Iterator[Range]:
    """List the ranges of VPN and cluster."""
    vpn, cluster = network.vpn, network.cluster
    if len(network.sites) > 1:
        path = "la1r:vpn.backbone.cidr"
        yield Range(vpn.backbone.cidr, RangeKind.VPN, "the backbone", path)
    for name, endpoint in vpn.endpoints.items():
        path = f"la1r:vpn.endpoints.{name}.cidr"
        yield Range(endpoint.cidr, RangeKind.VPN, f"vpn.{name}", path)
    if cluster:
        yield Range(cluster.pods, RangeKind.CLUSTER, "the pod range", "la1r:cluster.pods")
        services = "la1r:cluster.services"
        yield Range(cluster.services, RangeKind.CLUSTER, "the service range", services)


def overlapping_pairs(ranges: Iterable[Range]) -> Iterator[tuple[Range, Range]]:
    """List the pairs that overlap, the wider or earlier one first.

    Two prefixes nest or are apart, so one pass over them in order, with the open ones on a stack,
    sees each pair once.
    """
    open_ranges: list[Range] = []
    for one in sorted(ranges, key=lambda item: (item.cidr, item.path)):
        while open_ranges and open_ranges[-1].cidr.broadcast_address < one.cidr.network_address:
            open_ranges.pop()
        for other in open_ranges:
            yield other, one
        open_ranges.append(one)
