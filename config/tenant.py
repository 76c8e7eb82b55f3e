"""A tenant: its namespaces, limits, load-balancer addresses and published services."""

from typing import Annotated

from pydantic import Field

from config.record import Record
from terms.quantity import Quantity
from terms.values import (
    Address,
    Domain,
    Flag,
    Name,
    Number,
    Owner,
    PodSecurity,
    Port,
    Prefix,
    Protocol,
    Text,
    Trust,
)

# Kubernetes label values: at most 63 of these characters.
LabelKey = Annotated[
    str, Field(pattern=r"^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")
]
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")]
# Kubernetes is built for 150,000 pods in all (kubernetes.io: Considerations for large clusters).
MAX_OBJECTS = 150_000


class Quota(Record):
    """What each namespace of a tenant may use at most."""

    cpu: Quantity = Field("4", description="sum of CPU limits, in cores or millicores")
    memory: Quantity = Field("8Gi", description="sum of memory limits")
    storage: Quantity = Field("50Gi", description="sum of volume claims")
    pods: Number = Field(50, ge=0, le=MAX_OBJECTS, description="number of pods")
    services: Number = Field(20, ge=0, le=MAX_OBJECTS, description="number of services")
    load_balancers: Number = Field(
        5, ge=0, le=MAX_OBJECTS, description="number of services of type LoadBalancer"
    )


class ServicePort(Record):
    """One port of a service."""

    protocol: Protocol = Field(Protocol.TCP, description="tcp or udp")
    port: Port = Field(description="port on the load-balancer address")
    target: Port | None = Field(None, description="port of the pod; the same by default")

    @property
    def pod_port(self) -> int:
        """Port that the pod listens on, which is what policies see."""
        return self.target or self.port


class Service(Record):
    """A workload that flows may name; with an address the stack owns a LoadBalancer for it."""

    namespace: Name = Field(description="namespace of the workload, one of the tenant's")
    selector: dict[LabelKey, LabelValue] = Field(min_length=1, description="labels of its pods")
    address: Address | None = Field(
        None,
        description="load-balancer address, from the tenant's share; without one only pods"
        " reach it",
    )
    ports: dict[Name, ServicePort] = Field(min_length=1, description="ports by name")
    hostnames: tuple[Domain, ...] = Field(
        (), description="public names it answers to, unique over all tenants"
    )
    description: Text = ""


class Tenant(Record):
    """Who owns namespaces and VPN endpoints: a border that routers and policies enforce."""

    id: Number = Field(ge=1, le=9999, description="number of the tenant, unique and never reused")
    trust: Trust = Field(
        Trust.OWNER, description="owner: the network owner's own; guest: tighter defaults"
    )
    namespaces: tuple[Name, ...] = Field(
        (), description="namespaces that the stack makes and owns for it"
    )
    owners: tuple[Owner, ...] = Field((), description="Kubernetes users bound to the tenant's role")
    pod_security: PodSecurity | None = Field(
        None,
        description="Pod Security level; baseline for an owner, restricted for a guest by default",
    )
    internet: Flag = Field(False, description="its pods may open connections to the internet")
    isolated_namespaces: Flag = Field(
        False, description="true: its namespaces are closed to each other too, but for flows"
    )
    quota: Quota = Field(Quota(), description="limits of each namespace")
    pool: Name | None = Field(
        None, description="load-balancer pool of the cluster that its addresses come from"
    )
    addresses: tuple[Prefix, ...] = Field(
        (), description="its share of that pool, bound to its namespaces"
    )
    node_selector: dict[LabelKey, LabelValue] = Field(
        {}, description="labels of the nodes its pods are bound to"
    )
    services: dict[Name, Service] = Field({}, description="published workloads by name")
    description: Text = ""
