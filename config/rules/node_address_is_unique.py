"""The address of a cluster node means that node from everywhere in the mesh."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import device_addresses, first_address
from config.network import Network
from config.references import resolve_device
from terms.problem import Problem
from terms.values import DeviceRef, PrefixRole


def check(network: Network) -> list[Problem]:
    """Refuse node addresses that two nodes or two sites have, or that the device has not."""
    nodes = list(_nodes(network))
    spread = len({ref.site for _, ref, _ in nodes}) > 1
    first: dict[IPv4Address, DeviceRef] = {}
    found: list[Problem] = []
    for path, ref, address in nodes:
        other = first.setdefault(address, ref)
        if other != ref:
            found.append(_refuse(path, f"{address} of {ref} is the address of {other}, too"))
        elif spread:
            found.extend(_check_spread(network, path, ref, address))
        found.extend(_check_own(network, path, ref, address))
    return found


def _nodes(network: Network) -> Iterator[tuple[str, DeviceRef, IPv4Address]]:
    for name, node in network.cluster.nodes.items() if network.cluster else ():
        ref = resolve_device(network, name)
        address = node.address or (first_address(network.device(ref)) if ref else None)
        if ref and address:
            yield f"la1r:cluster.nodes.{name}", ref, address


def _check_spread(
    network: Network, path: str, ref: DeviceRef, address: IPv4Address
) -> Iterator[Problem]:
    """Where nodes span sites, no other site may have the address in a prefix of its own."""
    for name, site in network.sites.items():
        for key, prefix in site.prefixes.items():
            foreign = name != ref.site and prefix.role is not PrefixRole.RESERVED
            if foreign and address in prefix.cidr:
                yield _refuse(
                    path,
                    f"{address} of {ref} lies in {name}.{key} {prefix.cidr}"
                    f" (la1r:sites.{name}.prefixes.{key}.cidr), too, and nodes stand at"
                    " several sites",
                )


def _check_own(
    network: Network, path: str, ref: DeviceRef, address: IPv4Address
) -> Iterator[Problem]:
    device = network.device(ref)
    own = {held.address for held in device_addresses(ref.site, ref.device, device)}
    own.add(network.vpn.backbone.cidr.network_address + network.sites[ref.site].id)
    if address not in own:
        yield Problem(
            "E-CLU-08",
            f"{path}.address",
            f"{ref} has no address {address}",
            "its kubelet would announce an address where nobody answers",
            f"write one of {', '.join(map(str, sorted(own)))}, or leave it out",
        )


def _refuse(path: str, found: str) -> Problem:
    return Problem(
        "E-CLU-07",
        path,
        found,
        "Weave Net dials nodes by this address, and would reach the wrong one",
        "give the node an address that is unique in the whole mesh",
    )
