"""What an interface carries tagged has a VLAN id, and a name that the kernel accepts."""

from collections.abc import Iterator

from config.inventory import is_managed, segment_names, site_path
from config.network import Network
from config.site import Interface, Site
from terms.problem import Problem
from terms.values import MAX_INTERFACE_NAME


def check(network: Network) -> list[Problem]:
    """Refuse tagged segments without a VLAN id, and names too long for a VLAN interface."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, device in site.devices.items()
        for port, interface in device.interfaces.items()
        for problem in _check(
            site,
            f"{site_path(site_name, 'devices', name)}.interfaces.{port}",
            interface,
            port if is_managed(device) else "",
        )
    ]


def _check(site: Site, path: str, interface: Interface, port: str) -> Iterator[Problem]:
    for index, name in enumerate(interface.tagged):
        segment = site.segments.get(name)
        vlan = segment.vlan if segment else None
        where = f"{path}.tagged[{index}]"
        if name == interface.segment or name in interface.tagged[:index]:
            yield Problem(
                "E-VLN-03",
                where,
                f"the interface carries {name} twice",
                "a switch accepts a segment tagged or untagged on a port, and once",
                "take it out of `tagged`, or write another `segment`",
            )
        elif vlan is None and name in segment_names(site):
            yield Problem(
                "E-VLN-02",
                where,
                f"{name} is carried tagged and has no VLAN id",
                "there is nothing to tag its frames with",
                f"add `{name}: {{vlan: ...}}` under `segments` of the site",
            )
        elif port and len(f"{port}.{vlan}") > MAX_INTERFACE_NAME:
            yield Problem(
                "E-NAM-04",
                where,
                f"the VLAN interface {port}.{vlan} has more than {MAX_INTERFACE_NAME} characters",
                "the kernel would refuse it",
                "rename the port on the device to something shorter",
            )
