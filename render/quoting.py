"""Turns names and values into text that nft, dnsmasq, wg, ip, sh and Markdown read as just that.

Names have a form, and one that has not is refused. Sentences may hold anything a person writes, so
they are only ever printed inside comments and table cells, with what would end those replaced
visibly. Nothing is left out silently.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TypeVar

from terms.values import MAX_INTERFACE_NAME, DeviceRef, Ports

# NFTNL_UDATA_COMMENT_MAXLEN (libnftnl/udata.h); nft(8) refuses a longer comment.
MAX_NFT_COMMENT = 128
# Bits of a digest that tell shortened comments apart, in hexadecimal digits.
DIGEST_DIGITS = 8
# Values that many files share; a full mesh of 400 sites has fewer names than this.
REMEMBERED = 4096

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"


class Written(str):
    """Text that passed one of the functions below, or was put together from such text alone."""

    __slots__ = ()


T = TypeVar("T")
S = TypeVar("S")
HARMLESS = (Written, int, IPv4Address, IPv4Network, IPv4Interface)


class Form(Enum):
    """What a name or value must look like, so that each program it is for reads it as one word."""

    INTERFACE = rf"[A-Za-z][A-Za-z0-9_.-]{{0,{MAX_INTERFACE_NAME - 1}}}"
    DNS_NAME = _NAME
    # One word that is also safe as the name of a file: a site, `home.lan`, `barn--home`.
    NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
    MAC_ADDRESS = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
    # 32 bytes in base64 (wg(8)).
    WIREGUARD_KEY = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
    ENDPOINT = rf"{_NAME}:[1-9][0-9]{{0,4}}"
    SYSCTL_KEY = r"[a-z][A-Za-z0-9_/-]*(?:\.[A-Za-z0-9_/-]+)+"
    SYSCTL_VALUE = r"-?[0-9]+(?: -?[0-9]+)*"
    LEASE_TIME = r"[1-9][0-9]*[smhdw]?|infinite"
    ICMPV6_TYPE = r"[a-z][a-z0-9-]*"

    def __init__(self, pattern: str) -> None:
        self.matches = re.compile(pattern).fullmatch

    @property
    def words(self) -> str:
        """The form as a sentence calls it."""
        return self.name.lower().replace("_", " ")


class UnwritableValueError(Exception):
    """A value has not the form it must have to be printed; it carries both."""

    def __init__(self, form: str, value: object) -> None:
        super().__init__(f"{value!r} cannot be written as {form}")
        self.form = form
        self.value = value


def require_form(form: Form, value: str) -> str:
    """Give the value back as it is; raises UnwritableValueError unless it has the form."""
    if form.matches(value):
        return value
    raise UnwritableValueError(form.words, value)


def write_name(form: Form, value: str) -> Written:
    """Write a value of this form; raises UnwritableValueError for any other."""
    return Written(require_form(form, value))


def write_device(device: DeviceRef) -> Written:
    """Write a device as `site/device`; raises UnwritableValueError for names that are none."""
    return _write_pair(device.site, device.device)


@lru_cache(REMEMBERED)
def _write_pair(site: str, device: str) -> Written:
    return Written(f"{require_form(Form.NAME, site)}/{require_form(Form.NAME, device)}")


@lru_cache(REMEMBERED)
def write_dns_name(name: str) -> Written:
    """Write a host's name; raises UnwritableValueError for one that no resolver would look up."""
    return write_name(Form.DNS_NAME, name)


@lru_cache(REMEMBERED)
def write_interface(name: str) -> Written:
    """Write an interface's name; raises UnwritableValueError for one the kernel or nft refuses."""
    return write_name(Form.INTERFACE, name)


def remember_objects(write: Callable[[T], S]) -> Callable[[T], S]:
    """Remember what was written for an object, and know the object by its identity.

    A large mesh writes the same few networks a hundred thousand times, and the hash that
    functools.lru_cache asks for takes as long as half of the writing.
    """
    remembered: dict[int, tuple[T, S]] = {}

    def write_once(value: T) -> S:
        found = remembered.get(id(value))
        if found is None:
            if len(remembered) >= REMEMBERED:
                remembered.clear()
            # As long as the object is kept here, no other one gets its identity.
            found = remembered[id(value)] = (value, write(value))
        return found[1]

    return write_once


@remember_objects
def write_address(address: IPv4Address) -> Written:
    """Write an address."""
    return Written(address)


@remember_objects
def write_network(network: IPv4Network) -> Written:
    """Write a network with its length."""
    return Written(network)


def write_ports(ports: Ports) -> Written:
    """Write the numbers alone: `22`, or `5000-5010`."""
    return Written(ports.first if ports.single else f"{ports.first}-{ports.last}")


@lru_cache(REMEMBERED)
def write_sentence(text: str) -> Written:
    """Write what a person wrote into one line; what cannot be seen is shown as <U+202E>."""
    if text.isprintable():
        return Written(text)
    return Written("".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text))


def write_nft_comment(text: str) -> Written:
    """Write a sentence as an nft comment, in quotes; a long one ends in an ellipsis and its digest.

    nft(8) has no way to write a double quote inside a string: it becomes a single one.
    """
    sentence = write_sentence(text).replace('"', "'")
    if len(sentence.encode()) > MAX_NFT_COMMENT:
        # The digest keeps two long names apart that begin alike.
        end = f"… {sha256(sentence.encode()).hexdigest()[:DIGEST_DIGITS]}"
        kept = sentence.encode()[: MAX_NFT_COMMENT - len(end.encode())]
        sentence = kept.decode(errors="ignore").rstrip() + end
    return Written(f'"{sentence}"')


def write_markdown(text: str) -> Written:
    """Write a sentence as a cell of a Markdown table; nothing in it starts markup or a new cell."""
    return Written(re.sub(r"([\\`*_\[\]<>|~&$])", r"\\\1", write_sentence(text)))


def require_written(value: object) -> object:
    """Let numbers, addresses and Written text pass; raises UnwritableValueError for the rest."""
    if isinstance(value, HARMLESS):
        return value
    raise UnwritableValueError("text of a template without a filter", value)
