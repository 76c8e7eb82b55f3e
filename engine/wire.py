"""Turns protobuf structs, the form in which property values travel, into values and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.values import (
    ARCHIVE_SIGNATURE,
    ASSET_SIGNATURE,
    OUTPUT_SIGNATURE,
    REFERENCE_SIGNATURE,
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    Blob,
    Properties,
    Reference,
    Secret,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct
    from google.protobuf.struct_pb2 import Value as WireValue

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# One text stands for the unknown of each type; all mean the same here.
UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def read_struct(struct: Struct) -> Properties:
    """The properties a struct holds."""
    return {key: read_value(value) for key, value in struct.fields.items()}


def read_value(wire: WireValue) -> Value:
    """The value a protobuf value holds."""
    kind = wire.WhichOneof("kind")
    if kind == "string_value":
        text = wire.string_value
        return UNKNOWN if text in UNKNOWN_TEXTS else text
    if kind == "struct_value":
        return _read_map(read_struct(wire.struct_value))
    if kind == "list_value":
        return [read_value(item) for item in wire.list_value.values]
    if kind == "number_value":
        return number(wire.number_value)
    return wire.bool_value if kind == "bool_value" else None


def number(given: float) -> int | float:
    """All numbers travel as floats; whole ones are shown and stored as whole ones."""
    return int(given) if given.is_integer() and abs(given) < 2**53 else given


def _read_map(fields: Properties) -> Value:
    signature = fields.get(SIGNATURE_KEY)
    if signature is None:
        return fields
    if signature == SECRET_SIGNATURE:
        return Secret(fields.get("value"))
    if signature == OUTPUT_SIGNATURE:
        return _read_output(fields)
    if signature == REFERENCE_SIGNATURE:
        urn, version = str(fields["urn"]), str(fields.get("packageVersion") or "")
        return Reference(urn, fields.get("id"), version)
    if signature in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE):
        return Blob(str(signature), fields)
    return fields


def _read_output(fields: Properties) -> Value:
    value = fields.get("value", UNKNOWN)
    return Secret(value) if fields.get("secret") is True else value


def write_struct(properties: Properties) -> Struct:
    """A struct that holds the properties."""
    from google.protobuf.struct_pb2 import Struct

    struct = Struct()
    for key, value in properties.items():
        _write(struct.fields[key], value)
    return struct


def _write(wire: WireValue, value: Value) -> None:
    if isinstance(value, str):
        wire.string_value = value
    elif value is None:
        wire.null_value = 0  # type: ignore[assignment]  # the enum has one member, NULL_VALUE
    elif isinstance(value, bool):
        wire.bool_value = value
    elif isinstance(value, int | float):
        wire.number_value = value
    elif isinstance(value, list):
        _write_list(wire, value)
    else:
        _write_map(wire, value)


def _write_list(wire: WireValue, items: list[Value]) -> None:
    wire.list_value.SetInParent()  # an empty list must not read back as null
    for item in items:
        _write(wire.list_value.values.add(), item)


def _write_map(
    wire: WireValue, value: dict[str, Value] | Unknown | Secret | Blob | Reference
) -> None:
    if isinstance(value, Unknown):
        wire.string_value = UNKNOWN_TEXT
        return
    fields = value if isinstance(value, dict) else plain_map(value)
    wire.struct_value.SetInParent()
    for key, item in fields.items():
        _write(wire.struct_value.fields[key], item)


def plain_map(value: Secret | Blob | Reference) -> dict[str, Value]:
    """The signed map a mark travels as."""
    if isinstance(value, Secret):
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.value}
    if isinstance(value, Blob):
        return dict(value.content)  # type: ignore[arg-type]  # content is what read_struct made
    fields: dict[str, Value] = {SIGNATURE_KEY: REFERENCE_SIGNATURE, "urn": value.urn}
    if value.id is not None:
        fields["id"] = value.id
    fields["packageVersion"] = value.version
    return fields
