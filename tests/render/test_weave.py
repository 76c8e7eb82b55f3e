"""Options of Weave Net, and where each of them ends up in its DaemonSet."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from plan.model import Plan
from render.kubernetes import lint_manifests
from render.weave import PASSWORD_SECRET, render_weave
from tests.render.small_network import DESCRIPTION, plan_by_hand


def plan_with(**options: object) -> Plan:
    """A plan whose cluster has these options of Weave Net."""
    cluster = {**json.loads(json.dumps(DESCRIPTION["cluster"])), "weave": options}
    return plan_by_hand(cluster=cluster)


def environment(plan: Plan, container: str) -> dict[str, Any]:
    """The environment of one container, by name; a reference where there is no value."""
    daemon = json.loads(json.dumps(render_weave(plan)[-1].body))
    pod = daemon["spec"]["template"]["spec"]
    found = next(
        each for each in pod["initContainers"] + pod["containers"] if each["name"] == container
    )
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in found["env"]}


@pytest.mark.parametrize(
    ("options", "container", "variable", "value"),
    [
        pytest.param({}, "weave", "WEAVE_MTU", "1368", id="the planned MTU"),
        pytest.param({}, "weave", "IPALLOC_RANGE", "10.244.0.0/16", id="the pod range"),
        pytest.param({}, "weave", "EXTRA_ARGS", "--log-level=info", id="a quiet router"),
        pytest.param({}, "weave", "CHECKPOINT_DISABLE", "1", id="no calls to the vendor"),
        pytest.param({}, "weave", "WEAVE_METRICS_ADDR", "127.0.0.1:6782", id="metrics not open"),
        pytest.param({}, "weave", "IPTABLES_BACKEND", "nft", id="nft in the router"),
        pytest.param({}, "weave-npc", "IPTABLES_BACKEND", "nft", id="nft in the controller"),
        pytest.param({}, "weave", "EXPECT_NPC", "1", id="the router waits for policies"),
        pytest.param({}, "weave-init", "EXPECT_NPC", "1", id="and so does the first container"),
        pytest.param({"connection_limit": 9}, "weave", "CONN_LIMIT", "9", id="peers of a node"),
        pytest.param(
            {"trusted_subnets": ["192.168.10.0/24"]},
            "weave",
            "EXTRA_ARGS",
            "--log-level=info",
            id="without encryption there is nothing to trust",
        ),
        pytest.param(
            {"encryption": True, "trusted_subnets": ["192.168.20.0/24", "192.168.10.0/24"]},
            "weave",
            "EXTRA_ARGS",
            "--log-level=info --trusted-subnets=192.168.10.0/24,192.168.20.0/24",
            id="trusted subnets",
        ),
        pytest.param(
            {"log_level": "error"},
            "weave-npc",
            "EXTRA_ARGS",
            "--log-level=error --metrics-addr=127.0.0.1:6781 --allow-mcast=false",
            id="no multicast between tenants",
        ),
        pytest.param(
            {"allow_multicast": True},
            "weave-npc",
            "EXTRA_ARGS",
            "--log-level=info --metrics-addr=127.0.0.1:6781 --allow-mcast=true",
            id="multicast on request",
        ),
        pytest.param(
            {"monitoring": True},
            "weave",
            "WEAVE_METRICS_ADDR",
            "$(NODE_ADDRESS):6782",
            id="metrics of the router on the node's address",
        ),
        pytest.param(
            {"monitoring": True},
            "weave-npc",
            "EXTRA_ARGS",
            "--log-level=info --metrics-addr=$(NODE_ADDRESS):6781 --allow-mcast=false",
            id="and of the controller",
        ),
        pytest.param(
            {"encryption": True},
            "weave",
            "WEAVE_PASSWORD",
            {"secretKeyRef": {"name": PASSWORD_SECRET, "key": PASSWORD_SECRET}},
            id="the password by reference",
        ),
    ],
)
def test_an_option_reaches_its_container(
    options: dict[str, object], container: str, variable: str, value: object
) -> None:
    assert environment(plan_with(**options), container)[variable] == value


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        pytest.param({}, {"cpu": "50m"}, id="a little CPU by default"),
        pytest.param({"memory": "128Mi"}, {"cpu": "50m", "memory": "128Mi"}, id="and memory"),
        pytest.param({"cpu": 1}, {"cpu": "1"}, id="whole cores"),
    ],
)
def test_both_containers_get_what_is_requested_for_them_and_no_limit(
    options: dict[str, object], requests: dict[str, str]
) -> None:
    daemon = json.loads(json.dumps(render_weave(plan_with(requests=options))[-1].body))
    containers = daemon["spec"]["template"]["spec"]["containers"]

    assert [each["resources"] for each in containers] == [{"requests": requests}] * 2


def test_an_unencrypted_network_has_no_password() -> None:
    plan = plan_with()

    assert "WEAVE_PASSWORD" not in environment(plan, "weave")
    assert not [found for found in render_weave(plan) if found.kind == "Secret"]


def test_the_secret_of_an_encrypted_network_holds_no_value() -> None:
    secret = next(
        found for found in render_weave(plan_with(encryption=True)) if found.kind == "Secret"
    )

    assert set(secret.body) == {"apiVersion", "kind", "metadata", "type"}


def test_an_encrypted_network_has_no_form_that_must_not_be() -> None:
    assert not lint_manifests(render_weave(plan_with(encryption=True)))


def test_a_release_is_named_in_every_image() -> None:
    daemon = json.dumps(render_weave(plan_with(version="2.9.1"))[-1].body)

    assert daemon.count(":2.9.1") == 3
    assert "latest" not in daemon


def test_the_configmap_of_the_router_is_never_ours() -> None:
    whole = render_weave(plan_with(encryption=True, monitoring=True))

    assert "weave-net" not in {found.name for found in whole if found.kind == "ConfigMap"}


def test_without_a_plan_of_the_cluster_there_is_no_pod_network() -> None:
    assert render_weave(replace(plan_with(), cluster=None)) == ()


@pytest.mark.parametrize("container", ["weave", "weave-npc"])
def test_the_nodes_address_is_known_before_it_is_named(container: str) -> None:
    names = list(environment(plan_with(monitoring=True), container))
    user = "WEAVE_METRICS_ADDR" if container == "weave" else "EXTRA_ARGS"

    assert names.index("NODE_ADDRESS") < names.index(user)


def test_monitoring_has_a_list_of_pods_to_scrape_and_a_dashboard() -> None:
    whole = {found.name: found for found in render_weave(plan_with(monitoring=True))}
    service, shown = whole["weave-net-metrics"].at("spec"), whole["weave-net-dashboard"]
    queries = json.dumps(json.loads(str(shown.at("data", "weave-net.json"))))

    assert json.loads(json.dumps(service))["clusterIP"] == "None"
    assert "weavenpc_policy_enforcement_errors" in queries
    assert not lint_manifests(tuple(whole.values()))


def test_the_pod_range_stands_in_an_object_that_cannot_be_changed_in_place() -> None:
    note = next(found for found in render_weave(plan_with()) if found.name == "la1r-pod-range")

    assert note.at("immutable") is True
    assert note.at("data") == {"pods": "10.244.0.0/16"}
