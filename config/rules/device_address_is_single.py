"""A device's own address does not contradict those of its interfaces."""

from config.inventory import site_path
from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an `address` beside interfaces that have addresses, unless it is one of those."""
    found = []
    for site_name, site in network.sites.items():
        for name, device in site.devices.items():
            ports = [one for port in device.interfaces.values() for one in port.addresses]
            if device.address and ports and device.address not in ports:
                found.append(
                    Problem(
                        "E-DEV-07",
                        f"{site_path(site_name, 'devices', name)}.address",
                        f"{device.address} is written for the device, and its interfaces have"
                        f" {', '.join(map(str, ports))}",
                        "nobody can tell which interface has the further address",
                        "write it under the interface that has it",
                    )
                )
    return found
