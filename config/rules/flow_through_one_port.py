"""`through` stands for the one port that one public port is forwarded to."""

from config.network import Network
from config.references import parse_end
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse `through` in flows from elsewhere than the internet, or with several ports."""
    found = []
    for index, flow in enumerate(network.flows):
        if flow.through is None:
            continue
        shown = ", ".join(map(str, flow.ports)) or "none"
        single = len(flow.ports) == 1 and flow.ports[0].single
        if flow.source != "internet" and parse_end(network, flow.source):
            text = f"`through` is written in a flow from {flow.source}"
        elif flow.source == "internet" and not single:
            text = f"`through` {flow.through} stands beside the ports {shown}"
        else:
            continue
        found.append(
            Problem(
                "E-FLW-09",
                f"la1r:flows[{index}].through",
                text,
                "it is unclear which port would lead to it",
                "write one flow for each public port, or leave `through` out",
            )
        )
    return found
