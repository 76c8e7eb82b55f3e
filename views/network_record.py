"""A network.json -> the parts of it that are compared, with every form checked."""

from collections.abc import Iterator, Mapping
from functools import partial

from msgspec import Struct

from reach.difference import RowFormError, read_rows
from reach.portset import PortSet, read_ports
from reach.rows import Row
from views.network import SCHEMA
from views.network_facts import MANAGEMENT, Facts, read_facts
from views.network_form import Fields, RecordFormError, items, part, text, texts

FAMILY = SCHEMA.partition("/")[0]


class End(Struct, frozen=True):
    """Someone who opens or answers connections."""

    name: str
    kind: str
    tenant: str | None
    # Another end that no rule tells apart from this one.
    same_as: str | None
    members: tuple[str, ...]


class Login(Struct, frozen=True):
    """A flow that lets the operator log in."""

    source: str
    target: str
    ports: PortSet


class NetworkRecord(Struct, frozen=True):
    """What of a network is compared with another one."""

    rows: tuple[Row, ...]
    ends: Mapping[str, End]
    # The range whose address a device or a client has, by its name.
    ranges: Mapping[str, str]
    guests: frozenset[str]
    logins: tuple[Login, ...]
    # What flows of a name are about, public ports among it.
    flow_ports: Mapping[str, PortSet]
    # Facts by kind of thing and name.
    facts: Mapping[str, Mapping[str, Facts]]
    # Lines of text by `device/path`, sheets among them.
    files: Mapping[str, tuple[str, ...]]


EMPTY = NetworkRecord((), {}, {}, frozenset(), (), {}, {}, {})


def read_record(document: object) -> NetworkRecord:
    """Read what is compared out of a network.json; raises RecordFormError for anything else."""
    if not isinstance(document, Mapping):
        raise RecordFormError("it is no mapping")
    schema = document.get("schema")
    if not isinstance(schema, str) or schema.partition("/")[0] != FAMILY:
        raise RecordFormError(f"it does not say that its schema is {SCHEMA}")
    if schema != SCHEMA:
        raise RecordFormError(f"its schema is {schema}, and this version reads {SCHEMA}")
    try:
        return NetworkRecord(
            rows=read_rows(document),
            ends={end.name: end for end in map(_read_end, items(document, "endpoints"))},
            ranges=dict(_list_ranges(document)),
            guests=frozenset(_list_guests(document)),
            logins=tuple(_list_logins(document)),
            flow_ports=_read_flow_ports(document),
            facts=read_facts(document),
            files=dict(_list_files(document)),
        )
    except (RowFormError, ValueError) as error:
        raise RecordFormError(str(error)) from None


# ---------------------------------------------------------------- parts


def _text_or_none(fields: Fields, key: str) -> str | None:
    return None if fields.get(key) is None else text(fields, key)


def _read_end(fields: Fields) -> End:
    return End(
        name=text(fields, "name"),
        kind=text(fields, "kind"),
        tenant=_text_or_none(fields, "tenant"),
        same_as=_text_or_none(fields, "same_as"),
        members=texts(fields, "members"),
    )


def _list_ranges(document: Fields) -> Iterator[tuple[str, str]]:
    for host in items(part(document, "addresses"), "hosts"):
        site = text(host, "site")
        yield f"{site}/{text(host, 'name')}", f"{site}.{text(host, 'prefix')}"
    for client in items(part(document, "vpn"), "clients"):
        yield f"client.{text(client, 'name')}", f"vpn.{text(client, 'endpoint')}"


def _list_guests(document: Fields) -> Iterator[str]:
    for tenant in items(document, "tenants"):
        if text(tenant, "trust") == "guest":
            yield text(tenant, "name")


def _list_logins(document: Fields) -> Iterator[Login]:
    for flow in items(document, "flows"):
        if text(flow, "name").startswith(MANAGEMENT):
            ports = read_ports(texts(flow, "ports"))
            yield Login(text(flow, "source"), text(flow, "target"), ports)


def _read_flow_ports(document: Fields) -> dict[str, PortSet]:
    found: dict[str, PortSet] = {}
    for flow in items(document, "flows"):
        ports, number = read_ports(texts(flow, "ports")), flow.get("public_port")
        if isinstance(number, int):
            for protocol in ports.protocols():
                ports |= PortSet.single(protocol, number)
        name = text(flow, "name")
        found[name] = found.get(name, PortSet()) | ports
    return found


def _list_files(document: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    for device in items(document, "devices"):
        path = partial("{}/{}".format, text(device, "name"))
        for file in items(device, "files"):
            yield path(text(file, "path")), texts(file, "lines")
    for name, sheet in part(document, "sheets").items():
        if not isinstance(sheet, str):
            raise RecordFormError("`sheets` holds something that is no text")
        yield f"{name} (sheet)", tuple(sheet.splitlines())
