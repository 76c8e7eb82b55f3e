"""The models -> docs/configuration.md, and the registry of problems -> docs/problems.md."""

from collections.abc import Iterator
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from types import NoneType
from typing import Annotated, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.network import Network
from config.schema import write_schema
from config.shape import record_type
from config.stackfile import NAMESPACE
from terms import values
from terms.codes import CODES
from terms.values import Ports

INTRODUCTION = f"""# Configuration

What a stack file `Pulumi.<stack>.yaml` may hold under `config:`. Each area is one key with the
prefix `{NAMESPACE}`; every record below it is a mapping with these keys and no others.

Secrets are keys of their own, which `pulumi config set --secret` writes: `{NAMESPACE}kubeconfig`,
and `{NAMESPACE}weavePassword` where no node is to make it ([secrets](environments.md#secrets)).

Written from the models by `make docs`; the same facts stand in `config/schema.json`, which editors
use where the file begins with `# yaml-language-server: $schema=config/schema.json`.
"""
PROBLEMS_INTRODUCTION = """# Problems

What `la1r check` can find. `E` is an error, which stops every run; `W` is a warning, which stops a
run with `--strict` alone. Codes stay; sentences may get better.

| code | what is wrong |
| --- | --- |
"""
# How the value types are called in the tables.
TYPE_NAMES = {
    "Name": "name",
    "InterfaceName": "interface name",
    "DnsName": "DNS name",
    "Domain": "DNS name",
    "Owner": "text",
    "Text": "text",
    "Flag": "true, false",
    "Number": "number",
    "Port": "port",
    "VlanId": "number 1 to 4094",
    "Prefix": "prefix",
    "Address": "address",
    "AddressRange": "first-last address",
    "Mac": "MAC address",
    "WireguardKey": "WireGuard public key",
    "HostKey": "SSH host key",
    "Reference": "reference",
    "PortReference": "device/interface",
    "Day": "day",
}
PLAIN_NAMES = {str: "text", int: "number", bool: "true, false", Ports: "ports"}


def write_configuration() -> str:
    """Write docs/configuration.md."""
    parts = [INTRODUCTION, "## Areas\n", *_table(Network, NAMESPACE), ""]
    for model in _models_below(Network):
        parts += [
            f"## {model.__name__}\n",
            f"{(model.__doc__ or '').strip()}\n",
            *_table(model),
            "",
        ]
    return "\n".join(parts).rstrip() + "\n"


def write_problems() -> str:
    """Write docs/problems.md."""
    return PROBLEMS_INTRODUCTION + "".join(
        f"| `{code}` | {meaning} |\n" for code, meaning in sorted(CODES.items(), key=_by_area)
    )


def _by_area(entry: tuple[str, str]) -> tuple[str, str]:
    return (entry[0][2:], entry[0])


def _models_below(root: type[BaseModel]) -> list[type[BaseModel]]:
    """List the models that a model leads to, each once, in reading order."""
    found: list[type[BaseModel]] = []
    queue = [root]
    while queue:
        for field in queue.pop(0).model_fields.values():
            model = record_type(field.annotation)
            if model and model not in found:
                found.append(model)
                queue.append(model)
    return found


def _table(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    yield "| key | type | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, field in model.model_fields.items():
        meaning = field.description or "a note for readers"
        cells = (f"`{prefix}{field.alias or name}`", _type(field), _default(field), meaning)
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _type(field: FieldInfo) -> str:
    for name, shown in TYPE_NAMES.items():
        if tuple(field.metadata) and _same(field, getattr(values, name)):
            return shown
    return _name_type(field.annotation)


def _same(field: FieldInfo, value_type: object) -> bool:
    """Pydantic takes `Annotated` apart: the type goes one way, what marks it another."""
    base, *marks = get_args(value_type)
    listed = [part for mark in marks for part in (mark.metadata if _is_field(mark) else [mark])]
    own = [mark for mark in field.metadata if mark in listed]
    return field.annotation is base and bool(listed) and len(own) == len(listed)


def _is_field(mark: object) -> bool:
    return isinstance(mark, FieldInfo)


def _name_type(annotation: object) -> str:
    for name, shown in TYPE_NAMES.items():
        if annotation == getattr(values, name):
            return shown
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _name_type(arguments[0])
    if origin is dict:
        return f"{_name_type(arguments[0])}: {_name_type(arguments[1])}"
    if origin is tuple:
        return f"list of {_name_type(arguments[0])}"
    if origin is Literal:
        return ", ".join(str(choice) for choice in arguments)
    if arguments:
        return _name_type(next(part for part in arguments if part is not NoneType))
    return _name_class(annotation)


def _name_class(annotation: object) -> str:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ", ".join(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return PLAIN_NAMES.get(annotation, "text") if isinstance(annotation, type) else "text"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple) and field.default:
        return f"`[{', '.join(map(str, field.default))}]`"
    if isinstance(field.default, IPv4Network | IPv4Address | str | int) and field.default != "":
        return f"`{field.default}`"
    return "-"


def write_all(root: Path) -> None:
    """Rewrite what is generated from the models, below the root of the repository."""
    (root / "docs" / "configuration.md").write_text(write_configuration())
    (root / "docs" / "problems.md").write_text(write_problems())
    (root / "config" / "schema.json").write_text(write_schema())


if __name__ == "__main__":
    write_all(Path(__file__).parent.parent)
