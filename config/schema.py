"""The models -> the JSON schema of a stack file, for editors.

The schema knows the form of each record; what holds between records, `la1r check` alone knows.
"""

import json

from pydantic.json_schema import GenerateJsonSchema

from config.network import Network
from config.stackfile import NAMESPACE, TOP_KEYS
from terms.values import Ports

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Links may be written as a list: both ends, then what else there is to say.
LIST_FORMS = {
    "Cable": "[device/interface, device/interface, speed]",
    "WirelessLink": "[access point, station, kind]",
}


class _AsWritten(GenerateJsonSchema):
    """Shows defaults as a user would write them."""

    def encode_default(self, dft: object) -> object:
        """Ports are kept as numbers, and written as text."""
        if isinstance(dft, tuple):
            return [self.encode_default(part) for part in dft]
        return str(dft) if isinstance(dft, Ports) else super().encode_default(dft)


def build_schema() -> Schema:
    """Build the schema of a whole stack file."""
    models = Network.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    records = models.pop("$defs")
    properties = models["properties"]
    for name, meaning in LIST_FORMS.items():
        records[name] = _allow_list(records[name], meaning)
    schema: Schema = {
        "$schema": DIALECT,
        "title": "la1r stack file",
        "type": "object",
        "properties": {
            **{key: {"description": "kept by the Pulumi CLI"} for key in sorted(TOP_KEYS)},
            "config": {
                "type": "object",
                "description": "what the stack describes, and settings of other packages",
                "properties": {f"{NAMESPACE}{key}": part for key, part in properties.items()},
                "required": [f"{NAMESPACE}{key}" for key in models["required"]],
            },
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": records,
    }
    _drop_titles(schema)
    schema["title"] = "la1r stack file"
    return schema


def write_schema() -> str:
    """Write the schema as the text of config/schema.json."""
    return json.dumps(build_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _allow_list(record: Schema, meaning: str) -> Schema:
    short = {
        "type": "array",
        "description": meaning,
        "items": {"type": "string"},
        "minItems": 2,
        "maxItems": 3,
    }
    return {"description": record.pop("description", ""), "anyOf": [short, record]}


def _drop_titles(node: object) -> None:
    """Drop the titles that only repeat the names of keys and classes."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for part in node.values():
            _drop_titles(part)
    elif isinstance(node, list):
        for part in node:
            _drop_titles(part)
