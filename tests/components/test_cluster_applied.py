"""The cluster of each stack on a real API server: made, kept, changed, put right, taken away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.pod_range import pod_range_lines
from config.load import load_stack
from engine.cluster.objects import Manager
from engine.values import Properties
from lab.apiserver.server import ApiServer
from lab.apiserver.stand_ins import add_node, run_stand_ins
from plan.build import build_plan
from tests.components.cluster_stack import PASSWORD, Change, DescribedStack, changes

pytestmark = pytest.mark.slow

# The router makes it at run time; its UID is the identity of the installation.
PEERS: Properties = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "weave-net", "namespace": "kube-system"},
}
DAEMON: Properties = {**PEERS, "apiVersion": "apps/v1", "kind": "DaemonSet"}
ROUTER = Manager("weave-net-router")


@pytest.fixture
def described(
    tmp_path: Path, kubeconfig: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DescribedStack]:
    """The stack that a test is about, taken away afterwards."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "correct horse")
    stack = DescribedStack(tmp_path, kubeconfig, getattr(request, "param", "dev"))
    yield stack
    stack.change(lambda config: config.setdefault("la1r:network", {}).update(protect=False))
    if stack.state.exists():
        stack.up()
        assert stack.destroy().ok, stack.told


@pytest.mark.parametrize("described", ["dev", "prod"], indirect=True)
def test_every_object_is_accepted_and_a_second_deployment_changes_none(
    described: DescribedStack,
) -> None:
    first = described.up()
    live = described.list_live()
    second = described.up()

    assert first.ok, described.told
    assert {operation for operation, _ in changes(first)} == {"create"}
    assert len(live) == len(changes(first))
    assert second.ok, described.told
    assert changes(second) == []
    assert described.list_live() == live


@pytest.mark.parametrize("described", ["dev", "prod"], indirect=True)
def test_what_is_taken_away_leaves_only_what_is_not_ours(described: DescribedStack) -> None:
    described.objects.apply(PEERS, ROUTER)
    described.up()
    live = described.list_live()
    ended = described.destroy()

    assert ended.ok, described.told
    assert not [name for name, each in live.items() if described.objects.read(each)]
    assert described.objects.read(PEERS) is not None
    described.objects.delete(PEERS, "Background")


def weave(**options: object) -> Change:
    def change(config: dict[str, Any]) -> None:
        config["la1r:cluster"].setdefault("weave", {}).update(options)

    return change


OPTIONS: list[dict[str, object]] = [
    {"version": "2.9.1"},
    {"mtu": 1200},
    {"encryption": True},
    {"encryption": True, "trusted_subnets": ["192.168.10.0/24"]},
    {"allow_multicast": True},
    {"log_level": "error"},
    {"version": "2.8.10", "iptables_backend": "legacy"},
    {"connection_limit": 9},
    {"monitoring": True},
    {"requests": {"cpu": "100m", "memory": "128Mi"}},
]


def test_every_option_of_weave_changes_its_daemon_set_in_place(described: DescribedStack) -> None:
    described.up()
    first = described.objects.read(DAEMON) or {}
    seen = [first["spec"]]
    for options in OPTIONS:
        described.change(weave(**options))
        done = described.up()
        live = described.objects.read(DAEMON) or {}

        assert done.ok, described.told
        assert ("update", "mini/kube-system/weave-net") in changes(done)
        assert not {operation for operation, _ in changes(done)} - {"update", "create"}
        assert live["metadata"]["uid"] == first["metadata"]["uid"]  # type: ignore[index,call-overload]  # an object has them
        seen.append(live["spec"])
    assert all(seen.count(spec) == 1 for spec in seen)
    assert PASSWORD not in described.state.read_text() + described.told


def test_a_deployment_waits_until_every_node_runs_the_pod_network(
    described: DescribedStack, api_server: ApiServer
) -> None:
    """The nodes are stand-ins: objects, and a thread that calls their pods ready."""
    nodes = ("stand-in-1", "stand-in-2")
    for number, name in enumerate(nodes):
        add_node(api_server.caller, name, f"192.0.2.{number + 1}")
    with run_stand_ins(api_server.caller):
        done = described.up()
        status = (described.objects.read(DAEMON) or {})["status"]
        ended = described.destroy()
    for name in nodes:
        api_server.caller.delete(f"/api/v1/nodes/{name}")

    assert done.ok, described.told
    assert status["numberReady"] == 2  # type: ignore[index,call-overload]  # an object has it
    assert ended.ok, described.told


def protect(value: bool) -> Change:
    return lambda config: config.setdefault("la1r:network", {}).update(protect=value)


def pods(network: str) -> Change:
    return lambda config: config["la1r:cluster"].update(pods=network)


def test_a_new_pod_range_is_refused_until_the_stack_is_unprotected(
    described: DescribedStack,
) -> None:
    described.change(protect(True))
    described.up()
    before = described.list_live()
    described.change(pods("10.240.0.0/16"))
    refused = described.up()
    kept = described.list_live()
    described.change(pods("10.244.0.0/16"))
    described.change(protect(False))
    described.up()
    described.change(pods("10.240.0.0/16"))
    foreseen = described.preview()
    done = described.up()

    assert not refused.ok
    assert kept == before
    assert ("replace", "mini/kube-system/la1r-pod-range") in changes(done)
    network = load_stack(described.folder / "Pulumi.it.yaml").network
    work = pod_range_lines(foreseen, build_plan(network))
    assert "home/server (192.168.10.5): rm /var/lib/weave/weave-netdata.db" in work
    assert pod_range_lines(described.preview(), build_plan(network)) == ()


def test_what_somebody_changed_or_deleted_is_put_right_after_a_refresh(
    described: DescribedStack,
) -> None:
    described.up()
    live = described.list_live()
    somebody = Manager("kubectl-edit", force=True)
    for name, each in live.items():
        if each["kind"] == "ResourceQuota":
            more: Properties = {"spec": {"hard": {"pods": "999"}}}
            described.objects.apply({**_identity(each), **more}, somebody)
        if each["kind"] == "NetworkPolicy" and name.endswith("/deny-all"):
            described.objects.delete(_identity(each), "Background")
    read = described.refresh()
    done = described.up()
    after = described.list_live()

    assert sorted(read) == ["delete", "update"]
    assert done.ok, described.told
    assert sorted(operation for operation, _ in changes(done)) == ["create", "update"]
    assert {name: each.get("spec") for name, each in after.items()} == {
        name: each.get("spec") for name, each in live.items()
    }


def _identity(live: dict[str, Any]) -> Properties:
    metadata = {key: live["metadata"][key] for key in ("name", "namespace")}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}
