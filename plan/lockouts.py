"""Planned flows -> the devices that the operator could not log in to, and what closes them."""

from collections.abc import Iterator

from plan.addresses import addresses_of
from plan.implication import is_off
from plan.management import (
    is_dialled_outside,
    operator_prefixes,
    operator_site,
    read_address,
)
from plan.model import Origin, PartyKind, Plan, PlannedFlow, PlannedPrefix
from plan.places import find_places
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


def find_closed_names(plan: Plan) -> Iterator[Problem]:
    """Refuse a device that is dialled by a name outside, from ranges that may not go out.

    An address is opened by a rule of its own; no rule can follow a name.
    """
    site = operator_site(plan.network)
    ranges = operator_prefixes(plan.network, plan.addresses)
    if plan.addresses.routers[site] not in {device.ref for device in plan.devices}:
        return
    for device in plan.devices:
        manage = plan.network.device(device.ref).manage
        if manage is None or manage.jump is not None or not _is_named_outside(plan, device.ref):
            continue
        if not any(_leaves(plan, prefix, manage.port) for prefix in ranges):
            names = " and ".join(prefix.reference for prefix in ranges)
            yield Problem(
                "E-PLN-09",
                f"la1r:sites.{device.ref.site}.devices.{device.ref.device}.manage.host",
                f"{device.ref} is dialled at {manage.host}, and {names}, where the operator logs in"
                f" from, may not open tcp/{manage.port} to the internet",
                f"the router of {site} would cut the operator off, for no rule can follow a name",
                "write the address in place of the name, or declare a flow to internet on"
                f" tcp/{manage.port} from the range of the operator",
            )


def _is_named_outside(plan: Plan, device: DeviceRef) -> bool:
    manage = plan.network.device(device).manage
    is_name = manage is not None and manage.host is not None and not read_address(manage.host)
    places = find_places(plan.network, plan.addresses)
    return is_name and is_dialled_outside(plan.network, places, device)


def _leaves(plan: Plan, prefix: PlannedPrefix, port: int) -> bool:
    return any(
        flow.source.site == prefix.site
        and flow.target.kind is PartyKind.INTERNET
        and not flow.target.networks
        and any(prefix.cidr.subnet_of(network) for network in flow.source.networks)
        and any(_holds(ports, port) for ports in flow.ports)
        for flow in plan.flows
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
