"""Plan, text and reachability -> network.json, the whole network as one document."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from plan.model import Plan
from reach.model import Reach
from render.manifest import NETWORK_POLICY, Json, Manifest
from render.whole import RenderedNetwork
from views.network_parts import (
    describe_addresses,
    describe_cables,
    describe_devices,
    describe_expectations,
    describe_flows,
    describe_links,
    describe_public_ports,
    describe_sites,
    describe_tenants,
    describe_vpn,
)
from views.settings import list_settings

Document: TypeAlias = dict[str, Json]

# Rises with every change that a reader of the old form would not understand.
SCHEMA = "la1r.network/1"
# Parts of many short records, each of which is written on a line of its own.
RECORDS = frozenset({"cables", "endpoints", "flows", "matrix", "policies"})


def build_network_json(plan: Plan, rendered: RenderedNetwork, reach: Reach) -> Document:
    """The network as plain data: sorted, without clock and without any secret."""
    return {
        "schema": SCHEMA,
        "domain": plan.network.network.domain,
        "sites": describe_sites(plan),
        "addresses": describe_addresses(plan),
        "devices": describe_devices(plan, rendered),
        "cables": describe_cables(plan),
        "links": describe_links(plan),
        "vpn": describe_vpn(plan),
        "tenants": describe_tenants(plan),
        "flows": describe_flows(plan),
        "public_ports": describe_public_ports(plan),
        "expectations": describe_expectations(plan),
        "settings": list_settings(plan.network),
        "policies": [_plain(m.body) for m in _policies(rendered.manifests)],
        "sheets": {str(ref): text for ref, text in sorted(rendered.sheets.items())},
        "endpoints": _endpoints(reach),
        "matrix": _matrix(reach),
    }


def network_text(plan: Plan, rendered: RenderedNetwork, reach: Reach) -> str:
    """The document as JSON; the same network gives the same bytes."""
    return document_text(build_network_json(plan, rendered, reach))


def document_text(document: Document) -> str:
    """A document as JSON, one value a line or one record, so that two of them can be compared."""
    parts = (f" {json.dumps(key)}: {_part_text(key, document[key])}" for key in sorted(document))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _part_text(key: str, part: Json) -> str:
    if key in RECORDS and isinstance(part, list):
        # json indents in Python and writes lines in C: ten times as fast, of the most records.
        write = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
        return "[" + ",".join(f"\n  {write(one)}" for one in part) + "\n ]"
    return json.dumps(part, indent=1, sort_keys=True, ensure_ascii=False).replace("\n", "\n ")


def network_output(text: str) -> str:
    """The document as one line for an output of the stack, behind the name of its form.

    Pulumi's displays unfold every output that is JSON, over thousands of lines; this they shorten.
    """
    return f"{SCHEMA} {json.dumps(json.loads(text), separators=(',', ':'), ensure_ascii=False)}"


def read_network_output(output: str) -> Document:
    """The document that such an output holds; raises ValueError where it is none."""
    form, _, text = output.partition(" ")
    if form != SCHEMA:
        raise ValueError(f"the output is of the form {form[:40]!r}, not {SCHEMA}")
    document: Document = json.loads(text)
    return document


def _policies(manifests: Sequence[Manifest]) -> list[Manifest]:
    found = (manifest for manifest in manifests if manifest.type == NETWORK_POLICY)
    return sorted(found, key=lambda manifest: manifest.logical_name)


def _endpoints(reach: Reach) -> list[Json]:
    return [
        {
            "name": endpoint.name,
            "kind": endpoint.kind.value,
            "what": endpoint.what,
            "site": endpoint.site,
            "tenant": endpoint.tenant,
            "same_as": endpoint.same_as,
            "members": list(endpoint.members),
        }
        for endpoint in sorted(reach.endpoints, key=lambda endpoint: endpoint.name)
    ]


def _matrix(reach: Reach) -> list[Json]:
    return [
        {
            "source": row["source"],
            "target": row["target"],
            "ports": row["ports"],
            "not_enforceable": row["not_enforceable"],
            "by_public_address": row["by_public_address"],
            "why": row["why"],
        }
        for row in reach.rows()
    ]


def _plain(value: Json) -> Json:
    """Mappings and sequences of any make as those that json knows."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
