"""A load-balancer address belongs to one service."""

from ipaddress import IPv4Address

from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an address that two services have, also on different ports.

    MetalLB shares an address only between services of one selector that all ask for it, because
    clients keep their own addresses here (metallb.io: usage, IP address sharing).
    """
    owners: dict[IPv4Address, str] = {}
    found = []
    for tenant_name, tenant in network.tenants.items():
        for name, service in tenant.services.items():
            if service.address is None:
                continue
            path = f"la1r:tenants.{tenant_name}.services.{name}"
            owner = owners.setdefault(service.address, path)
            if owner != path:
                found.append(_refuse(path, service.address, owner))
    return found


def _refuse(path: str, address: IPv4Address, owner: str) -> Problem:
    return Problem(
        "E-SVC-03",
        f"{path}.address",
        f"{address} is already given to {owner}",
        "only one of the two services would get it, and the other stay pending",
        "give one of them another address, or make one service with the ports of both",
    )
