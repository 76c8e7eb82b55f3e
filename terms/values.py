"""The words of the product: an enum or value type for each thing that several rooms speak of."""

import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Self

from msgspec import Struct
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import core_schema

from terms.forms import (
    meant_ports,
    parse_address,
    parse_day,
    parse_dns_name,
    parse_domain,
    parse_host_key,
    parse_mac,
    parse_owner,
    parse_pool,
    parse_port_reference,
    parse_prefix,
    parse_reference,
    parse_wireguard_key,
)
from terms.problem import refuse, show

# IFNAMSIZ is 16 with the closing NUL (linux/if.h).
MAX_INTERFACE_NAME = 15
# RFC 1123 section 2.1, and the limit of a Kubernetes namespace.
MAX_LABEL = 63
# RFC 1035 section 2.3.4, without the dot at the end.
MAX_DNS_NAME = 253
MAX_PORT = 65535
MAX_VLAN = 4094
# Ranges are spelled out port by port in policies and forwards; a wider one is no longer readable.
MAX_SINGLE_PORTS = 64


class Platform(StrEnum):
    """What configuration a device takes; `unmanaged` is described and never logged in to."""

    LINUX = "linux"
    UNMANAGED = "unmanaged"


class DeviceRole(StrEnum):
    """What a device is there for."""

    ROUTER = "router"
    SWITCH = "switch"
    ACCESS_POINT = "access-point"
    MEDIA_CONVERTER = "media-converter"
    PATCH_PANEL = "patch-panel"
    SERVER = "server"
    IOT = "iot"
    ENDPOINT = "endpoint"


class PrefixRole(StrEnum):
    """What the addresses of a prefix are for; the role decides what is open undeclared."""

    USER = "user"
    IOT = "iot"
    INFRASTRUCTURE = "infrastructure"
    SERVERS = "servers"
    LOAD_BALANCER = "load-balancer"
    VPN = "vpn"
    PODS = "pods"
    SERVICES = "services"
    RESERVED = "reserved"


class CircuitKind(StrEnum):
    """How a site's uplink is seen from outside: `cgnat` can dial and never be dialled."""

    STATIC = "static"
    DYNAMIC = "dynamic"
    CGNAT = "cgnat"


class Trust(StrEnum):
    """Whose tenant it is: the owner's own, or a guest's, who gets the tighter defaults."""

    OWNER = "owner"
    GUEST = "guest"


class Audience(StrEnum):
    """Who a pool of addresses is for: `lan` is open to the site's users, `public` to flows only."""

    LAN = "lan"
    PUBLIC = "public"


class Medium(StrEnum):
    """What carries a link between two interfaces."""

    COPPER = "copper"
    FIBRE = "fibre"
    WIRELESS = "wireless"


class Architecture(StrEnum):
    """Processor architectures that the Weave Net images are built for."""

    AMD64 = "amd64"
    ARM = "arm"
    ARM64 = "arm64"


class PodSecurity(StrEnum):
    """Pod Security Standards level (kubernetes.io: Pod Security Standards)."""

    PRIVILEGED = "privileged"
    BASELINE = "baseline"
    RESTRICTED = "restricted"


