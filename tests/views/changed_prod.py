"""The production network with a few lines of its description changed, as a record to compare."""

from functools import cache

from config.load import load_network
from config.stackfile import read_stack_text
from plan.build import build_plan
from reach.evaluate import evaluate
from render.whole import render_network
from tests.source_tree import REPOSITORY
from views.difference import Difference, compare_networks
from views.network import build_network_json
from views.network_record import NetworkRecord, read_record

PROD = (REPOSITORY / "Pulumi.prod.yaml").read_text(encoding="utf-8")

# Lines of the description as they are and as they become.
Edit = tuple[str, str]

JAMULUS = (
    "    - {from: internet, to: paul/jamulus, ports: [udp/22124], through: 52124,"
    " why: band rehearsals}\n"
)
PRIVATE_VPN = "    - {from: vpn.private, to: home, why: the owner at home from anywhere}\n"
SHOP = "    - {from: internet, to: plusone/app, ports: [tcp/8443], through: 80, why: a shop}\n"
PLUSONE = "    plusone:\n      id: 5\n"
OPERATOR = "prefixes: [users, infrastructure]}"
FRODO_KEY = (
    "manage: {adopt: true, host_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUgZnJvZG8"
)
FACEFAN = "      namespaces: [facefan]\n"

CHANGES: dict[str, tuple[Edit, ...]] = {
    "flow-added": (
        (
            PRIVATE_VPN,
            f"{PRIVATE_VPN}{SHOP}",
        ),
    ),
    "flow-removed": ((JAMULUS, ""),),
    "tenant-added": (
        (
            PLUSONE,
            "    nina:\n      id: 9\n      trust: guest\n      namespaces: [nina]\n" + PLUSONE,
        ),
    ),
    "alias-changed": (("alias: 10.200.2.0/24", "alias: 10.200.9.0/24"),),
    "router-moved": (
        (
            "br-infra: {segment: infrastructure, addresses: [192.168.4.254, 192.168.4.1]}",
            "br-infra: {segment: infrastructure, addresses: [192.168.4.253, 192.168.4.1]}",
        ),
        ("host: 192.168.4.254", "host: 192.168.4.253"),
    ),
}


@cache
def record_after(*edits: Edit) -> NetworkRecord:
    """Change the description, and compute what is compared."""
    text = PROD
    for before, after in edits:
        assert before in text, f"prod has no line {before!r} any more"
        text = text.replace(before, after, 1)
    plan = build_plan(load_network(read_stack_text(text, "Pulumi.prod.yaml").areas))
    rendered = render_network(plan)
    return read_record(build_network_json(plan, rendered, evaluate(plan, rendered.manifests)))


def difference_after(*edits: Edit) -> Difference:
    """Compare the production network with what the edits make of it."""
    return compare_networks(record_after(), record_after(*edits))
