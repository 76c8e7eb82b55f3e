"""A network.json -> a card for each tenant: coverage, leaks, ways in, endpoints, services."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from render.manifest import Json
from views.network_form import Fields, items, part, text, texts
from views.palette import tenant_style

_Words = tuple[str, ...]
Rows = Mapping[str, Sequence[Fields]]


class _Card(Struct, frozen=True):
    """A card, with what it is ordered by: namespaces without isolation first, then leaks."""

    order: tuple[int, int, int]
    record: Json


class _Known(Struct, frozen=True):
    """What is gathered once for all tenants."""

    document: Fields
    openings: Rows
    isolated: frozenset[str]
    public: Rows


def describe_cards(document: Fields) -> list[Json]:
    """Make the cards, those that need a look first."""
    public: dict[str, list[Fields]] = defaultdict(list)
    for port in items(document, "public_ports"):
        public[text(port, "target")].append(port)
    known = _Known(document, _find_openings(document), _find_isolated(document), public)
    cards = [_make_card(tenant, known) for tenant in items(document, "tenants")]
    return [card.record for card in sorted(cards, key=lambda card: card.order)]


def _make_card(tenant: Fields, known: _Known) -> _Card:
    name, number = text(tenant, "name"), tenant.get("id")
    identity = number if isinstance(number, int) else 1
    rows = known.openings.get(name, ())
    leaks = list(_join(row for row in rows if texts(row, "not_enforceable")))
    bare = [one for one in texts(tenant, "namespaces") if one not in known.isolated]
    record = {
        "name": name,
        "trust": text(tenant, "trust"),
        "description": text(tenant, "description"),
        "style": tenant_style(identity),
        "namespaces": list(texts(tenant, "namespaces")),
        "bare": bare,
        "endpoints": list(_list_endpoints(known.document, name)),
        "services": list(_list_services(tenant, known.public)),
        "leaks": leaks,
        "ways": list(_join(row for row in rows if not texts(row, "not_enforceable"))),
    }
    return _Card((-len(bare), -len(leaks), identity), record)


def _find_isolated(document: Fields) -> frozenset[str]:
    """Namespaces in which a policy closes everything, both ways, that no other policy opens."""
    return frozenset(
        text(part(policy, "metadata"), "namespace")
        for policy in items(document, "policies")
        if _closes_all(part(policy, "spec"))
    )


def _closes_all(spec: Fields) -> bool:
    rules = (spec.get("ingress"), spec.get("egress"))
    both = set(texts(spec, "policyTypes")) == {"Ingress", "Egress"}
    return both and not spec.get("podSelector") and not any(rules)


# ---------------------------------------------------------------- who comes in


def _find_openings(document: Fields) -> Rows:
    """What is open into each tenant, from outside of it."""
    tenants = {text(end, "name"): end.get("tenant") for end in items(document, "endpoints")}
    found: dict[str, list[Fields]] = defaultdict(list)
    for row in items(document, "matrix"):
        owner = tenants.get(text(row, "target"))
        if isinstance(owner, str) and owner != tenants.get(text(row, "source")):
            found[owner].append(row)
    return found


def _join(rows: Iterable[Fields]) -> Iterator[Json]:
    """Say in one line what differs in its ends alone."""
    targets: dict[tuple[str, _Words, _Words], list[str]] = defaultdict(list)
    for row in rows:
        ports = tuple(texts(row, "ports") or texts(row, "by_public_address"))
        why = tuple(dict.fromkeys(map(_sentence, texts(row, "why"))))
        targets[text(row, "source"), ports, why].append(text(row, "target"))
    sources: dict[tuple[_Words, _Words, _Words], list[str]] = defaultdict(list)
    for (source, ports, why), found in targets.items():
        sources[ports, why, tuple(found)].append(source)
    for (ports, why, reached), opened_by in sources.items():
        yield {"sources": opened_by, "targets": reached, "ports": ports, "why": why}


def _sentence(why: str) -> str:
    """A reason without the name of its flow, which the ends say better."""
    name, colon, sentence = why.partition(": ")
    return sentence if colon and " " not in name else why


# ---------------------------------------------------------------- what it has


def _list_endpoints(document: Fields, tenant: str) -> Iterator[Json]:
    vpn = part(document, "vpn")
    owned = {
        text(end, "name").removeprefix("vpn.")
        for end in items(document, "endpoints")
        if end.get("kind") == "vpn" and end.get("tenant") == tenant
    }
    for interface in items(vpn, "interfaces"):
        name = interface.get("endpoint")
        if isinstance(name, str) and name in owned:
            yield {
                "name": name,
                "at": text(interface, "device"),
                "address": text(interface, "address"),
                "port": f"udp/{interface.get('port')}",
                "clients": [
                    text(client, "name")
                    for client in items(vpn, "clients")
                    if client.get("endpoint") == name
                ],
            }


def _list_services(tenant: Fields, public: Rows) -> Iterator[Json]:
    services = part(tenant, "services")
    for key in sorted(services):
        service = part(services, key)
        name = f"{text(tenant, 'name')}/{key}"
        yield {
            "name": name,
            "namespace": text(service, "namespace"),
            "address": str(service.get("address") or ""),
            "ports": sorted(map(str, part(service, "ports").values())),
            "hostnames": list(texts(service, "hostnames")),
            "public": [
                f"{text(port, 'public')} at {text(port, 'site')}" for port in public.get(name, ())
            ],
        }
