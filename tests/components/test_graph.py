"""The graph of resources: what is declared, under what, after what, and with which protection."""

import json
from typing import Any

import pytest

from components.base import Token
from components.description import Secrets
from components.network import declare_network, group_far_first, group_sites
from render.whole import render_network
from tests.components.recording import Recorded, Recording, record
from tests.golden import Golden
from tests.render.small_network import CABIN, GATEWAY, SERVER, plan_by_hand


def shape(recording: Recording) -> list[tuple[str, str, frozenset[str]]]:
    """The graph without contents, in an order that timing does not change."""
    return sorted((each.key, each.parent, each.after) for each in recording.resources)


def write_graph(recording: Recording) -> str:
    """One resource a block: type and name, then its parent and what it waits for."""
    lines: list[str] = []
    for key, parent, after in shape(recording):
        lines += [
            key,
            f"  in {parent or 'the stack'}",
            *(f"  after {each}" for each in sorted(after)),
        ]
    return "".join(f"{line}\n" for line in lines)


def test_the_graph_is_as_expected(previewed: Recording, golden: Golden) -> None:
    golden("components/graph.txt", write_graph(previewed))


def test_a_preview_and_a_deployment_declare_the_same_graph(
    previewed: Recording, deployed: Recording
) -> None:
    assert shape(previewed) == shape(deployed)


def test_types_of_components_never_change() -> None:
    assert {token.value for token in Token} == {
        "la1r:network:Site",
        "la1r:network:Tenant",
        "la1r:network:VpnMesh",
        "la1r:network:WeaveCluster",
    }


def test_every_child_is_named_after_its_component(previewed: Recording) -> None:
    children = [each for each in previewed.resources if each.parent]

    assert children
    assert not [each for each in children if not each.name.startswith(f"{each.parent.split()[1]}/")]


def test_only_components_and_the_cluster_stand_in_the_stack_itself(previewed: Recording) -> None:
    alone = {each.type for each in previewed.resources if not each.parent}

    assert alone == {token.value for token in Token} | {"pulumi:providers:kubernetes"}


def test_far_devices_are_changed_before_near_ones(deployed: Recording) -> None:
    far = "command:local:Command cabin/pi"
    middle = "command:local:Command home/server"

    assert far in deployed.find("command:local:Command", "home/server").after
    assert middle in deployed.find("command:local:Command", "home/gateway").after


def test_devices_and_sites_are_grouped_by_their_distance() -> None:
    plan = plan_by_hand()

    assert group_far_first(plan.devices) == ((CABIN,), (SERVER,), (GATEWAY,))
    assert group_sites(plan) == (("cabin",), ("home",))


def test_owners_get_in_after_everything_that_limits_them(previewed: Recording) -> None:
    binding = previewed.find(
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "paul/paul/tenant"
    )
    limits = {
        each.key
        for each in previewed.resources
        if each.parent == "la1r:network:Tenant paul"
        and not each.type.endswith((":RoleBinding", ":Namespace"))
    }

    assert limits <= binding.after


def test_tenants_wait_until_policies_are_enforced(previewed: Recording) -> None:
    daemon = "kubernetes:apps/v1:DaemonSet mini/kube-system/weave-net"

    assert daemon in previewed.find("kubernetes:core/v1:Namespace", "paul/paul").after


def declare(**changes: Any) -> Recording:
    def program() -> dict[str, Any]:
        plan = plan_by_hand(**changes)
        return declare_network(plan, render_network(plan), Secrets())

    return record(program)


@pytest.mark.parametrize("protect", [True, False])
def test_protection_reaches_every_resource_of_the_stack(protect: bool) -> None:
    resources = declare(network={"protect": protect}).resources

    assert {each.protect for each in resources} == {protect}


def test_what_runs_on_devices_is_left_there_when_it_leaves_the_stack(previewed: Recording) -> None:
    commands = previewed.named("command:")

    assert commands
    assert all(each.retained and "delete" not in each.inputs for each in commands)


def kubernetes(recording: Recording) -> list[Recorded]:
    return recording.named("kubernetes:")


def test_every_object_goes_through_the_one_provider(previewed: Recording) -> None:
    assert {each.provider for each in kubernetes(previewed)} == {"pulumi:providers:kubernetes mini"}


def test_a_policy_is_made_anew_when_its_types_change(previewed: Recording) -> None:
    policies = previewed.named("kubernetes:networking.k8s.io/v1:NetworkPolicy")

    assert policies
    assert {each.replaces_on for each in policies} == {frozenset({"spec.policyTypes"})}


def test_without_a_kubeconfig_the_provider_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "somebody's own cluster")
    inputs = declare().find("pulumi:providers:kubernetes", "mini").inputs

    assert json.loads(inputs.pop("kubeconfig")) == {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [],
        "contexts": [],
        "users": [],
    }
    assert inputs == {
        "clusterIdentifier": "mini",
        "enableSecretMutable": "true",
        "enableConfigMapMutable": "true",
        "skipUpdateUnreachable": "false",
    }


def test_without_a_cluster_there_is_no_provider() -> None:
    bare = declare(cluster=None, tenants={"family": {"id": 1}})

    assert not bare.named("pulumi:providers")
    assert not kubernetes(bare)


def test_the_outputs_are_what_a_person_reads_off_the_stack(deployed: Recording) -> None:
    family = "printed by vpn/home/gateway/wg-family"

    assert deployed.outputs == {
        "publicKeys": {
            "home/gateway/wg-mesh": "printed by vpn/home/gateway/wg-mesh",
            "home/gateway/wg-family": family,
            "cabin/pi/wg-mesh": "printed by vpn/cabin/pi/wg-mesh",
        },
        "endpoints": {
            "family": {
                "host": "home.example.net",
                "port": 33443,
                "addresses": "10.8.2.0/24",
                "publicKey": family,
            }
        },
        "links": [{"sites": ["home", "cabin"], "kind": "direct", "relay": None}],
    }


def test_every_device_has_answered_before_any_is_changed(deployed: Recording) -> None:
    asked = {f"command:local:Command vpn/{name}/ready" for name in ("cabin/pi", "home/gateway")}

    assert asked <= deployed.find("command:local:Command", "vpn/cabin/pi/keys").after
    assert asked <= deployed.find("command:local:Command", "cabin/pi").after


def test_a_device_is_asked_again_whenever_its_files_change(deployed: Recording) -> None:
    asked = deployed.find("command:local:Command", "vpn/cabin/pi/ready").inputs["environment"]
    plan = plan_by_hand()

    assert asked["LA1R_GENERATION"] == render_network(plan).generation(CABIN)


def test_a_device_that_is_left_out_stays_as_it_was_deployed_last() -> None:
    plan = plan_by_hand()
    recording = record(lambda: declare_network(plan, render_network(plan), Secrets(), {"cabin/pi"}))
    on_device = {
        each.name
        for each in recording.resources
        if each.ignored == {"connection", "create", "environment", "stdin"}
    }

    assert on_device == {
        "cabin/pi",
        "vpn/cabin/pi/keys",
        "vpn/cabin/pi/ready",
        "vpn/cabin/pi/wg-mesh",
    }
