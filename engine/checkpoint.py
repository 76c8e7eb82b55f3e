"""Turns values into the form in which a state file keeps them, and back."""

from __future__ import annotations

import json
import math
import struct
from typing import TypeAlias

from engine.crypter import Crypter
from engine.problems import StateError
from engine.values import (
    ARCHIVE_SIGNATURE,
    ASSET_SIGNATURE,
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
from engine.wire import UNKNOWN_TEXT, plain_map

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_FLOAT_SIGNATURE = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"


class Reader:
    """Reads values of one state; counts the secrets that stay locked."""

    def __init__(self, crypter: Crypter | None) -> None:
        self._crypter = crypter
        self.locked = 0

    def properties(self, document: dict[str, Json]) -> Properties:
        """The properties a map of the file stands for."""
        return {key: self.value(item) for key, item in document.items()}

    def value(self, item: Json, *, sealed: bool = True) -> Value:
        """The value an item stands for; inside a secret, nested secrets are not sealed again."""
        if isinstance(item, dict):
            return self._map(item, sealed=sealed)
        if isinstance(item, list):
            return [self.value(one, sealed=sealed) for one in item]
        return UNKNOWN if item == UNKNOWN_TEXT else item

    def _map(self, item: dict[str, Json], *, sealed: bool) -> Value:
        signature = item.get(SIGNATURE_KEY)
        if signature is None:
            return {key: self.value(one, sealed=sealed) for key, one in item.items()}
        if signature == SECRET_SIGNATURE:
            return self._secret(item, sealed=sealed)
        if signature in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE):
            return Blob(str(signature), item)
        if signature == REFERENCE_SIGNATURE:
            version = str(item.get("packageVersion") or "")
            return Reference(str(item.get("urn", "")), self.value(item.get("id")), version)
        if signature == _FLOAT_SIGNATURE:
            return float(struct.unpack(">d", bytes.fromhex(str(item.get("value"))))[0])
        raise StateError(f"the state holds a value of an unknown kind (signature '{signature}')")

    def _secret(self, item: dict[str, Json], *, sealed: bool) -> Secret:
        plain, cipher_text = item.get("plaintext"), item.get("ciphertext")
        if isinstance(plain, str):
            return Secret(self.value(json.loads(plain), sealed=False))
        text = str(cipher_text)
        opened = text if not sealed else self._crypter.open(text) if self._crypter else None
        if opened is None:
            self.locked += 1
            return Secret(UNKNOWN, text)
        return Secret(self.value(json.loads(opened), sealed=False), text if sealed else None)


class Writer:
    """Writes values of one state; secrets that were read are written back as they were."""

    def __init__(self, crypter: Crypter | None) -> None:
        self._crypter = crypter

    def properties(self, properties: Properties) -> dict[str, Json]:
        """The map that stands for the properties."""
        return {key: self.value(properties[key]) for key in sorted(properties)}

    def value(self, value: Value, *, seals: bool = True) -> Json:
        """The item that stands for a value. Raises StateError for a secret it cannot seal."""
        if isinstance(value, dict):
            return {key: self.value(value[key], seals=seals) for key in sorted(value)}
        if isinstance(value, list):
            return [self.value(one, seals=seals) for one in value]
        if isinstance(value, Secret):
            return {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": self._sealed(value, seals=seals)}
        return self._leaf(value, seals=seals)

    def _leaf(
        self,
        value: bool | float | str | Unknown | Blob | Reference | None,
        *,
        seals: bool,
    ) -> Json:
        if isinstance(value, Unknown):
            return UNKNOWN_TEXT
        if isinstance(value, Blob | Reference):
            fields = plain_map(value)
            return {key: self.value(fields[key], seals=seals) for key in sorted(fields)}
        if isinstance(value, float) and not math.isfinite(value):
            return {SIGNATURE_KEY: _FLOAT_SIGNATURE, "value": struct.pack(">d", value).hex()}
        return value

    def _sealed(self, secret: Secret, *, seals: bool) -> str:
        text = sealed_text(self.value(secret.value, seals=False))
        if not seals:
            return text
        if secret.sealed is not None:
            return secret.sealed
        if self._crypter is None:
            raise StateError("a new secret cannot be written: set PULUMI_CONFIG_PASSPHRASE")
        return self._crypter.seal(text)


_LINE_ENDS = {0x2028: "\\u2028", 0x2029: "\\u2029"}
_HTML = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&"}
_WHOLE_BELOW = 1e21


def export_text(item: Json, indent: int) -> str:
    """JSON as an export holds it, so that a file read and written again stays the same."""
    text = json.dumps(_go_numbers(item), ensure_ascii=False, indent=indent)
    return text.translate(_LINE_ENDS)


def sealed_text(item: Json) -> str:
    """JSON as it is inside a sealed secret: on one line, without the marks of HTML."""
    text = json.dumps(_go_numbers(item), ensure_ascii=False, separators=(",", ":"))
    return text.translate({**_LINE_ENDS, **_HTML})


def _go_numbers(item: Json) -> Json:
    if isinstance(item, dict):
        return {key: _go_numbers(one) for key, one in item.items()}
    if isinstance(item, list):
        return [_go_numbers(one) for one in item]
    if isinstance(item, float) and item.is_integer() and abs(item) < _WHOLE_BELOW:
        return int(item)
    return item
