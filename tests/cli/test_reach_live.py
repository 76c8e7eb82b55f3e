"""`la1r reach --live` against a real API server: read as it is, named, and left as it was."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.main import main
from engine.cluster.access import Access
from engine.cluster.objects import Manager, Objects
from engine.values import Properties
from render.manifest import NAMESPACE, NETWORK_POLICY, Manifest
from tests.reach.evaluated import manifests_of

HAND = Manager("somebody")
SPACE: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cloud"}}


def run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    return code if isinstance(code, int) else 0


def body(manifest: Manifest) -> Properties:
    found: Properties = json.loads(json.dumps(manifest.body))
    return found


@pytest.fixture
def objects(kubeconfig: str, tmp_path: Path) -> Iterator[Objects]:
    """The dev stack's namespace with its policies; gone again afterwards."""
    (tmp_path / "config").write_text(kubeconfig, encoding="utf-8")
    found = Access(kubeconfig).objects()
    for kind in (NAMESPACE, NETWORK_POLICY):
        for each in manifests_of("dev"):
            if each.type == kind:
                found.apply(body(each), HAND)
    yield found
    found.delete(SPACE, "Foreground")
    deadline = time.monotonic() + 60
    # The next test makes it anew, which is refused while the old one goes.
    while found.read(SPACE) is not None and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.mark.slow
def test_a_cluster_is_compared_with_its_description(
    objects: Objects, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = ["reach", "--stack", "dev", "--live", "--kubeconfig", str(tmp_path / "config")]

    as_declared = run(question), capsys.readouterr().out
    objects.apply(by_hand(), HAND)
    otherwise = run([*question, "--json"]), json.loads(capsys.readouterr().out)

    assert as_declared[0] == Exit.FINE, as_declared[1]
    assert "decide as declared" in as_declared[1]
    assert otherwise[0] == Exit.DRIFT
    assert otherwise[1]["foreign"] == ["cloud/by-hand"]
    assert [each["code"] for each in otherwise[1]["problems"]] == ["E-NPC-03"]


def by_hand() -> Properties:
    rule: Properties = {"ports": [{"port": "http", "protocol": "TCP"}]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "by-hand", "namespace": "cloud"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [rule]},
    }


def test_a_cluster_that_is_off_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    (tmp_path / "config").write_text(json.dumps(nowhere), encoding="utf-8")

    code = run(["reach", "--stack", "dev", "--live", "--kubeconfig", str(tmp_path / "config")])

    assert code == Exit.RUN_FAILED
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--live", "internet", "home.lan"], "leave out FROM", id="live and a pair"),
        pytest.param(["--kubeconfig", "x"], "for --live alone", id="a kubeconfig for nothing"),
        pytest.param(["--live"], "no way to the cluster", id="live and no cluster"),
    ],
)
def test_a_wrong_question_is_told_as_one(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["reach", "--stack", "dev", *arguments])

    assert code == Exit.WRONG_USAGE
    assert words in capsys.readouterr().err
