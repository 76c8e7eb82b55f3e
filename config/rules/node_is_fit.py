"""A cluster node is a managed device with an address and a known processor."""

from collections.abc import Iterator

from config.inventory import first_address, is_managed
from config.network import Network
from config.references import resolve_device
from config.unknown import check_device
from terms.problem import Problem
from terms.values import Architecture, DeviceRef


def check(network: Network) -> list[Problem]:
    """Refuse nodes that are unknown, unmanaged, listed twice, or lack address or processor."""
    if network.cluster is None:
        return []
    found: list[Problem] = []
    first: dict[DeviceRef, str] = {}
    for name, node in network.cluster.nodes.items():
        path = f"la1r:cluster.nodes.{name}"
        found.extend(check_device(network, name, path))
        ref = resolve_device(network, name)
        if ref is None:
            continue
        found.extend(_check_node(network, ref, path, node.address is not None))
        if first.setdefault(ref, path) != path:
            found.append(_refuse_second(path, ref, first[ref]))
    if not any(node.control_plane for node in network.cluster.nodes.values()):
        found.append(_refuse_headless(next(iter(network.cluster.nodes))))
    return found


def _check_node(network: Network, ref: DeviceRef, path: str, addressed: bool) -> Iterator[Problem]:
    device = network.device(ref)
    where = f"la1r:sites.{ref.site}.devices.{ref.device}"
    if not is_managed(device):
        yield Problem(
            "E-CLU-02",
            path,
            f"the node {ref} has platform unmanaged ({where}.platform)",
            "its host firewall and its way to the other nodes could not be configured",
            f"write `platform: linux` and `manage:` for {ref}",
        )
    if device.arch is None:
        known = ", ".join(Architecture)
        yield Problem(
            "E-CLU-03",
            f"{where}.arch",
            f"{ref} is a node ({path}) and has no processor architecture",
            "it is unclear whether Weave Net has an image for it",
            f"add `arch:` with one of {known}",
        )
    if not addressed and first_address(device) is None:
        yield Problem(
            "E-CLU-04",
            path,
            f"the node {ref} has no address",
            "the other nodes could not reach its pods",
            f"add `address:` at {where}",
        )


def _refuse_second(path: str, ref: DeviceRef, other: str) -> Problem:
    return Problem(
        "E-CLU-05",
        path,
        f"{ref} is already listed at {other}",
        "a device is one node",
        "keep one of the two entries",
    )


def _refuse_headless(name: str) -> Problem:
    return Problem(
        "E-CLU-06",
        "la1r:cluster.nodes",
        "no node has `control_plane: true`",
        "it is unclear where the Kubernetes API answers, so its port would be opened nowhere",
        f"write `{name}: {{control_plane: true}}` for the node that runs the API server",
    )
