"""A flow to a service uses ports that the service has, over a way that leads to it."""

from collections.abc import Iterator

from config.flow import Flow
from config.network import Network
from config.published import inner_port
from config.references import End, parse_end
from config.tenant import Service
from terms.problem import Problem
from terms.values import EndKind, Ports, Protocol

# Who reaches a service by its pods, so without a load-balancer address.
INSIDE = frozenset({EndKind.TENANT, EndKind.SERVICE, EndKind.NAMESPACE})


def check(network: Network) -> list[Problem]:
    """Refuse flows to ports that a service has not, and to services that only pods reach."""
    found: list[Problem] = []
    for index, flow in enumerate(network.flows):
        end = parse_end(network, flow.target)
        if end and end.kind is EndKind.SERVICE and end.tenant and end.service:
            service = network.tenants[end.tenant].services[end.service]
            found.extend(_check_ports(f"la1r:flows[{index}]", flow, end, service))
            found.extend(_check_way(network, f"la1r:flows[{index}]", flow, service))
    return found


def _check_ports(path: str, flow: Flow, end: End, service: Service) -> Iterator[Problem]:
    for index, written in enumerate(flow.ports):
        ports = inner_port(flow, written)
        if not any(
            _covers(ports, one.protocol, (one.port, one.pod_port)) for one in service.ports.values()
        ):
            known = ", ".join(f"{one.protocol}/{one.port}" for one in service.ports.values())
            yield Problem(
                "E-FLW-11",
                f"{path}.through" if flow.through else f"{path}.ports[{index}]",
                f"{ports} is no port of {end}, which has {known}"
                f" (la1r:tenants.{end.tenant}.services.{end.service}.ports)",
                "the connection would be let through to nothing",
                f"write one of {known}"
                + ("" if flow.through or flow.source != "internet" else ", or add `through:`"),
            )


def _covers(ports: Ports, protocol: Protocol, numbers: tuple[int, int]) -> bool:
    if ports.protocol is Protocol.ANY:
        return True
    return ports.protocol is protocol and any(
        ports.first <= number <= ports.last for number in numbers
    )


def _check_way(network: Network, path: str, flow: Flow, service: Service) -> Iterator[Problem]:
    source = parse_end(network, flow.source)
    outside = source is not None and source.kind not in (*INSIDE, EndKind.INTERNET)
    if service.address is None and outside:
        yield Problem(
            "E-FLW-12",
            f"{path}.to",
            f"{flow.target} has no load-balancer address, and {flow.source} is no pod",
            "there is no address at which it could be reached from outside the cluster",
            "give the service an address of the tenant's share",
        )
