"""The cluster of each stack on a real API server: made, kept, put right, taken away."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.pod_network import RANGE_TITLE, list_foretold, pod_network_blocks
from config.load import load_stack
from engine.cluster.objects import Manager
from engine.values import Properties
from lab.apiserver.server import ApiServer
from lab.apiserver.stand_ins import add_node, run_stand_ins
from lab.project import BUILT_IN
from plan.build import build_plan
from render.manifest import PASSWORD_ANNOTATION, TENANT_LABEL
from tests.components.cluster_stack import ENGINES, PASSWORD, Change, DescribedStack, OnBuiltIn
from tests.engine.deployed import PASSPHRASE

pytestmark = pytest.mark.slow

# The router makes it at run time; its UID is the identity of the installation.
PEERS: Properties = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "weave-net", "namespace": "kube-system"},
}
DAEMON: Properties = {**PEERS, "apiVersion": "apps/v1", "kind": "DaemonSet"}
CLOUD: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cloud"}}
ROUTER = Manager("weave-net-router")
NEW_PASSWORD = "another-password-of-the-pod-network-9876543210"  # noqa: S105  # a made-up one
STACKS = pytest.mark.parametrize("stack", ["dev", "prod"])


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine deploys."""
    name: str = request.param
    return name


@pytest.fixture
def stack() -> str:
    """Whose cluster it is, where a test does not say."""
    return "dev"


@pytest.fixture
def described(
    tmp_path: Path, kubeconfig: str, stack: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DescribedStack]:
    """The stack that a test is about, taken away afterwards."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    described = DescribedStack(tmp_path, kubeconfig, stack, engine)
    yield described
    described.take_away()


@STACKS
def test_every_object_is_accepted_and_a_second_deployment_changes_none(
    described: DescribedStack,
) -> None:
    first = described.up()
    live = described.list_live()
    foreseen = described.engine.preview()
    second = described.up()

    assert set(first.operations) == {"create"}
    assert len(live) == len(first.changes)
    assert foreseen.ok, foreseen.told
    assert (foreseen.changes, second.changes) == ((), ())
    assert described.list_live() == live


@STACKS
def test_what_is_taken_away_leaves_only_what_is_not_ours(described: DescribedStack) -> None:
    described.objects.apply(PEERS, ROUTER)
    described.up()
    live = described.list_live()
    described.take_away()

    assert not [name for name, each in live.items() if described.objects.read(each)]
    assert described.objects.read(PEERS) is not None
    described.objects.delete(PEERS, "Background")


def test_what_is_there_already_is_refused_until_the_stack_may_take_it_over(
    described: DescribedStack,
) -> None:
    theirs: Properties = {**CLOUD, "metadata": {"name": "cloud", "labels": {"theirs": "yes"}}}
    before = described.objects.apply(theirs, Manager("somebody"))
    refused = described.engine.up()
    described.change(lambda config: config["la1r:cluster"].update(adopt=True))
    described.up()
    after = described.list_live()["Namespace family/cloud"]

    assert not refused.ok
    assert "exists" in refused.told
    assert after["metadata"]["uid"] == before["metadata"]["uid"]  # type: ignore[index,call-overload]  # it has one
    assert after["metadata"]["labels"].items() >= {"theirs": "yes", TENANT_LABEL: "family"}.items()


def test_a_field_that_a_controller_has_taken_over_is_not_taken_back_without_a_word(
    described: DescribedStack,
) -> None:
    described.up()
    quota: Properties = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "tenant", "namespace": "cloud"},
        "spec": {"hard": {"pods": "7"}},
    }
    described.objects.apply(quota, Manager("quota-controller", force=True))
    described.change(
        lambda config: config["la1r:tenants"]["family"].update(quota={"pods": 9, "cpu": "5"})
    )
    refused = described.engine.up()
    live = described.list_live()["ResourceQuota family/cloud/tenant"]

    assert not refused.ok
    assert "quota-controller" in refused.told
    assert "pods" in refused.told
    assert live["spec"]["hard"]["pods"] == "7"


def test_a_deployment_waits_until_every_node_runs_the_pod_network(
    tmp_path: Path, api_server: ApiServer, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nodes are stand-ins: objects, and a thread that calls their pods ready."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    # Never a cluster that somebody named: its nodes would be real ones.
    described = DescribedStack(tmp_path, api_server.kubeconfig(), "dev", engine)
    nodes = ("stand-in-1", "stand-in-2")
    for number, name in enumerate(nodes):
        add_node(api_server.caller, name, f"192.0.2.{number + 1}")
    with run_stand_ins(api_server.caller):
        described.up()
        status = (described.objects.read(DAEMON) or {})["status"]
        described.take_away()
    for name in nodes:
        api_server.caller.delete(f"/api/v1/nodes/{name}")

    assert status["numberReady"] == 2  # type: ignore[index,call-overload]  # an object has it


def test_a_new_password_makes_the_pods_of_routers_anew(described: DescribedStack) -> None:
    """Routers read it when they start, and those with two passwords do not connect."""
    described.change(lambda config: config["la1r:cluster"].update(weave={"encryption": True}))
    described.up()
    before = described.objects.read(DAEMON) or {}
    described.use_password(NEW_PASSWORD)
    foreseen, done = described.engine.preview(), described.up()
    after = described.objects.read(DAEMON) or {}
    again = described.up()
    changed = [
        ("update", "DaemonSet mini/kube-system/weave-net"),
        ("update", "Secret mini/kube-system/weave-passwd"),
    ]

    assert sorted(foreseen.changes) == sorted(done.changes) == changed
    assert again.changes == ()
    assert note_of(before) != note_of(after)
    everything = "".join([foreseen.everything, done.everything, foreseen.told, done.told])
    hidden = (PASSWORD, NEW_PASSWORD, note_of(before), note_of(after))
    state = json.dumps(described.engine.export())
    assert not [text for text in hidden if text in everything + state]


def note_of(live: Any) -> str:
    """What the pods of the routers have noted of their password."""
    return str(live["spec"]["template"]["metadata"]["annotations"][PASSWORD_ANNOTATION])


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
    refused = described.engine.up()
    kept = described.list_live()
    described.change(pods("10.244.0.0/16"))
    described.change(protect(False))
    described.up()
    described.change(pods("10.240.0.0/16"))
    done = described.up()

    assert not refused.ok
    assert kept == before
    assert ("replace", "ConfigMap mini/kube-system/la1r-pod-range") in done.changes


@pytest.mark.parametrize("engine", [BUILT_IN])
def test_a_preview_lists_the_work_that_a_new_pod_range_makes_on_each_node(
    described: DescribedStack,
) -> None:
    described.up()
    described.change(pods("10.240.0.0/16"))
    engine = described.engine
    assert isinstance(engine, OnBuiltIn)
    foreseen = engine.foresee()
    described.up()
    plan = build_plan(load_stack(described.file).network)

    ((title, work),) = pod_network_blocks(list_foretold(foreseen), plan)
    assert title == RANGE_TITLE
    assert "home/server (192.168.10.5): rm /var/lib/weave/weave-netdata.db" in work
    assert not [*pod_network_blocks(list_foretold(engine.foresee()), plan)]
