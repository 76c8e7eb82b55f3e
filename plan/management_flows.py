"""Who runs the network -> the flows without which nobody could log in to a device."""

from collections.abc import Iterator

from config.references import resolve_device
from plan.addresses import sites_in_order
from plan.directory import Directory
from plan.implication import PING, imply
from plan.implied_cluster import api_parties, api_ports
from plan.management import operator_prefixes
from plan.model import Party, PlannedFlow
from plan.parties import device_party, prefix_party
from terms.values import DeviceRef, Ports, Protocol


def management_flows(directory: Directory) -> Iterator[PlannedFlow]:
    """From the operator's ranges to each managed device and to the Kubernetes API."""
    ranges = operator_prefixes(directory.network, directory.addresses)
    operators = tuple(map(prefix_party, ranges))
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
