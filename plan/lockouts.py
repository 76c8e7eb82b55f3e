"""Switches of implied flows -> the devices that the operator could no longer log in to."""

from collections.abc import Iterator

from plan.addresses import addresses_of
from plan.implied import is_off
from plan.management import operator_prefixes
from plan.model import Origin, Plan, PlannedFlow
from plan.rules import MANAGEMENT
from terms.problem import Problem, Severity
from terms.values import DeviceRef, Ports, Protocol

CLUSTER = f"{MANAGEMENT}/cluster"


def find_lockouts(plan: Plan, path: str, word: str) -> Iterator[Problem]:
    """Refuse a switch that leaves a device without a way in; warn of a closed Kubernetes API."""
    lost = [device.ref for device in plan.devices if _is_lost(plan, device.ref, word)]
    if lost:
        names = ", ".join(map(str, lost))
        yield Problem(
            "E-PLN-06",
            path,
            f"{word} is switched off, and no declared flow lets the operator log in to {names}",
            "the change would cut its own way in: each device would undo it, and none could be"
            " changed again",
            f"take {word} out, or declare a flow from the operator's range to the SSH port of each",
        )
    if plan.network.cluster and is_off(CLUSTER, (word,)):
        yield Problem(
            "E-PLN-06",
            path,
            f"{CLUSTER} is switched off",
            "the operator reaches the Kubernetes API only where a declared flow says so",
            f"take {word} out, unless the stack is applied from a node",
            Severity.WARNING,
        )


def _is_lost(plan: Plan, device: DeviceRef, word: str) -> bool:
    if not is_off(f"{MANAGEMENT}/{device}", (word,)):
        return False
    ranges = {prefix.reference for prefix in operator_prefixes(plan.network, plan.addresses)}
    return not any(
        flow.origin is Origin.DECLARED
        and flow.source.name in ranges
        and _logs_in(plan, flow, device)
        for flow in plan.flows
    )


def _logs_in(plan: Plan, flow: PlannedFlow, device: DeviceRef) -> bool:
    declared = plan.network.device(device)
    port = declared.manage.port if declared.manage else 22
    if not any(_holds(ports, port) for ports in flow.ports):
        return False
    if flow.target.device is not None or flow.target.site != device.site:
        return flow.target.device == device
    own = addresses_of(declared)
    return any(address in network for network in flow.target.networks for address in own)


def _holds(ports: Ports, port: int) -> bool:
    return ports.protocol in (Protocol.TCP, Protocol.ANY) and ports.first <= port <= ports.last
