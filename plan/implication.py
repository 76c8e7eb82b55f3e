"""A name, two parties and a reason -> an implied flow, unless its name is switched off."""

from plan.model import Origin, Party, PlannedFlow
from terms.values import Ports, Protocol

DNS_PORTS = (Ports(Protocol.TCP, 53, 53), Ports(Protocol.UDP, 53, 53))
PING = Ports(Protocol.ICMP)
EVERYTHING = (Ports(Protocol.ANY),)


def imply(
    name: str,
    parties: tuple[Party, Party],
    ports: tuple[Ports, ...],
    why: str,
    public_port: int | None = None,
) -> PlannedFlow:
    """Make an implied flow from the first party to the second."""
    source, target = parties
    return PlannedFlow(name, Origin.IMPLIED, source, target, ports, why, public_port)


def is_off(name: str, off: tuple[str, ...]) -> bool:
    """Whether a flow is switched off, by its own name or by a word of its path (`internet`)."""
    return any(name == word or name.startswith(f"{word}/") for word in off)
