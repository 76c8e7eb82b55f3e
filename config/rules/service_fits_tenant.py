"""A service runs in a namespace of its tenant, on addresses of its share."""

from collections.abc import Iterator

from config.network import Network
from config.suggest import suggest
from config.tenant import Service, Tenant
from terms.problem import Problem
from terms.values import Protocol

# What MetalLB leaves out of a pool with avoidBuggyIPs (metallb.io: configuration).
AVOIDED = (0, 255)


def check(network: Network) -> list[Problem]:
    """Refuse services in foreign namespaces, on foreign addresses, or without a usable port."""
    return [
        problem
        for tenant_name, tenant in network.tenants.items()
        for name, service in tenant.services.items()
        for problem in (
            *_check_place(tenant_name, tenant, name, service),
            *_check_ports(f"la1r:tenants.{tenant_name}.services.{name}", service),
        )
    ]


def _check_place(
    tenant_name: str, tenant: Tenant, name: str, service: Service
) -> Iterator[Problem]:
    path = f"la1r:tenants.{tenant_name}.services.{name}"
    if service.namespace not in tenant.namespaces:
        yield Problem(
            "E-SVC-01",
            f"{path}.namespace",
            f"{service.namespace} is no namespace of {tenant_name}",
            "the tenant would publish somebody else's pods",
            suggest(service.namespace, tenant.namespaces),
        )
    if service.address and not any(service.address in share for share in tenant.addresses):
        shares = ", ".join(map(str, tenant.addresses)) or "it has none"
        yield Problem(
            "E-SVC-02",
            f"{path}.address",
            f"{service.address} is outside the share of {tenant_name}"
            f" (la1r:tenants.{tenant_name}.addresses: {shares})",
            "the cluster would refuse it to the tenant",
            "choose an address of the share, or give the tenant a share that holds it",
        )
    elif service.address and service.address.packed[-1] in AVOIDED:
        yield Problem(
            "E-SVC-07",
            f"{path}.address",
            f"{service.address} ends in {service.address.packed[-1]}",
            "the pools avoid such addresses, which old devices take for no host's, so the service"
            " would stay pending",
            "choose an address of the share that ends in 1 to 254",
        )


def _check_ports(path: str, service: Service) -> Iterator[Problem]:
    first: dict[tuple[Protocol, int], str] = {}
    for name, port in service.ports.items():
        if port.protocol not in (Protocol.TCP, Protocol.UDP):
            yield Problem(
                "E-SVC-05",
                f"{path}.ports.{name}.protocol",
                f"{port.protocol} has no ports",
                "Kubernetes publishes tcp and udp alone here",
                "write tcp or udp",
            )
        other = first.setdefault((port.protocol, port.port), name)
        if other != name:
            yield Problem(
                "E-SVC-06",
                f"{path}.ports.{name}.port",
                f"{port.protocol}/{port.port} of {name} is that of {other}"
                f" ({path}.ports.{other}.port)",
                "one service cannot send one port to two places",
                "give one of them another port",
            )
