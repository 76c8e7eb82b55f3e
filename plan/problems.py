"""A plan -> the problems that show only when everything is computed."""

from collections import defaultdict
from collections.abc import Iterator

from config.flow import Flow
from config.suggest import suggest
from plan.flows import build_flows
from plan.implication import is_off
from plan.lockouts import find_closed_names, find_lockouts
from plan.model import Origin, PartyKind, Plan, PlannedFlow
from plan.pod_ports import pod_ports
from plan.rules import surroundings
from plan.sightings import Surroundings, is_carried
from terms.problem import Problem
from terms.values import MAX_SINGLE_PORTS, Protocol

OFF_PATH = "la1r:network.implied_off"


def find_plan_problems(plan: Plan) -> tuple[Problem, ...]:
    """Find flows that cannot be carried, idle switches, closed ways in, and frames too large."""
    found = [
        *_flow_problems(plan),
        *_switch_problems(plan),
        *find_closed_names(plan),
        *_mtu_problems(plan),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.order))


# ---------------------------------------------------------------- flows


def _flow_problems(plan: Plan) -> Iterator[Problem]:
    around = surroundings(plan.network, plan.addresses, plan.mesh, {})
    planned: dict[int, list[PlannedFlow]] = defaultdict(list)
    for flow in plan.flows:
        if flow.origin is Origin.DECLARED and flow.index is not None:
            planned[flow.index].append(flow)
    for index, declared in enumerate(plan.network.flows):
        path = f"la1r:flows[{index}]"
        if not planned[index]:
            yield _opens_nothing(path, declared)
        for flow in planned[index]:
            yield from _judge(around, path, flow)


def _opens_nothing(path: str, flow: Flow) -> Problem:
    return Problem(
        "E-PLN-01",
        f"{path}.to",
        f"{flow.target} has nothing that {flow.source} could reach on {_ports(flow)}",
        "the flow would open nothing",
        "name a device, a range, or a service that has an address and these ports",
    )


def _ports(flow: Flow) -> str:
    return ", ".join(map(str, flow.ports))


def _judge(around: Surroundings, path: str, flow: PlannedFlow) -> Iterator[Problem]:
    pods = PartyKind.PODS in (flow.source.kind, flow.target.kind)
    if pods:
        yield from _judge_pod_ports(path, flow)
    if flow.source.kind is not PartyKind.PODS and not is_carried(around, flow):
        yield Problem(
            "E-PLN-02",
            path,
            f"no way leads from {flow.source.name} to {flow.target.name}",
            "no device could let these packets through",
            "join the two sites, or give both ends an address on a segment that a router is on",
        )


def _judge_pod_ports(path: str, flow: PlannedFlow) -> Iterator[Problem]:
    if any(ports.protocol is Protocol.ANY for ports in flow.ports):
        return
    if any(ports.protocol is Protocol.ICMP for ports in flow.ports):
        yield Problem(
            "E-PLN-03",
            f"{path}.ports",
            f"icmp, and {_pods_of(flow)} are pods",
            "a NetworkPolicy knows tcp and udp alone, so the cluster would drop it",
            "leave icmp out, or write `any`",
        )
    elif pod_ports(flow) is None:
        yield Problem(
            "E-PLN-04",
            f"{path}.ports",
            f"more than {MAX_SINGLE_PORTS} ports, and {_pods_of(flow)} are pods",
            "Weave Net opens only the first port of a range, so each is written by itself",
            f"name at most {MAX_SINGLE_PORTS} ports, or the whole protocol as tcp or udp",
        )


def _pods_of(flow: PlannedFlow) -> str:
    ends = (flow.source, flow.target)
    return " and ".join(end.name for end in ends if end.kind is PartyKind.PODS)


# ---------------------------------------------------------------- switches


def _switch_problems(plan: Plan) -> Iterator[Problem]:
    names = implied_names(plan)
    for index, word in enumerate(plan.network.network.implied_off):
        path = f"{OFF_PATH}[{index}]"
        if not any(is_off(name, (word,)) for name in names):
            yield Problem(
                "E-PLN-05",
                path,
                f"{word} is no implied flow",
                "nothing is switched off by it",
                suggest(word, names),
            )
        yield from find_lockouts(plan, path, word)


def implied_names(plan: Plan) -> frozenset[str]:
    """Names of all implied flows of the network, also of those that are switched off."""
    settings = plan.network.network.model_copy(update={"implied_off": ()})
    whole = plan.network.model_copy(update={"network": settings})
    flows = (
        build_flows(whole, plan.addresses, plan.mesh) if plan.network.network.implied_off else ()
    )
    return frozenset(flow.name for flow in flows if flow.origin is Origin.IMPLIED)


# ---------------------------------------------------------------- frames


def _mtu_problems(plan: Plan) -> Iterator[Problem]:
    cluster = plan.network.cluster
    if cluster is None or plan.cluster is None or cluster.weave.mtu is None:
        return
    fits = next(step for step in plan.cluster.mtu_chain if step.name == "pods")
    if cluster.weave.mtu > fits.mtu:
        yield Problem(
            "E-PLN-07",
            "la1r:cluster.weave.mtu",
            f"{cluster.weave.mtu}, and what carries the pods takes {fits.mtu} ({fits.why})",
            "Weave Net would fall back to its slow mode on every connection, without a word",
            f"write {fits.mtu} or less, leave it out, or write the segment's own `mtu:`",
        )
