"""Ports of a flow -> ports of its pods, one by one, as policies see them."""

from plan.flows import count_ports
from plan.model import PlannedFlow, ServiceEnd
from terms.values import MAX_SINGLE_PORTS, Ports, Protocol


def pod_ports(flow: PlannedFlow) -> tuple[Ports, ...] | None:
    """Ports that a policy of this flow names; none for every port, None where no policy can.

    weave-npc ignores the end of a range, so ranges are written out; it opens no ICMP beside ports.
    Where the target is a workload, its service's ports become those of its pods.
    """
    if any(ports.protocol is Protocol.ANY for ports in flow.ports):
        return ()
    service = flow.target.service
    asked = _behind(service, flow.ports) if service else flow.ports
    named = [ports for ports in asked if ports.protocol is not Protocol.ICMP]
    count = sum(1 if ports.every_port else count_ports(ports) for ports in named)
    if not named or count > MAX_SINGLE_PORTS:
        return None
    return tuple(sorted({single for ports in named for single in _one_by_one(ports)}))


def _behind(service: ServiceEnd, asked: tuple[Ports, ...]) -> tuple[Ports, ...]:
    """Service ports were narrowed to single ones when the flow was planned."""
    wanted = {(ports.protocol, ports.first) for ports in asked}
    return tuple(
        Ports(protocol, pod, pod)
        for protocol, port, pod in service.ports
        if (protocol, port) in wanted
    )


def _one_by_one(ports: Ports) -> tuple[Ports, ...]:
    if ports.every_port:
        return (ports,)
    return tuple(Ports(ports.protocol, n, n) for n in range(ports.first, ports.last + 1))
