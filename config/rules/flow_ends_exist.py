"""Both ends of a flow, and of an expectation, name something."""

from collections.abc import Iterator

from config.network import Network
from config.references import parse_end
from config.suggest import suggest
from config.unknown import known_devices
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse ends that name nothing, and a flow from the internet to itself."""
    return [
        problem
        for code, path, text in _ends(network)
        if parse_end(network, text) is None
        for problem in [_refuse(network, code, path, text)]
    ] + [
        Problem(
            "E-FLW-03",
            f"la1r:flows[{index}].to",
            "the flow leads from the internet to the internet",
            "nothing of this network takes part in it",
            "name who is to be reached, or who may go out",
        )
        for index, flow in enumerate(network.flows)
        if flow.source == flow.target == "internet"
    ]


def _ends(network: Network) -> Iterator[tuple[str, str, str]]:
    for index, flow in enumerate(network.flows):
        yield "E-FLW-01", f"la1r:flows[{index}].from", flow.source
        yield "E-FLW-02", f"la1r:flows[{index}].to", flow.target
    for kind, sentences in (("allow", network.expect.allow), ("deny", network.expect.deny)):
        for index, one in enumerate(sentences):
            yield "E-EXP-04", f"la1r:expect.{kind}[{index}].from", one.source
            yield "E-EXP-04", f"la1r:expect.{kind}[{index}].to", one.target


def _refuse(network: Network, code: str, path: str, text: str) -> Problem:
    public = text in ("public", "any", "world", "wan", "all")
    return Problem(
        code,
        path,
        f"{text} names nothing in this network",
        "no rule can be made from it, so nothing would be opened or checked",
        "write internet for everybody outside" if public else suggest(text, _known(network, text)),
    )


def _known(network: Network, text: str) -> list[str]:
    """Name what an end of this form could have meant."""
    if "/" in text:
        services = [
            f"{name}/{service}" for name, one in network.tenants.items() for service in one.services
        ]
        return [*known_devices(network, text, None), *services]
    if "." in text:
        return [*_dotted(network)]
    return ["internet", "cluster", *network.sites, *network.tenants]


def _dotted(network: Network) -> Iterator[str]:
    for name, site in network.sites.items():
        yield from (f"{name}.{prefix}" for prefix in site.prefixes)
    for tenant in network.tenants.values():
        yield from (f"namespace.{name}" for name in tenant.namespaces)
    yield from (f"vpn.{name}" for name in network.vpn.endpoints)
    yield from (f"client.{name}" for name in network.vpn.clients)
    if network.cluster:
        yield from (f"namespace.{name}" for name in network.cluster.system)