class Protocol(StrEnum):
    """Protocols of a flow; `any` is every protocol, and `esp` (RFC 4303) only implied ones name."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ESP = "esp"
    ANY = "any"


class EndKind(StrEnum):
    """What an end of a flow stands for; the forms it is written in are in `config.references`."""

    INTERNET = "internet"
    SITE = "site"
    PREFIX = "prefix"
    DEVICE = "device"
    TENANT = "tenant"
    SERVICE = "service"
    NAMESPACE = "namespace"
    ENDPOINT = "endpoint"
    CLIENT = "client"
    CLUSTER = "cluster"


class Speed(StrEnum):
    """Nominal speed of an interface or a cable."""

    M10 = "10M"
    M100 = "100M"
    G1 = "1G"
    G2_5 = "2.5G"
    G10 = "10G"
    G25 = "25G"


class Ports(Struct, frozen=True, order=True):
    """A protocol with a range of ports, both ends included.

    Written `tcp/22`, `udp/5000-5010`, `tcp`, `icmp`, `any`.
    """

    protocol: Protocol
    first: int = 1
    last: int = MAX_PORT

    @property
    def single(self) -> bool:
        """Whether the range holds exactly one port."""
        return self.first == self.last

    @property
    def every_port(self) -> bool:
        """Whether the range holds every port of the protocol."""
        return self.first <= 1 and self.last == MAX_PORT

    def __str__(self) -> str:
        if self.every_port:
            return self.protocol.value
        if self.single:
            return f"{self.protocol}/{self.first}"
        return f"{self.protocol}/{self.first}-{self.last}"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read the written form; refuses anything else with a problem."""
        if isinstance(text, cls):
            return text
        form = r"(tcp|udp)(?:/([0-9]{1,20})(?:-([0-9]{1,20}))?)?|icmp|any"
        found = re.fullmatch(form, text) if isinstance(text, str) else None
        if not found:
            raise refuse(
                "E-PORT-01",
                f"{show(text)} is not a protocol with a port",
                "no rule can be made from it",
                meant_ports(text),
            )
        if not found[2]:
            return cls(Protocol(found[1] or found[0]))
        first, last = int(found[2]), int(found[3] or found[2])
        if not 1 <= min(first, last) <= max(first, last) <= MAX_PORT:
            raise refuse(
                "E-PORT-02",
                f"{show(text)} is outside 1 to {MAX_PORT}",
                "no packet could ever match it",
                f"write a port from 1 to {MAX_PORT}",
            )
        if last < first:
            raise refuse(
                "E-PORT-02",
                f"{show(text)} ends before it starts",
                "no packet could ever match it",
                f"write {found[1]}/{last}-{first}",
            )
        return cls(Protocol(found[1]), first, last)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: object
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, object]:
        return {"type": "string", "pattern": r"^((tcp|udp)(/[0-9]+(-[0-9]+)?)?|icmp|any)$"}


class DeviceRef(Struct, frozen=True, order=True):
    """A device by site and name, written `home/gateway`."""

    site: str
    device: str

    def __str__(self) -> str:
        return f"{self.site}/{self.device}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `site/device`; raises ValueError when there is no single slash."""
        site, device = text.split("/")
        return cls(site, device)


# RFC 1123 section 2.1: a label may start with a digit (the server `50centos` does).
NAME_PATTERN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=MAX_LABEL)]
InterfaceName = Annotated[
    str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_.-]*$", max_length=MAX_INTERFACE_NAME)
]
# pydantic reads true as 1 and "yes" as true unless it is told to be strict.
Flag = Annotated[bool, Field(strict=True)]
Number = Annotated[int, Field(strict=True)]
DnsName = Annotated[str, AfterValidator(parse_dns_name), Field(max_length=MAX_DNS_NAME)]
# A domain of its own, or a public name: never an address.
Domain = Annotated[str, AfterValidator(parse_domain), Field(max_length=MAX_DNS_NAME)]
Owner = Annotated[str, AfterValidator(parse_owner), Field(max_length=200)]
# Unicode's further line ends, and the marks that turn the direction of what is read after them,
# would show a reviewer another text than a device or a program reads.
TEXT_PATTERN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
Text = Annotated[str, Field(pattern=TEXT_PATTERN, max_length=200)]
Port = Annotated[Number, Field(ge=1, le=MAX_PORT)]
VlanId = Annotated[Number, Field(ge=1, le=MAX_VLAN)]
Prefix = Annotated[
    IPv4Network,
    BeforeValidator(parse_prefix, json_schema_input_type=str),
    Field(examples=["192.168.1.0/24"]),
]
Address = Annotated[
    IPv4Address,
    BeforeValidator(parse_address, json_schema_input_type=str),
    Field(examples=["192.168.1.1"]),
]
AddressRange = Annotated[
    str, AfterValidator(parse_pool), Field(examples=["192.168.1.100-192.168.1.199"])
]
Mac = Annotated[str, AfterValidator(parse_mac)]
WireguardKey = Annotated[str, AfterValidator(parse_wireguard_key)]
HostKey = Annotated[str, AfterValidator(parse_host_key)]
Reference = Annotated[str, AfterValidator(parse_reference)]
PortReference = Annotated[str, AfterValidator(parse_port_reference)]
# Written as YAML text so that no reader turns it into a date of its own kind.
Day = Annotated[str, AfterValidator(parse_day), Field(examples=["2027-06-30"])]
