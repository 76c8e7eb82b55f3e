"""A network.json, its verdicts and a baseline -> what the dashboard's page knows, as JSON."""

import json
from collections.abc import Mapping

from reach.model import Reach
from render.manifest import Json
from views.dashboard.address_map import map_addresses
from views.dashboard.changes import Baseline, describe_changes
from views.dashboard.proofs import gather_proofs, number_protocols
from views.dashboard.tenants import describe_cards
from views.network import Document
from views.network_form import Fields, RecordFormError, items, part, text, texts

Object = Mapping[str, Json]

# Parts of network.json that the page takes as they are.
TAKEN = ("domain", "sites", "cables", "links", "tenants", "flows", "public_ports", "endpoints")


def write_content(document: Document, reach: Reach, baseline: Baseline | None) -> str:
    """Write it as one line."""
    addresses, vpn = _object(document["addresses"]), _object(document["vpn"])
    content: Object = {
        **{key: document[key] for key in TAKEN},
        "devices": [_describe_device(device) for device in _objects(document["devices"])],
        "prefixes": addresses["prefixes"],
        "hosts": addresses["hosts"],
        # Keys say nothing to a reader.
        "vpn": {
            **vpn,
            "clients": [_without(one, "public_key") for one in _objects(vpn["clients"])],
        },
        "policies": [_name_policy(policy) for policy in items(document, "policies")],
        "map": map_addresses(document),
        "cards": describe_cards(document),
        "proofs": gather_proofs(reach),
        "protocols": number_protocols(),
        "changes": describe_changes(baseline),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _describe_device(device: Object) -> Object:
    """The device without its lines: those stand in files beside the page."""
    files: list[Json] = [
        [text(file, "path"), len(texts(file, "lines"))] for file in items(device, "files")
    ]
    return {**_without(device, "files"), "files": files}


def _name_policy(policy: Fields) -> Json:
    metadata = part(policy, "metadata")
    return [text(metadata, "namespace"), text(metadata, "name")]


def _without(record: Object, key: str) -> Object:
    return {name: value for name, value in record.items() if name != key}


def _object(value: Json) -> Object:
    if not isinstance(value, Mapping):
        raise RecordFormError("a part of the document is no mapping")
    return value


def _objects(value: Json) -> list[Object]:
    if not isinstance(value, list | tuple):
        raise RecordFormError("a part of the document is no list")
    return [_object(one) for one in value]
