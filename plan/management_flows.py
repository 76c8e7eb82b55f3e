"""Who runs the network -> the flows without which nobody could log in to a device."""

from collections.abc import Iterator

from msgspec import structs

from config.references import resolve_device
from plan.addresses import sites_in_order
from plan.directory import Directory
from plan.implication import PING, imply, is_off
from plan.implied_cluster import api_parties, api_ports
from plan.implied_sites import ROLES_WITH_INTERNET
from plan.management import (
    is_dialled_outside,
    operator_prefixes,
    operator_site,
    read_address,
)
from plan.model import Party, PartyKind, PlannedFlow
from plan.parties import address_party, device_party, prefix_party
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
    public = None if jump else _public_party(directory, ref)
    for opener in openers:
        yield imply(
            f"management/{ref}",
            (opener, device_party(directory, ref)),
            (Ports(Protocol.TCP, port, port), PING),
            f"the operator logs in by way of {jump}" if jump else "the operator logs in and pings",
        )
        if public and not _uses_internet(directory, opener):
            yield imply(
                f"management/{ref}",
                (opener, public),
                (Ports(Protocol.TCP, port, port),),
                "the operator dials it from outside",
            )


def _public_party(directory: Directory, ref: DeviceRef) -> Party | None:
    """The address in the internet at which a device is dialled; None for names, and in the mesh."""
    manage = directory.network.device(ref).manage
    if not is_dialled_outside(directory.network, directory.places, ref):
        return None
    address = read_address(manage.host) if manage and manage.host else None
    if address is None:
        return None
    party = address_party(directory, operator_site(directory.network), address)
    return structs.replace(party, device=ref) if party.kind is PartyKind.INTERNET else None


def _uses_internet(directory: Directory, operator: Party) -> bool:
    """Whether a range may open connections to everybody outside anyway."""
    prefix = next(p for p in directory.addresses.prefixes if p.reference == operator.name)
    off = directory.network.network.implied_off
    return prefix.role in ROLES_WITH_INTERNET and not is_off(f"internet/{operator.name}", off)
