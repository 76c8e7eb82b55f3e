"""Permissions between parties."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from terms.values import DeviceRef, Ports, Protocol


class PartyKind(StrEnum):
    """What one end of a flow is."""

    INTERNET = "internet"
    PREFIX = "prefix"
    DEVICE = "device"
    VPN = "vpn"
    CLIENT = "client"
    PODS = "pods"


class PodSet(Struct, frozen=True):
    """Pods of a tenant: of all its namespaces, or of some, or those with labels in one."""

    # Empty for the pods of a system namespace, which belongs to no tenant.
    tenant: str
    namespaces: tuple[str, ...]
    # Whether `namespaces` is every namespace of the tenant, so that its label alone selects them.
    whole_tenant: bool = False
    labels: tuple[tuple[str, str], ...] = ()


class ServiceEnd(Struct, frozen=True):
    """A workload's address and ports: (protocol, port on the address, port of the pod)."""

    name: str
    # None for a workload that only pods reach.
    address: IPv4Address | None
    ports: tuple[tuple[Protocol, int, int], ...]
    hostnames: tuple[str, ...] = ()


class Party(Struct, frozen=True):
    """One end of a flow: the internet, addresses, or pods; never a mixture."""

    kind: PartyKind
    # As a user writes it; `paul/jamulus` for the pods behind a published service.
    name: str
    site: str | None = None
    # Addresses inside their own site, and as every other site sees them (the alias).
    # Pods and the internet have none.
    networks: tuple[IPv4Network, ...] = ()
    effective: tuple[IPv4Network, ...] = ()
    device: DeviceRef | None = None
    pods: PodSet | None = None
    service: ServiceEnd | None = None


class Origin(StrEnum):
    """Whether a flow was written down by the user or follows from something that was."""

    DECLARED = "declared"
    IMPLIED = "implied"


class PlannedFlow(Struct, frozen=True):
    """A permission between two parties; `ports` are those of the target's address."""

    name: str
    origin: Origin
    source: Party
    target: Party
    ports: tuple[Ports, ...]
    why: str
    # Public port on the target site's router that is forwarded to the single port of `ports`.
    public_port: int | None = None
    # Position in the configured flows, for the path of a problem.
    index: int | None = None
