"""Somebody stands where a flow comes from: nobody sends from a load-balancer address."""

from config.network import Network
from config.references import parse_end
from terms.problem import Problem
from terms.values import EndKind, PrefixRole


def check(network: Network) -> list[Problem]:
    """Refuse flows from ranges of load-balancer addresses."""
    return [
        Problem(
            "E-FLW-17",
            f"la1r:flows[{index}].from",
            f"{flow.source} holds load-balancer addresses",
            "nobody sends from them: pods behind them go out with the address of their node",
            "name whose pods they are, as TENANT, TENANT/SERVICE or namespace.NAME",
        )
        for index, flow in enumerate(network.flows)
        if _is_for_load_balancers(network, flow.source)
    ]


def _is_for_load_balancers(network: Network, text: str) -> bool:
    end = parse_end(network, text)
    if end is None or end.kind is not EndKind.PREFIX or not (end.site and end.prefix):
        return False
    return network.sites[end.site].prefixes[end.prefix].role is PrefixRole.LOAD_BALANCER
