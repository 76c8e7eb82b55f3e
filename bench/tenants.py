"""Who can reach whom in a described network of N tenants: `N`; prints open pairs, and CPU seconds.

A tenant has four namespaces with two services in each, and two of them call the next tenant's: 50
tenants are 200 namespaces, 400 workloads and 800 policies. There is one site with one node.
"""

import sys
from time import process_time

from bench.mesh import describe_gateway, describe_site
from config.load import load_network
from config.network import Network
from plan.build import build_plan
from plan.memory import expect_lasting_values
from reach.evaluate import evaluate
from render.kubernetes import render_manifests

SPACES, SERVICES, CALLING = 4, 2, 2
NODE = {
    "role": "server",
    "platform": "linux",
    "arch": "amd64",
    "address": "172.16.1.5",
    # Nothing here is ever dialled.
    "manage": {"host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUgc2VydmVyLi4uLi4uLi4u"},
}


def describe_tenants(count: int) -> dict[str, object]:
    """A network of one site, whose cluster has that many tenants."""
    site = describe_site(1)
    devices = {"gateway": describe_gateway("172.16.1"), "node": NODE}
    return {
        "sites": {"site1": {**site, "devices": devices}},
        "cluster": {"name": "rave", "nodes": {"site1/node": {"control_plane": True}}},
        "tenants": {f"t{number}": _describe_tenant(number) for number in range(count)},
        "flows": [each for number in range(count) for each in _describe_flows(number, count)],
    }


def _describe_tenant(number: int) -> dict[str, object]:
    spaces = [f"t{number}-s{space}" for space in range(SPACES)]
    services = {
        f"w{space}-{service}": {
            "namespace": spaces[space],
            "selector": {"app": f"w{service}"},
            "ports": {"https": {"port": 443}},
        }
        for space in range(SPACES)
        for service in range(SERVICES)
    }
    return {"id": number + 1, "namespaces": spaces, "services": services}


def _describe_flows(number: int, count: int) -> list[dict[str, object]]:
    to = f"t{(number + 1) % count}/w0-0"
    return [
        {"from": f"namespace.t{number}-s{space}", "to": to, "ports": ["tcp/443"], "why": "calls"}
        for space in range(CALLING)
    ]


def judge(network: Network) -> tuple[int, float]:
    """Pairs with something open, and CPU seconds of the evaluation alone."""
    plan = build_plan(network)
    manifests = render_manifests(plan)
    begin = process_time()
    reach = evaluate(plan, manifests)
    seconds = process_time() - begin
    return sum(1 for _ in reach.verdicts.opened()), seconds


def main() -> None:
    """Judge the network."""
    expect_lasting_values()
    # Libraries are loaded at the first use; that belongs to the start-up.
    judge(load_network(describe_tenants(1)))
    print(*judge(load_network(describe_tenants(int(sys.argv[1])))))


if __name__ == "__main__":
    main()
