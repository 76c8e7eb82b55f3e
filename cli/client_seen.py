"""VPN endpoints, read over SSH -> when each client was seen last; what is not known is said so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cli.live import now, own_time
from cli.readings import list_requests
from cli.stack import Whole
from config.references import resolve_device
from devices.facts import DeviceFacts
from devices.reading import Answer, Unread, read_devices
from plan.tunnels import ENDPOINT_PREFIX


class Known(StrEnum):
    """What an endpoint says of a client."""

    SEEN = "seen"
    NEVER = "never seen"
    # Its device answers, and has no such peer.
    ABSENT = "not deployed"
    UNREAD = "not read"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a client's last handshake; `moment` is in seconds since 1970."""

    known: Known
    moment: int | None = None


@dataclass(frozen=True, slots=True)
class Sights:
    """What the endpoints say: by client, why some say nothing, and keys that are no client's."""

    clients: Mapping[str, Sight]
    unread: Mapping[str, str]
    strangers: Mapping[str, tuple[str, ...]]


def see_clients(whole: Whole) -> Sights:
    """Ask every device with an endpoint over one connection; nothing is changed there."""
    devices = endpoint_devices(whole)
    answers = read_endpoints(whole, devices.values())
    moment = now()
    peers = {
        endpoint: list_peers(answers[device], f"{ENDPOINT_PREFIX}{endpoint}", moment)
        for endpoint, device in devices.items()
    }
    clients = whole.stack.network.vpn.clients
    keys = {client.public_key for client in clients.values()}
    return Sights(
        clients={
            name: find_sight(peers[client.endpoint], client.public_key)
            for name, client in clients.items()
        },
        unread={d: each.reason for d, each in answers.items() if isinstance(each, Unread)},
        strangers={
            endpoint: others
            for endpoint, found in peers.items()
            if (others := tuple(sorted((found or {}).keys() - keys)))
        },
    )


def endpoint_devices(whole: Whole) -> dict[str, str]:
    """The device of each VPN endpoint, by name."""
    network = whole.stack.network
    found = {
        name: resolve_device(network, endpoint.at)
        for name, endpoint in network.vpn.endpoints.items()
    }
    return {name: str(device) for name, device in found.items() if device}


def read_endpoints(whole: Whole, devices: Iterable[str]) -> Mapping[str, Answer]:
    """Read these devices, with what changes by itself."""
    wanted = set(devices)
    requests = [request for request in list_requests(whole) if request.device in wanted]
    return read_devices(whole.folder, requests, "live")


def list_peers(answer: Answer, interface: str, moment: int) -> dict[str, int] | None:
    """The last handshake of each peer of an interface, by key; None where it was not read."""
    if isinstance(answer, Unread):
        return None
    rows = (line.split(" ") for line in answer.lines(f"peers {interface}"))
    return {key: own_time(answer, int(last), moment) for key, last, *_ in rows}


def find_sight(peers: Mapping[str, int] | None, key: str) -> Sight:
    """What these peers say of a client."""
    if peers is None:
        return Sight(Known.UNREAD)
    if key not in peers:
        return Sight(Known.ABSENT)
    return Sight(Known.SEEN, peers[key]) if peers[key] else Sight(Known.NEVER)


def read_public_key(whole: Whole, endpoint: str) -> str | Unread:
    """The public key that an endpoint's device has for it; empty where it made none yet."""
    device = endpoint_devices(whole)[endpoint]
    answer = read_endpoints(whole, [device])[device]
    if isinstance(answer, DeviceFacts):
        return "".join(answer.lines(f"public {ENDPOINT_PREFIX}{endpoint}"))
    return answer
