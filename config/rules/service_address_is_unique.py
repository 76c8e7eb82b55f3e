"""Two services do not answer at one address and port, nor two tenants at one address."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.network import Network
from config.tenant import Service
from terms.problem import Problem
from terms.values import Protocol

Taken = dict[tuple[IPv4Address, Protocol, int], str]


def check(network: Network) -> list[Problem]:
    """Refuse an address and port that two services have, and addresses of two tenants."""
    taken: Taken = {}
    owners: dict[IPv4Address, tuple[str, str]] = {}
    found = []
    for tenant_name, tenant in network.tenants.items():
        for name, service in tenant.services.items():
            if service.address is None:
                continue
            path = f"la1r:tenants.{tenant_name}.services.{name}"
            owner = owners.setdefault(service.address, (tenant_name, path))
            if owner[0] != tenant_name:
                found.append(_refuse(f"{path}.address", str(service.address), owner[1]))
            else:
                found.extend(_check_ports(path, service.address, service, taken))
    return found


def _check_ports(
    path: str, address: IPv4Address, service: Service, taken: Taken
) -> Iterator[Problem]:
    for name, port in service.ports.items():
        other = taken.setdefault((address, port.protocol, port.port), path)
        if other != path:
            shown = f"{address} {port.protocol}/{port.port}"
            yield _refuse(f"{path}.ports.{name}.port", shown, other)


def _refuse(path: str, what: str, other: str) -> Problem:
    return Problem(
        "E-SVC-03",
        path,
        f"{what} is already given to {other}",
        "only one of the two services would get it, and the other stay pending",
        "give one of them another address",
    )
