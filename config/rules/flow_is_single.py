"""A flow is written once, opens something, and has a name of its own."""

from collections.abc import Iterator

from config.network import Network
from terms.problem import Problem
from terms.values import Ports, Protocol


def check(network: Network) -> list[Problem]:
    """Refuse repeated flows, repeated ports and names of flows, and empty lists of ports."""
    return [
        *_check_repeats(network),
        *_check_ports(network),
        *_check_names(network),
        *_check_empty(network),
    ]


def _check_repeats(network: Network) -> Iterator[Problem]:
    first: dict[tuple[object, ...], int] = {}
    for index, flow in enumerate(network.flows):
        for ports in flow.ports:
            key = (flow.source, flow.target, ports, flow.through)
            other = first.setdefault(key, index)
            if other != index:
                yield Problem(
                    "E-FLW-13",
                    f"la1r:flows[{index}]",
                    f"{ports} from {flow.source} to {flow.target} is open by la1r:flows[{other}]",
                    "closing one of the two would close nothing",
                    "delete one of them",
                )
                break


def _check_ports(network: Network) -> Iterator[Problem]:
    for index, flow in enumerate(network.flows):
        for number, ports in enumerate(flow.ports):
            others = enumerate(flow.ports)
            wider = (o for n, o in others if _holds(o, ports) and (o != ports or n < number))
            if other := next(wider, None):
                twice = other == ports
                yield Problem(
                    "E-FLW-13",
                    f"la1r:flows[{index}].ports[{number}]",
                    f"{ports} "
                    + ("stands there twice" if twice else f"is open by {other} beside it"),
                    "taking it out would close nothing",
                    "delete one of them" + ("" if twice else ": the wider one, if less is meant"),
                )


def _holds(wide: Ports, narrow: Ports) -> bool:
    if wide.protocol is Protocol.ANY:
        return True
    inside = wide.first <= narrow.first and narrow.last <= wide.last
    return wide.protocol is narrow.protocol and inside


def _check_names(network: Network) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, flow in enumerate(network.flows):
        other = first.setdefault(flow.name, index) if flow.name else index
        if other != index:
            yield Problem(
                "E-FLW-14",
                f"la1r:flows[{index}].name",
                f"{flow.name} is the name of la1r:flows[{other}], too",
                "policies of the two would overwrite each other",
                "choose another name",
            )


def _check_empty(network: Network) -> Iterator[Problem]:
    expectations = (("allow", network.expect.allow), ("deny", network.expect.deny))
    empty = [f"la1r:flows[{n}].ports" for n, flow in enumerate(network.flows) if not flow.ports]
    for kind, sentences in expectations:
        empty += [
            f"la1r:expect.{kind}[{n}].ports" for n, one in enumerate(sentences) if not one.ports
        ]
    for path in empty:
        yield Problem(
            "E-FLW-15",
            path,
            "the list of ports is empty",
            "nothing would be opened or checked by it",
            "write the ports, as [tcp/22], or leave the key out for every port",
        )
