"""A flow from the internet can be forwarded: to one address, by a router, on numbered ports."""

from collections.abc import Iterator

from config.flow import Flow
from config.inventory import first_address, is_managed, router_of
from config.network import Network
from config.published import has_public_ports, publishing_site
from config.references import End, parse_end, resolve_device
from terms.problem import Problem
from terms.values import MAX_SINGLE_PORTS, CircuitKind, DeviceRef, DeviceRole, EndKind, Ports

FIXES = {
    EndKind.ENDPOINT: "leave the flow out: a VPN endpoint is open by being declared",
    EndKind.CLIENT: "let the client dial in, and name it as the source of a flow",
}


def check(network: Network) -> list[Problem]:
    """Refuse flows from the internet that no router could forward."""
    found: list[Problem] = []
    for index, flow in enumerate(network.flows):
        end = parse_end(network, flow.target)
        if flow.source == "internet" and end and end.kind is not EndKind.INTERNET:
            path = f"la1r:flows[{index}]"
            found.extend(_check_target(network, path, flow, end))
            found.extend(_check_ports(path, flow))
    return found


def _check_target(network: Network, path: str, flow: Flow, end: End) -> Iterator[Problem]:
    if end.kind not in (EndKind.DEVICE, EndKind.SERVICE):
        article = "an" if end.kind[0] in "aeiou" else "a"
        yield Problem(
            "E-FLW-04",
            f"{path}.to",
            f"{flow.target} is {article} {end.kind}, and a public port leads to one address",
            "no router could forward it",
            FIXES.get(end.kind, "name one device as SITE/DEVICE, or one service as TENANT/SERVICE"),
        )
        return
    site = publishing_site(network, end)
    addressed = end.kind is EndKind.SERVICE or first_address(network.device(end.device_ref))
    if site is None or not addressed:
        yield Problem(
            "E-FLW-05",
            f"{path}.to",
            f"{flow.target} has no address at any site",
            "there is nothing to forward to",
            "give it an address, from the tenant's share or from a prefix of its site",
        )
    elif _is_unmanaged_router(network, end):
        yield Problem(
            "E-FLW-16",
            f"{path}.to",
            f"{flow.target} is a router that this stack does not manage",
            "it forwards ports to others, and what it answers itself is set in its own menu",
            "take the flow out, or name a device behind it",
        )
    else:
        if end.kind is EndKind.SERVICE:
            yield from _check_forwarder(network, path, flow, site)
        yield from _check_site(network, path, flow, site)


def _check_forwarder(network: Network, path: str, flow: Flow, site: str) -> Iterator[Problem]:
    """The kernel gives a connection another destination once, not for kube-proxy again."""
    router = router_of(network.sites[site])
    nodes = network.cluster.nodes if network.cluster else {}
    if router and DeviceRef(site, router) in {resolve_device(network, node) for node in nodes}:
        yield Problem(
            "E-FLW-18",
            f"{path}.to",
            f"{flow.target} is published by {router}, which is a node of the cluster",
            "once a router has forwarded a port, its own kube-proxy no longer passes it to pods",
            f"take {router} out of the cluster's nodes, or let another device be the router",
        )


def _is_unmanaged_router(network: Network, end: End) -> bool:
    if end.kind is not EndKind.DEVICE:
        return False
    ref = end.device_ref
    is_router = router_of(network.sites[ref.site]) == ref.device
    return is_router and not is_managed(network.device(ref))


def _check_site(network: Network, path: str, flow: Flow, site: str) -> Iterator[Problem]:
    roles = (device.role for device in network.sites[site].devices.values())
    if router_of(network.sites[site]) is None and DeviceRole.ROUTER not in roles:
        yield Problem(
            "E-FLW-06",
            f"{path}.to",
            f"{flow.target} is at {site}, which has no router",
            "nobody would forward the public port",
            f"describe the router of {site}, also one that is not managed",
        )
    if network.sites[site].circuit.kind is CircuitKind.CGNAT:
        yield Problem(
            "E-FLW-07",
            f"{path}.to",
            f"{flow.target} is at {site}, whose circuit is cgnat (la1r:sites.{site}.circuit.kind)",
            "the provider's own translation keeps the internet out",
            "publish it at a site with a public address",
        )


def _check_ports(path: str, flow: Flow) -> Iterator[Problem]:
    for index, ports in enumerate(flow.ports):
        if not has_public_ports(ports):
            yield _refuse_ports(path, index, f"{ports} is no public port")
        elif ports.last - ports.first >= MAX_SINGLE_PORTS:
            count = ports.last - ports.first + 1
            yield _refuse_ports(path, index, f"{ports} are {count} ports")


def _refuse_ports(path: str, index: int, found: str) -> Problem:
    written = Ports.parse("tcp/443")
    return Problem(
        "E-FLW-08",
        f"{path}.ports[{index}]",
        found,
        "a router forwards numbered ports of tcp or udp, each by a rule of its own",
        f"write them as {written}, at most {MAX_SINGLE_PORTS} in one range",
    )
