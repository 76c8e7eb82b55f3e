"""The words of the product: one enum or value type for each thing that more than one room speaks of."""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import core_schema

from terms.problem import refuse

# IFNAMSIZ is 16 with the closing NUL (linux/if.h).
MAX_INTERFACE_NAME = 15
# RFC 1123 section 2.1, and the limit of a Kubernetes namespace.
MAX_LABEL = 63
MAX_PORT = 65535
MAX_VLAN = 4094


class Platform(StrEnum):
    """What kind of configuration a device takes; `unmanaged` is described and never logged in to."""

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
    """What the addresses of a prefix are for; the role decides what is open without being declared."""

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
    """Who a load-balancer pool is for: `lan` is open to the site's users, `public` only to what flows say."""

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
    """Transport protocols a flow can name; `any` is every protocol."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
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


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """A protocol with a range of ports, both ends included; written `tcp/22`, `udp/5000-5010`, `tcp`, `icmp`, `any`."""

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
        if self.protocol in (Protocol.ICMP, Protocol.ANY) or self.every_port:
            return self.protocol.value
        if self.single:
            return f"{self.protocol}/{self.first}"
        return f"{self.protocol}/{self.first}-{self.last}"

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read the written form; refuses anything else with a problem."""
        if isinstance(text, cls):
            return text
        found = re.fullmatch(r"(tcp|udp)(?:/(\d{1,5})(?:-(\d{1,5}))?)?|icmp|any", str(text))
        if not found:
            raise refuse(
                "E-PORT-01",
                f"'{text}' is not a protocol with a port",
                "no rule can be made from it",
                "write it as tcp/22, udp/5000-5010, tcp, udp, icmp or any",
            )
        if not found[2]:
            return cls(Protocol(found[1] or found[0]))
        first, last = int(found[2]), int(found[3] or found[2])
        if not 1 <= first <= last <= MAX_PORT:
            raise refuse(
                "E-PORT-02",
                f"'{text}' is outside 1 to {MAX_PORT}, or ends before it starts",
                "no packet could ever match it",
                f"write a port from 1 to {MAX_PORT}, the lower one first",
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
        return {"type": "string", "pattern": r"^((tcp|udp)(/\d+(-\d+)?)?|icmp|any)$"}


@dataclass(frozen=True, slots=True, order=True)
class DeviceRef:
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


def parse_prefix(text: object) -> IPv4Network:
    """Read a prefix, and refuse one with host bits set by naming both repairs."""
    if isinstance(text, IPv4Network):
        return text
    try:
        loose = IPv4Network(str(text), strict=False)
        address = IPv4Address(str(text).partition("/")[0])
    except (AddressValueError, NetmaskValueError):
        raise refuse(
            "E-PFX-01",
            f"'{text}' is not an IPv4 prefix",
            "no address can be planned from it",
            "write it as 192.168.1.0/24",
        ) from None
    if address != loose.network_address:
        raise refuse(
            "E-PFX-02",
            f"{text} is not a network address: the /{loose.prefixlen} around it starts at {loose.network_address}",
            f"read as {loose} it would cover {loose.num_addresses} addresses up to {loose.broadcast_address}",
            f"write {loose}, or {address}/{narrowest_length(address)} to start at {address}",
        )
    return loose


def narrowest_length(address: IPv4Address) -> int:
    """Length of the widest prefix that can start at this address, and never wider than /24."""
    value = int(address)
    zeros = (value & -value).bit_length() - 1 if value else 32
    return max(32 - zeros, 24)


def parse_mac(text: str) -> str:
    """Write a MAC address in lower case with colons."""
    plain = text.lower().replace("-", ":")
    if not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", plain):
        raise refuse(
            "E-MAC-01",
            f"'{text}' is not a MAC address",
            "the DHCP server would never recognise the device",
            'write six pairs in quotes: "02:00:00:00:02:28"',
        )
    return plain


def parse_wireguard_key(text: str) -> str:
    """Check the form of a WireGuard public key: 32 bytes in base64, so 43 characters and one '='."""
    if not re.fullmatch(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", text):
        raise refuse(
            "E-KEY-01",
            "the value is not a WireGuard public key",
            "wg would refuse the whole peer list of this interface",
            "paste what `wg pubkey` prints: 44 characters that end in '='",
        )
    return text


def parse_host_key(text: str) -> str:
    """Check the form of one SSH host key, as in a known_hosts line without the host."""
    if not re.fullmatch(
        r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/=]+", text
    ):
        raise refuse(
            "E-KEY-02",
            "the value is not a single SSH host key",
            "the device could not be told from another one that answers at its address",
            "paste type and key from /etc/ssh/ssh_host_ed25519_key.pub, without the comment",
        )
    return text


def parse_reference(text: str) -> str:
    """Check the characters of a reference to a record; whether the record exists is a rule's question."""
    if not re.fullmatch(r"[a-z0-9]+(?:[-./][a-z0-9]+)*", text):
        raise refuse(
            "E-REF-00",
            f"'{text}' cannot name anything",
            "no rule can be made from it",
            "write a name such as home, home.lan, home/gateway, vpn.family, namespace.cloud or paul/jamulus",
        )
    return text


# RFC 1123 section 2.1: a label may start with a digit (the server `50centos` does).
NAME_PATTERN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=MAX_LABEL)]
InterfaceName = Annotated[
    str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_.-]*$", max_length=MAX_INTERFACE_NAME)
]
DnsName = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=253
    ),
]
Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Port = Annotated[int, Field(ge=1, le=MAX_PORT)]
VlanId = Annotated[int, Field(ge=1, le=MAX_VLAN)]
Prefix = Annotated[
    IPv4Network,
    BeforeValidator(parse_prefix, json_schema_input_type=str),
    Field(examples=["192.168.1.0/24"]),
]
Mac = Annotated[str, AfterValidator(parse_mac)]
WireguardKey = Annotated[str, AfterValidator(parse_wireguard_key)]
HostKey = Annotated[str, AfterValidator(parse_host_key)]
Reference = Annotated[str, AfterValidator(parse_reference)]
