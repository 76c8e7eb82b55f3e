"""A flow from the internet can be forwarded: to one address, by a router, on numbered ports."""

from collections.abc import Iterator

from config.flow import Flow
from config.inventory import first_address, router_of
from config.network import Network
from config.published import has_public_ports, publishing_site
from config.references import End, parse_end
from terms.problem import Problem
from terms.values import MAX_SINGLE_PORTS, CircuitKind, DeviceRole, EndKind, Ports

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
    else:
        yield from _check_site(network, path, flow, site)


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
