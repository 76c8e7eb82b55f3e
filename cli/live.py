"""What was read from a stack's devices -> the facts that a live dashboard shows."""

import time
from collections.abc import Iterator, Mapping

from cli.drift import find_state
from cli.readings import Reading
from cli.stack import Whole
from devices.drift import DeviceDrift, titles
from devices.facts import DeviceFacts
from views.dashboard.live import (
    LiveDevice,
    LiveFacts,
    LiveLease,
    LivePeer,
    Undeclared,
    WeaveConnection,
)

GATEWAY_WORD = "@gateway/"


def gather_facts(whole: Whole, reading: Reading, read: int) -> LiveFacts:
    """Put all of it together; `read` is when reading began, in seconds since 1970."""
    known = Known(whole)
    facts = {
        name: answer for name, answer in reading.answers.items() if isinstance(answer, DeviceFacts)
    }
    peers = [one for name, each in facts.items() for one in read_peers(name, each, known, read)]
    return LiveFacts(
        read=read,
        devices=tuple(list_devices(reading)),
        peers=tuple(one for one in peers if isinstance(one, LivePeer)),
        leases=tuple(
            lease for name, each in facts.items() for lease in read_leases(name, each, known, read)
        ),
        undeclared=(
            *(Undeclared(each.device, what) for each in reading.drifts for what in each.foreign),
            *(one for one in peers if isinstance(one, Undeclared)),
        ),
        weave=tuple(read_weave(whole, facts)) if whole.plan.cluster else None,
    )


class Known:
    """What the description has, by what devices say: clients by key, hosts by MAC."""

    def __init__(self, whole: Whole) -> None:
        clients = whole.plan.network.vpn.clients
        self.clients: Mapping[str, str] = {
            client.public_key: name for name, client in clients.items()
        }
        self.hosts: Mapping[str, str] = {
            str(host.mac): f"{host.site}/{host.name}"
            for host in whole.plan.addresses.hosts
            if host.mac
        }


def list_devices(reading: Reading) -> Iterator[LiveDevice]:
    """Each managed device with its state, those that were not read last."""
    for drift in reading.drifts:
        yield LiveDevice(drift.device, find_state(drift), say_what(drift))
    for unread in reading.unread:
        yield LiveDevice(unread.device, "not read", unread.reason)


def say_what(drift: DeviceDrift) -> str:
    """What differs on a device, in one line."""
    parts = (
        f"changed on the device: {titles(drift.changed)}" if drift.changed else "",
        f"not deployed yet: {titles(drift.undeployed)}" if drift.undeployed else "",
        *drift.foreign,
        *drift.notes,
    )
    return "; ".join(filter(None, parts))


def read_peers(
    device: str, facts: DeviceFacts, known: Known, read: int
) -> Iterator[LivePeer | Undeclared]:
    """The peers of a device's WireGuard interfaces, those that nobody declared as a sentence."""
    for section, lines in facts.sections.items():
        kind, _, interface = section.partition(" ")
        for line in lines if kind == "peers" else ():
            word, handshake, received, sent, source = line.split(" ")
            gateway = word.removeprefix(GATEWAY_WORD) if word.startswith(GATEWAY_WORD) else ""
            client = known.clients.get(word, "")
            if not gateway and not client:
                yield Undeclared(device, f"a peer of {interface} with the public key {word}")
                continue
            yield LivePeer(
                device=device,
                interface=interface,
                gateway=gateway,
                client=client,
                handshake=own_time(facts, int(handshake), read),
                received=int(received),
                sent=int(sent),
                source="" if source == "(none)" else source,
            )


def read_leases(device: str, facts: DeviceFacts, known: Known, read: int) -> Iterator[LiveLease]:
    """The leases that a device gave out, as dnsmasq writes them down."""
    for line in facts.lines("leases"):
        match line.split(" "):
            # Lines about IPv6 begin with a word or have no MAC.
            case [until, mac, address, name, _] if until.isdecimal() and ":" in mac:
                yield LiveLease(
                    device=device,
                    address=address,
                    mac=mac,
                    name="" if name == "*" else name,
                    until=own_time(facts, int(until), read),
                    host=known.hosts.get(mac, ""),
                )


def read_weave(whole: Whole, facts: Mapping[str, DeviceFacts]) -> Iterator[WeaveConnection]:
    """What the nodes' routers say of their connections; nothing of nodes that nobody logs in to."""
    for device in whole.plan.devices:
        name = str(device.ref)
        for line in facts[name].lines("weave") if device.cluster_node and name in facts else ():
            arrow, address, *words = line.split()
            direction = "to" if arrow == "->" else "from"
            yield WeaveConnection(name, direction, address, " ".join(words))


def own_time(facts: DeviceFacts, moment: int, read: int) -> int:
    """A moment by the device's clock, as one by the operator's; 0 stays 0."""
    now = "".join(facts.lines("now"))
    return moment + read - int(now) if moment and now.isdecimal() else moment


def now() -> int:
    """Seconds since 1970 by the operator's clock."""
    return int(time.time())
