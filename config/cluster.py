"""The Kubernetes cluster: nodes, ranges, Weave Net and load-balancer pools."""

from ipaddress import IPv4Network
from typing import Literal

from pydantic import Field

from config.record import Record
from terms.quantity import Quantity
from terms.values import Address, Audience, Flag, Name, Number, Port, Prefix, Reference, Text


class Node(Record):
    """A device that is a member of the cluster."""

    control_plane: Flag = Field(False, description="runs the API server")
    address: Address | None = Field(
        None, description="its node address (kubelet --node-ip); the device's address by default"
    )
    cpu: Quantity | None = Field(
        None, description="cores that it has for pods; 0 where it takes none of tenants"
    )
    memory: Quantity | None = Field(
        None, description="memory that it has for pods; 0 where it takes none of tenants"
    )


class Requests(Record):
    """What each of Weave Net's two containers is sure to get on every node."""

    cpu: Quantity = Field("50m", description="CPU, in cores or millicores")
    memory: Quantity | None = Field(
        None, description="memory; nothing is set aside for it by default"
    )


class Weave(Record):
    """Options of Weave Net."""

    version: str = Field(
        "2.9.0", pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", description="release of the maintained fork"
    )
    encryption: Flag = Field(
        False,
        description="encrypt between nodes too, with a password that a node makes; the mesh already"
        " does between sites",
    )
    mtu: Number | None = Field(
        None, ge=576, le=8916, description="MTU of the pod network in bytes; computed by default"
    )
    trusted_subnets: tuple[Prefix, ...] = Field(
        (), description="with encryption: ranges that need none"
    )
    allow_multicast: Flag = Field(False, description="let pods of all tenants exchange multicast")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="of router and policy controller"
    )
    iptables_backend: Literal["nft", "legacy"] = Field(
        "nft", description="backend of the nodes' iptables"
    )
    monitoring: Flag = Field(
        False,
        description="metrics on the nodes' addresses (TCP 6781, 6782), an object to scrape them by,"
        " and a dashboard for Grafana; who may ask is a flow to `cluster`",
    )
    requests: Requests = Field(
        Requests(), description="what its containers are sure to get on every node"
    )
    connection_limit: Number = Field(200, ge=2, le=5000, description="peers a node may connect to")


class Pool(Record):
    """A range of load-balancer addresses; tenants get shares of it."""

    cidr: Prefix = Field(
        description="the range, inside a load-balancer prefix of the nodes' segment"
    )
    audience: Audience = Field(
        Audience.LAN, description="lan: open to the users of the site; public: to flows only"
    )


class Api(Record):
    """Where the Kubernetes API answers."""

    address: Address | None = Field(
        None, description="virtual address; that of the control plane by default"
    )
    port: Port | None = Field(
        None, description="TCP port at that address; the same as on the nodes by default"
    )
    node_port: Port = Field(6443, description="TCP port of the API server on its node")


class Cluster(Record):
    """One Kubernetes cluster with Weave Net as pod network."""

    name: Name = Field(description="name of the cluster")
    nodes: dict[Reference, Node] = Field(
        min_length=1,
        description="members, by device or site/device; where all of them say their CPU or memory,"
        " quotas are compared with the sum",
    )
    pods: Prefix = Field(IPv4Network("10.244.0.0/16"), description="pod range")
    services: Prefix = Field(IPv4Network("10.96.0.0/12"), description="service range")
    api: Api = Field(Api(), description="API endpoint")
    weave: Weave = Field(Weave(), description="Weave Net options")
    pools: dict[Name, Pool] = Field({}, description="load-balancer pools by name")
    system: tuple[Name, ...] = Field(
        ("kube-system",),
        description="namespaces that are referred to and never owned, labelled or limited",
    )
    adopt: Flag = Field(
        False, description="take over objects that exist already, instead of refusing them"
    )
    description: Text = ""
