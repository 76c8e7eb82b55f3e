"""A flow leads from one party to another."""

from config.network import Network
from config.references import parse_end
from terms.problem import Problem
from terms.values import EndKind

# One host each: its packets to itself leave no interface. Others are many, and may meet.
SINGLE = frozenset({EndKind.DEVICE, EndKind.CLIENT})


def check(network: Network) -> list[Problem]:
    """Refuse flows from a device or client to itself."""
    found: list[Problem] = []
    for index, flow in enumerate(network.flows):
        end = parse_end(network, flow.source)
        if end and end.kind in SINGLE and end == parse_end(network, flow.target):
            found.append(
                Problem(
                    "E-FLW-19",
                    f"la1r:flows[{index}]",
                    f"the flow leads from {flow.source} to itself",
                    "a device needs nobody's leave to reach itself, so nothing would be opened",
                    "name who else is meant, or delete the flow",
                )
            )
    return found
