"""A network.json -> what is known of each thing in it, as texts that can be compared."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from views.network_form import Fields, items, part, text

# What is known of one thing, as texts by the name of the field.
Facts = Mapping[str, str]
# Implied flows that let the operator log in begin with it.
MANAGEMENT = "management/"

Lister = Callable[[Fields], Iterable[tuple[str, Fields]]]


class Kind(Struct, frozen=True):
    """A kind of thing: how the things of it are found, and which fields of them are compared."""

    title: str
    list_things: Lister
    fields: tuple[str, ...]
    # The part of the document that tells of it, where older documents have none.
    part: str | None = None


def read_facts(document: Fields) -> dict[str, dict[str, Facts]]:
    """The facts of every thing, by the title of its kind and its name, both in order."""
    told = (kind for kind in KINDS if kind.part is None or kind.part in document)
    return {kind.title: _read_kind(kind, document) for kind in told}


def _read_kind(kind: Kind, document: Fields) -> dict[str, Facts]:
    """Things of one name are one thing with several values: a router's addresses in a range."""
    found: dict[str, dict[str, str]] = {}
    for name, thing in kind.list_things(document):
        facts = found.setdefault(name, {})
        for field in kind.fields:
            value = _write(thing.get(field))
            before = facts.get(field)
            facts[field] = _join(before, value)
    return {name: found[name] for name in sorted(found)}


def _join(before: str | None, value: str) -> str:
    if before is None or not value or value in before.split(", "):
        return value if before is None else before
    return f"{before}, {value}" if before else value


def _write(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# ---------------------------------------------------------------- where things are found


def _named(*keys: str) -> Lister:
    def listed(document: Fields) -> Iterator[tuple[str, Fields]]:
        for key in keys[:-1]:
            document = part(document, key)
        for thing in items(document, keys[-1]):
            yield text(thing, "name"), thing

    return listed


def _flows(document: Fields) -> Iterator[tuple[str, Fields]]:
    for flow in items(document, "flows"):
        if text(flow, "origin") == "declared":
            yield f"{text(flow, 'source')} to {text(flow, 'target')}: {text(flow, 'why')}", flow


def _public_ports(document: Fields) -> Iterator[tuple[str, Fields]]:
    for port in items(document, "public_ports"):
        yield f"{text(port, 'site')} {text(port, 'public')}", port


def _clients(document: Fields) -> Iterator[tuple[str, Fields]]:
    yield from _named("vpn", "clients")(document)


def _tunnels(document: Fields) -> Iterator[tuple[str, Fields]]:
    for interface in items(part(document, "vpn"), "interfaces"):
        peers = [text(peer, "name") for peer in items(interface, "peers")]
        name = f"{text(interface, 'device')} {text(interface, 'name')}"
        yield name, {**interface, "peers": peers}


def _services(document: Fields) -> Iterator[tuple[str, Fields]]:
    for tenant in items(document, "tenants"):
        for name, service in part(tenant, "services").items():
            if isinstance(service, Mapping):
                yield f"{text(tenant, 'name')}/{name}", service


def _hosts(document: Fields) -> Iterator[tuple[str, Fields]]:
    for host in items(part(document, "addresses"), "hosts"):
        yield f"{text(host, 'site')}/{text(host, 'name')} in {text(host, 'prefix')}", host


def _interfaces(document: Fields) -> Iterator[tuple[str, Fields]]:
    for device in items(document, "devices"):
        for interface in items(device, "interfaces"):
            yield f"{text(device, 'name')} {text(interface, 'name')}", interface


def _ways_in(document: Fields) -> Iterator[tuple[str, Fields]]:
    for device in items(document, "devices"):
        way = device.get("management")
        if isinstance(way, Mapping):
            yield text(device, "name"), way


def _cables(document: Fields) -> Iterator[tuple[str, Fields]]:
    for cable in items(document, "cables"):
        yield f"{text(cable, 'site')}: {text(cable, 'a')} - {text(cable, 'b')}", cable


def _links(document: Fields) -> Iterator[tuple[str, Fields]]:
    for link in items(document, "links"):
        yield f"{text(link, 'a')} - {text(link, 'b')}", link


def _implied(document: Fields) -> Iterator[tuple[str, Fields]]:
    for flow in items(document, "flows"):
        name = text(flow, "name")
        if text(flow, "origin") != "declared" and not name.startswith(MANAGEMENT):
            yield f"{name}: {text(flow, 'source')} to {text(flow, 'target')}", flow


def _expectations(document: Fields) -> Iterator[tuple[str, Fields]]:
    for wish in items(document, "expectations"):
        ends = f"{text(wish, 'verb')} {text(wish, 'source')} to {text(wish, 'target')}"
        yield f"{ends}: {text(wish, 'message')}", wish


def _settings(document: Fields) -> Iterator[tuple[str, Fields]]:
    settings = part(document, "settings")
    for path in settings:
        yield path, {"set to": text(settings, path)}


WAYS_IN = "Ways in for the operator"
CLIENTS = "VPN clients"
EXPECTATIONS = "Expectations"
DEVICES = "Devices"
TENANTS = "Tenants"
SERVICES = "Services"
SETTINGS = "Settings"
# In the order in which they are shown: what changes who is let in, then where things are.
KINDS = (
    Kind(WAYS_IN, _ways_in, ("host", "port", "host_key", "through", "in_band")),
    Kind("Flows", _flows, ("ports", "public_port")),
    Kind("Public ports", _public_ports, ("target", "ports")),
    Kind(CLIENTS, _clients, ("endpoint", "index", "public_key", "expires")),
    Kind(EXPECTATIONS, _expectations, ("ports",), "expectations"),
    Kind(TENANTS, _named("tenants"), ("id", "trust", "namespaces")),
    Kind(SERVICES, _services, ("namespace", "selector", "address", "ports", "hostnames")),
    Kind(
        "Prefixes",
        _named("addresses", "prefixes"),
        ("cidr", "alias", "role", "segment", "gateway", "pool"),
    ),
    Kind("Addresses", _hosts, ("address", "elsewhere", "mac", "names")),
    Kind("Sites", _named("sites"), ("id", "circuit", "endpoint", "provider", "router", "gateway")),
    Kind("Links between sites", _links, ("kind", "relay")),
    Kind("VPN interfaces", _tunnels, ("address", "port", "mtu", "endpoint", "peers")),
    Kind(DEVICES, _named("devices"), ("role", "platform", "model", "rack", "unit")),
    Kind("Interfaces", _interfaces, ("addresses", "segment", "vlan", "mac")),
    Kind("Cables", _cables, ("medium", "speed")),
    Kind(SETTINGS, _settings, ("set to",), "settings"),
    Kind("Implied flows", _implied, ("ports",)),
)
