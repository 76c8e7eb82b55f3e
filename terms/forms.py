"""Written forms -> checked values: addresses, prefixes, MACs, keys, names of records and days."""

import re
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from terms.problem import refuse, show

# Narrower prefixes are offered as a repair; a LAN wider than /24 is rarely what was meant.
USUAL_LENGTH = 24
# RFC 6890: this network, loopback, link-local, multicast and the class that nobody routes.
UNUSABLE = tuple(
    IPv4Network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
)
DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def parse_prefix(text: object) -> IPv4Network:
    """Read a prefix, and refuse one with host bits set by naming both repairs."""
    if isinstance(text, IPv4Network):
        return text
    try:
        address_text, length = _split_prefix(text)
        address = IPv4Address(address_text)
        loose = IPv4Network((address, length), strict=False)
    except (AddressValueError, NetmaskValueError):
        raise refuse(
            "E-PFX-01",
            f"{show(text)} is not an IPv4 prefix",
            "no address can be planned from it",
            f"write it as {_meant_prefix(text)}" + _version_hint(text),
        ) from None
    if address != loose.network_address:
        raise refuse(
            "E-PFX-02",
            f"{text} is not a network address: the /{length} around it starts at"
            f" {loose.network_address}",
            f"read as {loose} it would cover {loose.num_addresses} addresses up to"
            f" {loose.broadcast_address}",
            f"write {loose}, or {address}/{narrowest_length(address)} to start at {address}",
        )
    if unusable := next((special for special in UNUSABLE if special.overlaps(loose)), None):
        raise refuse(
            "E-PFX-03",
            f"{loose} holds addresses of {unusable}",
            "no device can be reached there (RFC 6890)",
            "choose a private range, as 192.168.1.0/24 or 10.20.0.0/16",
        )
    return loose


def _split_prefix(text: object) -> tuple[str, int]:
    found = re.fullmatch(r"([0-9.]+)/([0-9]{1,2})", text) if isinstance(text, str) else None
    if not found:
        raise AddressValueError
    return found[1], int(found[2])


def _meant_prefix(text: object) -> str:
    """The prefix that is probably meant: with a netmask, or without any length; else an example."""
    address, slash, mask = text.strip().partition("/") if isinstance(text, str) else ("", "", "")
    try:
        return str(IPv4Network((address, mask if slash else USUAL_LENGTH), strict=False))
    except ValueError:
        return "192.168.1.0/24"


def _version_hint(text: object) -> str:
    six = isinstance(text, str) and text.count(":") > 1
    return "; this version plans IPv4 alone" if six else ""


def narrowest_length(address: IPv4Address) -> int:
    """Find the length of the widest prefix that can start at this address, /24 at the widest."""
    value = int(address)
    zeros = (value & -value).bit_length() - 1 if value else 32
    return max(32 - zeros, USUAL_LENGTH)


def parse_address(text: object) -> IPv4Address:
    """Read the address of one host; refuses what is no address, and what no host can have."""
    if isinstance(text, IPv4Address):
        return text
    try:
        # Numbers would be read as addresses, too: 5 as 0.0.0.5.
        address = IPv4Address(text if isinstance(text, str) else "")
    except AddressValueError:
        hint = "; leave the length out" if isinstance(text, str) and "/" in text else ""
        raise refuse(
            "E-ADR-01",
            f"{show(text)} is not an IPv4 address",
            "nothing can be reached at it",
            "write it as 192.168.1.1" + hint + _version_hint(text),
        ) from None
    if unusable := next((special for special in UNUSABLE if address in special), None):
        raise refuse(
            "E-ADR-02",
            f"{address} belongs to {unusable}",
            "no host can have this address on a network (RFC 6890)",
            "write an address from a prefix of the site",
        )
    return address


