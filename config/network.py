"""The root: everything one stack declares."""

from ipaddress import IPv4Network

from pydantic import Field

from config.cluster import Cluster
from config.flow import Expectations, Flow
from config.record import Record
from config.site import Device, Site
from config.tenant import Tenant
from config.vpn import Vpn
from terms.values import DeviceRef, Domain, Flag, Name, Prefix


class Operator(Record):
    """Where the person sits who runs this stack."""

    at: Name = Field(description="site of the operator; far sites are changed first, this one last")
    prefixes: tuple[Name, ...] = Field(
        (),
        description="its prefixes that may log in to devices; all user and infrastructure ones"
        " by default",
    )


class Settings(Record):
    """What holds for the whole network."""

    domain: Domain = Field("internal", description="DNS domain: a host is called HOST.SITE.DOMAIN")
    operator: Operator | None = Field(
        None, description="where the operator sits; the site with the lowest id by default"
    )
    alias_pool: Prefix = Field(
        IPv4Network("10.200.0.0/16"), description="range that aliases are taken from"
    )
    protect: Flag = Field(False, description="guard every resource of the stack against deletion")
    implied_off: tuple[str, ...] = Field(
        (), description="implied flows to switch off, by their name"
    )


class Network(Record):
    """One stack's description; the keys are the Pulumi config keys `la1r:KEY`."""

    network: Settings = Field(Settings(), description="what holds for the whole network")
    sites: dict[Name, Site] = Field(min_length=1, description="sites by name")
    vpn: Vpn = Field(Vpn(), description="backbone, endpoints, clients")
    tenants: dict[Name, Tenant] = Field({}, description="tenants by name")
    cluster: Cluster | None = Field(None, description="the Kubernetes cluster")
    flows: tuple[Flow, ...] = Field((), description="what may reach what, beyond what is implied")
    expect: Expectations = Field(
        Expectations(), description="sentences about reachability that must hold"
    )

    def device(self, ref: DeviceRef) -> Device:
        """The device of that site and name; raises KeyError when there is none."""
        return self.sites[ref.site].devices[ref.device]
