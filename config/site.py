"""A site: its circuit, segments, prefixes, devices, cables, wireless links and racks."""

from ipaddress import IPv4Address

from pydantic import Field, model_validator

from config.record import Record
from terms.problem import refuse
from terms.values import (
    Address,
    AddressRange,
    Architecture,
    CircuitKind,
    DeviceRole,
    DnsName,
    Flag,
    HostKey,
    InterfaceName,
    Mac,
    Medium,
    Name,
    Number,
    Platform,
    Port,
    PortReference,
    Ports,
    Prefix,
    PrefixRole,
    Reference,
    Speed,
    Text,
    VlanId,
)


class Circuit(Record):
    """The uplink of a site."""

    kind: CircuitKind = Field(
        description="static or dynamic public address, or cgnat: dials out, is never dialled"
    )
    endpoint: DnsName | None = Field(
        None,
        description="DNS name or address at which the internet reaches this site; without it"
        " nobody can dial it",
    )
    provider: Text = Field("", description="who sells the uplink")
    speed: Speed | None = Field(None, description="nominal speed of the uplink")
    mtu: Number = Field(
        1500, ge=576, le=9000, description="MTU of the uplink in bytes: 1492 behind PPPoE"
    )


class Segment(Record):
    """One layer-2 domain; its hosts are neighbours that no router rule can part."""

    vlan: VlanId | None = Field(
        None, description="VLAN id, unique in the site; none for an untagged segment"
    )
    mtu: Number = Field(
        1500,
        ge=576,
        le=9216,
        description="MTU of its frames in bytes: 9000 where all take jumbo frames",
    )
    description: Text = ""


class Reservation(Record):
    """A fixed DHCP lease for something that is not listed under `devices`."""

    mac: Mac = Field(description="MAC address that gets the lease")
    address: Address = Field(description="address it gets, outside the pool")


class Dhcp(Record):
    """DHCP service on a prefix; devices with a MAC and an address get reservations of their own."""

    pool: AddressRange = Field(
        description="first and last dynamic address: 192.168.1.100-192.168.1.199"
    )
    lease: str = Field(
        "12h", pattern=r"^[1-9][0-9]{0,3}[mh]$", description="lease time in minutes or hours"
    )
    server: Reference | None = Field(
        None, description="device that serves; the site's router by default"
    )
    relay: Reference | None = Field(
        None, description="device that relays requests from this segment to the server"
    )
    reservations: dict[Name, Reservation] = Field({}, description="fixed leases by name")

    @property
    def first(self) -> IPv4Address:
        """First address of the pool."""
        return IPv4Address(self.pool.partition("-")[0])

    @property
    def last(self) -> IPv4Address:
        """Last address of the pool."""
        return IPv4Address(self.pool.partition("-")[2])


class SitePrefix(Record):
    """A range of addresses on a segment of the site."""

    cidr: Prefix = Field(description="the range, as a network address with its length")
    role: PrefixRole = Field(description="what the addresses are for")
    segment: Name | None = Field(
        None, description="layer-2 domain it lies on; one of its own by default"
    )
    gateway: Address | None = Field(
        None,
        description="default router of its hosts; by default the address of the site's router"
        " in it",
    )
    alias: Prefix | None = Field(
        None,
        description="unique range of equal size under which other sites see this one (1:1"
        " translation)",
    )
    dhcp: Dhcp | None = Field(None, description="DHCP service on this range")
    server: Reference | None = Field(
        None, description="for role iot: the one device its hosts may open connections to"
    )
    server_ports: tuple[Ports, ...] = Field(
        (Ports.parse("any"),), description="for role iot: the ports of that server"
    )
    description: Text = ""


class Interface(Record):
    """A port of a device, or an interface that stands on one."""

    uplink: Flag = Field(
        False, description="leads to the internet: to the circuit, or to an unmanaged router"
    )
    segment: Name | None = Field(None, description="segment it belongs to untagged")
    tagged: tuple[Name, ...] = Field(
        (), description="segments it carries tagged; each gets a VLAN interface NAME.VID"
    )
    addresses: tuple[Address, ...] = Field(
        (),
        description="addresses of the device on its segments; each belongs to the prefix that"
        " holds it",
    )
    medium: Medium = Field(Medium.COPPER, description="copper, fibre or wireless")
    speed: Speed | None = Field(None, description="nominal speed")
    mac: Mac | None = Field(None, description="MAC address")


# Time to change a device, and to dial it twice over a jump host before it takes the change back:
# 2 tries of 5 s for each of two machines, and 30 s for the slowest change that is waited for.
SHORTEST_WINDOW = 60