def parse_pool(text: str) -> str:
    """Check a range of addresses, first and last: 192.168.1.100-192.168.1.199."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    try:
        start, end = IPv4Address(first), IPv4Address(last)
    except AddressValueError:
        raise refuse(
            "E-DHC-01",
            f"{show(text)} is not a range of addresses",
            "the DHCP server would not start",
            f"write first and last address: {_meant_pool(first, last)}",
        ) from None
    if start > end:
        raise refuse(
            "E-DHC-02",
            f"the pool ends at {end}, before its start {start}",
            "the DHCP server would not start",
            f"write {end}-{start}",
        )
    return f"{start}{dash}{end}"


def _meant_pool(first: str, last: str) -> str:
    """The range that is probably meant by a last number without its network; else an example."""
    network = first.rpartition(".")[0]
    try:
        return f"{IPv4Address(first)}-{IPv4Address(f'{network}.{last}')}"
    except AddressValueError:
        return "192.168.1.100-192.168.1.199"


def parse_mac(text: str) -> str:
    """Write a MAC address in lower case with colons."""
    plain = text.lower().replace("-", ":")
    if not re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", plain):
        raise refuse(
            "E-MAC-01",
            f"{show(text)} is not a MAC address",
            "the DHCP server would never recognise the device",
            'write six pairs in quotes: "02:00:00:00:02:28"',
        )
    # IEEE 802: the lowest bit of the first octet marks a group of receivers.
    if int(plain[:2], 16) & 1 or plain == "00:00:00:00:00:00":
        raise refuse(
            "E-MAC-02",
            f"{plain} is a group's address, or nobody's",
            "no single device can have it",
            "copy the MAC address from the device or its label",
        )
    return plain


def parse_wireguard_key(text: str) -> str:
    """Check the form of a WireGuard public key: 32 bytes in base64, so 43 characters and a '='."""
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


def parse_dns_name(text: str) -> str:
    """Check a DNS name or an IPv4 address (RFC 1123 section 2.1, in lower case)."""
    labels = text.split(".")
    if all(DNS_LABEL.fullmatch(label) for label in labels):
        # A name that ends in digits alone would be dialled as an address.
        return text if not labels[-1].isdigit() else str(parse_address(text))
    raise refuse(
        "E-NAM-03",
        f"{show(text)} is not a DNS name",
        "nobody could look it up",
        "write it in lower case with dots: home.example.net, without a port or a dot at the end",
    )


def parse_domain(text: str) -> str:
    """Check a DNS name that no address can stand for."""
    name = parse_dns_name(text)
    if name.rpartition(".")[2].isdigit():
        raise refuse(
            "E-NAM-03",
            f"{show(text)} is an address, and no DNS name",
            "nothing could be looked up under it",
            "write a name in lower case: internal, or home.example.net",
        )
    return name


def parse_owner(text: str) -> str:
    """Check the name of a Kubernetes user (kubernetes.io: RBAC, `system:` is Kubernetes' own)."""
    if text.strip() != text or not text:
        raise refuse(
            "E-TEN-10",
            f"{show(text)} is no name of a user",
            "the cluster would refuse the whole role binding",
            "write the user's name as the API server knows it, as paul or oidc:paul@example.net",
        )
    if text.startswith("system:"):
        raise refuse(
            "E-TEN-10",
            f"{show(text)} is one of Kubernetes' own users",
            "its controllers, or people whom nobody asked for a name, would own the tenant",
            "write the name of a person, or leave `owners` out",
        )
    return text


def meant_ports(text: object) -> str:
    """How ports that were written in another way are written here, as far as they can be told."""
    plain = str(text).strip().lower()
    number = re.search(r"[0-9]+(?:-[0-9]+)?", plain)
    protocol = re.search(r"tcp|udp", plain)
    if number and protocol:
        return f"write {protocol[0]}/{number[0]}"
    if number and plain == number[0]:
        return f"write tcp/{plain} or udp/{plain}"
    alone = re.fullmatch(r"(icmp|any)(?:/.*)?|(tcp|udp)", plain)
    if alone:
        return f"write {alone[1] or alone[2]}"
    return "write it as tcp/22, udp/5000-5010, tcp, udp, icmp or any"


def parse_reference(text: str) -> str:
    """Check the characters of a reference; whether the record exists is a rule's question."""
    if not re.fullmatch(r"[a-z0-9]+(?:(?:-+|[./])[a-z0-9]+)*", text):
        raise refuse(
            "E-REF-00",
            f"{show(text)} cannot name anything",
            "nothing can be found by it",
            "write a name such as home, home.lan, home/gateway, vpn.family, namespace.cloud"
            " or paul/jamulus",
        )
    return text


def parse_port_reference(text: str) -> str:
    """Check a device's port, written device/interface, or device alone for a radio."""
    if not re.fullmatch(r"[a-z0-9]+(?:-+[a-z0-9]+)*(?:/[A-Za-z][A-Za-z0-9_.-]*)?", text):
        raise refuse(
            "E-REF-00",
            f"{show(text)} cannot name a port of a device",
            "the link has no end",
            "write device/interface, as gateway/lan1",
        )
    return text


def parse_day(text: str) -> str:
    """Check a day, written 2027-06-30."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and _is_in_calendar(text):
        return text
    raise refuse(
        "E-EXP-01",
        f"{show(text)} is not a day of the calendar",
        "the expiry could never be noticed",
        'write year, month and day in quotes: "2027-06-30"',
    )


def _is_in_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
