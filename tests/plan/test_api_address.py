"""The virtual address of the Kubernetes API counts as an address of the control plane."""

from typing import cast

from tests.plan.networks import Raw
from tests.plan.towns import clustered
from tests.plan.wording import accepted_for, plan_with


def with_virtual_address() -> Raw:
    town = clustered()
    cluster = cast(Raw, town["cluster"])
    return {**town, "cluster": {**cluster, "api": {"address": "192.168.5.100", "port": 443}}}


def test_a_range_includes_the_virtual_address_of_the_api_in_it() -> None:
    flow = {"from": "vpn.family", "to": "home.servers", "ports": ["tcp/443"], "name": "asked"}

    accepted = accepted_for(plan_with(with_virtual_address(), flow), "asked")

    assert [line for line in accepted if line.startswith("home/one:")] == [
        "home/one: eth0: 10.8.2.0/24 -> 192.168.5.1/32,192.168.5.100/32 tcp/443"
    ]