class Manage(Record):
    """How the operator logs in to a device."""

    host: DnsName | None = Field(
        None, description="name or address to dial; the device's own address by default"
    )
    port: Port = Field(22, description="SSH port")
    user: str = Field("root", pattern=r"^[a-z_][a-z0-9_-]*$", description="login name")
    host_key: HostKey | None = Field(
        None, description="its SSH host key, type and base64; nothing is sent without it"
    )
    jump: Reference | None = Field(None, description="managed device through which it is dialled")
    window: Number = Field(
        120,
        ge=SHORTEST_WINDOW,
        le=600,
        description="seconds until an unconfirmed change undoes itself",
    )
    adopt: Flag = Field(
        False, description="take over files and firewalls of others that are in the way"
    )


class Device(Record):
    """A box: router, switch, server, sensor or phone."""

    role: DeviceRole = Field(description="what it is there for")
    platform: Platform = Field(
        Platform.UNMANAGED,
        description="linux: configured by this stack; unmanaged: described, never logged in to",
    )
    model: Text = Field("", description="maker and type")
    arch: Architecture | None = Field(
        None, description="processor architecture, needed for a cluster node"
    )
    address: Address | None = Field(None, description="its address, when it has one interface only")
    mac: Mac | None = Field(None, description="its MAC address, when it has one interface only")
    segment: Name | None = Field(None, description="its segment, when it has no address written")
    interfaces: dict[InterfaceName, Interface] = Field(
        {}, description="ports by name, where one address is not enough"
    )
    manage: Manage | None = Field(None, description="how to log in; needed for platform linux")
    listens: dict[Name, Ports] = Field(
        {}, description="services of the device itself: name and port, opened by flows only"
    )
    dns: tuple[Name, ...] = Field((), description="further names beside its own")
    rack: Name | None = Field(None, description="rack it is mounted in")
    unit: Number | None = Field(None, ge=1, le=60, description="lowest rack unit it takes")
    height: Number = Field(1, ge=1, le=20, description="rack units it takes")
    description: Text = ""


def read_list(value: object, keys: tuple[str, str, str]) -> object:
    """Turn the list form of a link into a mapping; anything but a list stays as it is."""
    if not isinstance(value, list | tuple):
        return value
    if not 2 <= len(value) <= len(keys):
        raise refuse(
            "E-CAB-01",
            f"the list of a link has the length {len(value)}",
            "a link has two ends",
            f"write both ends and, if you like, the {keys[2]}: [gateway/lan1, server/eth0]",
        )
    return dict(zip(keys, value, strict=False))


class Cable(Record):
    """A wired link between two ports; short form `[gateway/lan1, big-raver/eth0, 1G]`."""

    a: PortReference = Field(description="port as device/interface")
    b: PortReference = Field(description="port as device/interface")
    speed: Speed | None = Field(None, description="speed the link runs at")
    medium: Medium = Field(Medium.COPPER, description="copper or fibre")

    @model_validator(mode="before")
    @classmethod
    def read_short_form(cls, value: object) -> object:
        """Accept the list form."""
        return read_list(value, ("a", "b", "speed"))


class WirelessLink(Record):
    """A radio link; short form `[wireless-router/wlan0, laptop]`: access point, then station."""

    a: PortReference = Field(description="access point or hub, as device/interface or device")
    b: PortReference = Field(description="station, as device/interface or device")
    kind: Name = Field(
        "wifi", description="wifi, zigbee, infrared, ...: one radio cell for each kind"
    )

    @model_validator(mode="before")
    @classmethod
    def read_short_form(cls, value: object) -> object:
        """Accept the list form."""
        return read_list(value, ("a", "b", "kind"))


class Rack(Record):
    """A rack with its height."""

    units: Number = Field(ge=1, le=60, description="height in rack units")
    description: Text = ""


class Site(Record):
    """A place with its own uplink."""

    id: Number = Field(
        ge=1,
        le=4000,
        description="number of the site, unique and never reused: its mesh address ends in it",
    )
    circuit: Circuit = Field(description="the uplink")
    description: Text = ""
    router: Name | None = Field(
        None, description="default router of its hosts; the only device of role router by default"
    )
    gateway: Name | None = Field(
        None,
        description="managed device that ends the mesh's tunnels; the router by default, where"
        " it is managed",
    )
    relay: Flag = Field(
        False, description="may carry traffic between two sites that cannot dial each other"
    )
    segments: dict[Name, Segment] = Field(
        {}, description="layer-2 domains that need a VLAN id or a description"
    )
    prefixes: dict[Name, SitePrefix] = Field({}, description="address ranges by name")
    devices: dict[Name, Device] = Field({}, description="boxes by name")
    cables: tuple[Cable, ...] = Field((), description="wired links")
    wireless: tuple[WirelessLink, ...] = Field((), description="radio links")
    racks: dict[Name, Rack] = Field({}, description="racks by name")
