"""The name of an interface is not one that the kernel, the mesh or the cluster takes itself."""

from collections.abc import Iterator

from config.inventory import is_managed, site_path
from config.network import Network
from config.site import Device, Site
from terms.problem import Problem

# `all` and `default` stand for every interface in net.ipv4.conf.
TAKEN = {
    "lo": "the kernel's loopback",
    "all": "every interface in the kernel's settings",
    "default": "new interfaces in the kernel's settings",
    "weave": "Weave Net's bridge on a node",
    "wg-mesh": "the backbone between sites",
}


def check(network: Network) -> list[Problem]:
    """Refuse interfaces of managed devices whose name already means something else."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, device in site.devices.items()
        if is_managed(device)
        for problem in _check(network, site, site_path(site_name, "devices", name), device)
    ]


def _check(network: Network, site: Site, path: str, device: Device) -> Iterator[Problem]:
    taken = TAKEN | {f"wg-{name}": f"the VPN endpoint {name}" for name in network.vpn.endpoints}
    for port, interface in device.interfaces.items():
        for tag in interface.tagged:
            vlan = site.segments[tag].vlan if tag in site.segments else None
            taken[f"{port}.{vlan}"] = f"the VLAN interface of {tag} on {port}"
    for port in device.interfaces:
        if port in taken:
            yield Problem(
                "E-NAM-11",
                f"{path}.interfaces.{port}",
                f"{port} is the name of {taken[port]}",
                "the two would be one interface, with the rules of both",
                "write the name of the port that `ip link` shows on the device",
            )
