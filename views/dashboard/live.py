"""Facts that were read from devices -> the file beside a dashboard that shows them."""

import json
from dataclasses import asdict, dataclass

# The page and the file of its facts, which the page loads by this name.
PAGE, FACTS = "live.html", "live.js"
FORM = 1


@dataclass(frozen=True, slots=True)
class LiveDevice:
    """A managed device: `as declared`, `drifted` or `not read`, and what about it."""

    name: str
    state: str
    what: str


@dataclass(frozen=True, slots=True)
class LivePeer:
    """A declared WireGuard peer as a device sees it; one of `gateway` and `client` is empty."""

    device: str
    interface: str
    gateway: str
    client: str
    # Seconds since 1970 by the operator's clock; 0 for never.
    handshake: int
    # Bytes.
    received: int
    sent: int
    # Address and port from which it came last; empty where it never did.
    source: str


@dataclass(frozen=True, slots=True)
class LiveLease:
    """An address that a device gave out."""

    device: str
    address: str
    mac: str
    # As the host calls itself; empty where it does not.
    name: str
    # Seconds since 1970 by the operator's clock; 0 for a lease without an end.
    until: int
    # What is declared with this MAC, as SITE/NAME; empty for a host that nobody declared.
    host: str


@dataclass(frozen=True, slots=True)
class WeaveConnection:
    """A connection of Weave Net's router on a node, as that router says it."""

    device: str
    # `to` where the node dialled, `from` where it was dialled.
    direction: str
    address: str
    # The router's own words: who is there, whether it is established, and what went wrong.
    what: str


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Something that was seen at a device and that the description does not have."""

    device: str
    what: str


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """Everything that was read at one time, in seconds since 1970 by the operator's clock."""

    read: int
    devices: tuple[LiveDevice, ...]
    peers: tuple[LivePeer, ...]
    leases: tuple[LiveLease, ...]
    undeclared: tuple[Undeclared, ...]
    # None where no cluster is described.
    weave: tuple[WeaveConnection, ...] | None = None


def write_live(facts: LiveFacts) -> str:
    """Write the file: a script, for a page from a file may load nothing else.

    Hosts name themselves: what they say is JSON in ASCII, and the page makes text of it.
    """
    record = {"form": FORM, **asdict(facts)}
    return f"window.la1rLive = {json.dumps(record, separators=(',', ':'), sort_keys=True)};\n"
