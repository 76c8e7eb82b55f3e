"""Who runs the network -> the flows without which nobody could log in to a device."""

from collections.abc import Iterator

from config.references import resolve_device
from plan.addresses import sites_in_order
from plan.directory import Directory
from plan.implication import PING, imply
from plan.implied_cluster import api_parties, api_ports
from plan.model import Party, PlannedFlow
from plan.parties import device_party, prefix_party
from terms.values import DeviceRef, Ports, PrefixRole, Protocol

OPERATOR_ROLES = frozenset({PrefixRole.USER, PrefixRole.INFRASTRUCTURE})


def management_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """From the operator's ranges to each managed device and to the Kubernetes API."""
    operators = operator_parties(directory)
    for site, _ in sites_in_order(directory.network):
        for ref in directory.places.managed[site]:
            yield from _device_flows(directory, ref, operators)
    if directory.network.cluster:
        for operator in operators:
            for answerer in api_parties(directory):
                yield imply(
                    "management/cluster",
                    (operator, answerer),
                    api_ports(directory),
                    "the operator applies the stack through the Kubernetes API",
                )


def operator_parties(directory: Directory) -> tuple[Party, ...]:
    """The ranges that the operator may log in from."""
    network = directory.network
    operator = network.network.operator
    at = operator.at if operator else sites_in_order(network)[0][0]
    chosen = operator.prefixes if operator else ()
    return tuple(
        prefix_party(prefix)
        for prefix in directory.places.prefixes.get(at, ())
        if (prefix.name in chosen if chosen else prefix.role in OPERATOR_ROLES)
    )


def _device_flows(
    directory: Directory, ref: DeviceRef, operators: tuple[Party, ...]
) -> Iterator[PlannedFlow]:
    manage = directory.network.device(ref).manage
    port = manage.port if manage else 22
    jump = (
        resolve_device(directory.network, manage.jump, ref.site) if manage and manage.jump else None
    )
    openers = (device_party(directory, jump),) if jump else operators
    for opener in openers:
        yield imply(
            f"management/{ref}",
            (opener, device_party(directory, ref)),
            (Ports(Protocol.TCP, port, port), PING),
            f"the operator logs in by way of {jump}" if jump else "the operator logs in and pings",
        )
