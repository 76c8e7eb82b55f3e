"""The VPN: a backbone between sites, endpoints for people, and their clients."""

from ipaddress import IPv4Network

from pydantic import Field

from config.record import Record
from terms.values import (
    MAX_INTERFACE_NAME,
    Address,
    Day,
    DnsName,
    Name,
    Number,
    Port,
    Prefix,
    Reference,
    Text,
    WireguardKey,
)

# The interface is called wg-NAME, and the kernel allows 15 characters.
MAX_ENDPOINT_NAME = MAX_INTERFACE_NAME - len("wg-")


class Backbone(Record):
    """The WireGuard interface `wg-mesh` that every gateway has, for traffic between sites."""

    cidr: Prefix = Field(
        IPv4Network("10.8.0.0/24"),
        description="link addresses; a site's gateway gets network address + site id",
    )
    port: Port = Field(51820, description="UDP port the gateways listen on")


class VpnEndpoint(Record):
    """A WireGuard interface `wg-NAME` that clients dial; its tenant decides what they reach."""

    tenant: Name = Field(description="tenant whose people dial in")
    at: Reference = Field(description="managed device that ends it, as site/device")
    port: Port = Field(description="UDP port it listens on")
    cidr: Prefix = Field(
        description="client addresses; the endpoint takes the first, a client network address +"
        " index"
    )
    host: DnsName | None = Field(
        None, description="name clients dial; the endpoint name of the site's circuit by default"
    )
    dns: Address | None = Field(
        None, description="DNS server of its clients; the endpoint itself by default"
    )
    description: Text = ""


class VpnClient(Record):
    """One person's device on an endpoint."""

    endpoint: Name = Field(description="endpoint it dials")
    index: Number = Field(
        ge=2, description="number in the endpoint's range; never given to another client again"
    )
    public_key: WireguardKey = Field(
        description="its WireGuard public key; the private one never leaves the client"
    )
    expires: Day | None = Field(
        None, description='last day of use, in quotes: "2027-06-30"; checked by `la1r check`'
    )
    description: Text = ""


class Vpn(Record):
    """Everything that crosses the internet encrypted."""

    backbone: Backbone = Field(Backbone(), description="site to site")
    endpoints: dict[Name, VpnEndpoint] = Field({}, description="where clients dial in, by name")
    clients: dict[Name, VpnClient] = Field({}, description="clients by name")
