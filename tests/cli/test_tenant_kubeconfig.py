"""`la1r tenant kubeconfig`: what is handed over, what it opens, and what is said instead."""

import base64
import json
from pathlib import Path

import pytest
import yaml

from cli.exits import Exit
from cli.program import open_secrets
from config.load import load_stack
from engine.cluster.access import Access
from engine.cluster.objects import Manager, Objects
from engine.cluster.refusals import RefusalError
from engine.problems import PassphraseError
from engine.values import Properties
from plan.build import build_plan
from render.kubernetes import render_manifests
from tests.cli.conftest import Command, seal
from tests.cluster_under_test import take_away

PASSPHRASE = "correct horse battery"  # noqa: S105  # of files that only tests use


def ask(la1r: Command, *arguments: str) -> int:
    """The verb is a word of its own group."""
    from cli.main import run

    del la1r
    return run(["tenant", "kubeconfig", "--stack", "dev", *arguments])


def test_a_tenant_that_is_not_there_is_told_with_the_nearest(
    la1r: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(la1r, "famly") == Exit.WRONG_USAGE
    assert "Did you mean 'family'?" in capsys.readouterr().err


def test_without_a_way_to_the_cluster_both_ways_out_are_named(
    la1r: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(la1r, "family") == Exit.WRONG_USAGE
    said = capsys.readouterr().err
    assert "PULUMI_CONFIG_PASSPHRASE" in said
    assert "--kubeconfig" in said


def test_secrets_of_the_stack_file_are_opened_with_its_passphrase_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(project, "clusters: []")
    stack = load_stack(project / "Pulumi.dev.yaml")

    assert open_secrets(stack, PASSPHRASE)["la1r:kubeconfig"] == "clusters: []"
    assert open_secrets(stack, None)["la1r:kubeconfig"] == ""
    with pytest.raises(PassphraseError, match="sealed with another one"):
        open_secrets(stack, "another")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    assert open_secrets(stack, None)["la1r:kubeconfig"] == "clusters: []"


def deploy_tenants(project: Path, objects: Objects) -> list[Properties]:
    """Apply the tenants of the stack; gives what was applied."""
    manifests = render_manifests(build_plan(load_stack(project / "Pulumi.dev.yaml").network))
    found = [json.loads(json.dumps(each.body)) for each in manifests if each.tenant]
    return [objects.apply(each, Manager("it")) for each in found]


def listed(namespace: str) -> Properties:
    metadata: Properties = {"name": "none", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


@pytest.mark.slow
def test_the_file_opens_the_tenants_namespaces_and_nothing_else(
    la1r: Command,
    project: Path,
    kubeconfig: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    seal(project, kubeconfig)
    objects = Access(kubeconfig).objects()
    assert ask(la1r, "family") == Exit.RUN_FAILED
    assert "deploy the tenant family first" in capsys.readouterr().err
    deployed = deploy_tenants(project, objects)
    given = project / "family.yaml"

    assert ask(la1r, "family", "--hours", "1", "--out", str(given)) == Exit.FINE

    text = given.read_text()
    told = capsys.readouterr()
    token = yaml.safe_load(text)["users"][0]["user"]["token"]
    opened = Access(text).objects()
    assert opened.read(listed("cloud")) is None
    with pytest.raises(RefusalError, match="cannot get"):
        opened.read(listed("kube-system"))
    assert token not in told.out + told.err
    assert lifetime(token) == 3600
    assert given.stat().st_mode & 0o777 == 0o600
    assert json.loads(kubeconfig)["users"][0]["user"]["client-key-data"] not in text
    assert ask(la1r, "family", "--out", str(given)) == Exit.WRONG_USAGE
    take_away(objects, deployed)


def lifetime(token: str) -> int:
    """Seconds that a token holds."""
    middle = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return int(claims["exp"]) - int(claims["iat"])
