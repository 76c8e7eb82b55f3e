"""State files are read and written as the CLI does, and damaged ones are refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.checkpoint import Reader, Writer, export_text, sealed_text
from engine.deployment import read_deployment, write_deployment
from engine.problems import StateError
from engine.statelock import lock_path, locked
from engine.values import UNKNOWN, Reference, Secret, Value
from tests.engine.deployed import provider_state

EXPORT = Path(__file__).parent / "states" / "export.json"


def export() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(EXPORT.read_text())
    return document


def test_an_export_that_is_read_and_written_again_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")
    deployment = read_deployment(EXPORT)

    write_deployment(deployment, tmp_path / "again.json")

    assert (tmp_path / "again.json").read_bytes() == EXPORT.read_bytes()
    assert deployment.locked_secrets == 0


def test_an_export_stays_the_same_without_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    deployment = read_deployment(EXPORT)

    write_deployment(deployment, tmp_path / "again.json")

    assert (tmp_path / "again.json").read_bytes() == EXPORT.read_bytes()
    assert deployment.locked_secrets > 0


def _break(document: dict[str, Any], how: str) -> None:
    resources = document["deployment"]["resources"]
    if how == "version":
        document["version"] = 5
    elif how == "feature":
        document["features"] = ["taint"]
    elif how == "no-deployment":
        del document["deployment"]
    elif how == "cycle":
        resources[1]["dependencies"] = [resources[-1]["urn"]]
    elif how == "missing":
        resources[1]["dependencies"] = ["urn:pulumi:dev::p::a:b:C::gone"]
    elif how == "no-urn":
        del resources[1]["urn"]
    elif how == "signature":
        resources[1]["inputs"] = {}
        resources[1]["inputs"]["x"] = {"4dabf18193072939515e22adb298388d": "new"}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        pytest.param("version", "format version 5; 3 is", id="another-format"),
        pytest.param("feature", "features that are not supported: taint", id="another-feature"),
        pytest.param("no-deployment", "no export of a stack", id="no-deployment"),
        pytest.param("cycle", "out of order or cyclic", id="cyclic-dependency"),
        pytest.param("missing", "which is missing", id="missing-dependency"),
        pytest.param("no-urn", "lacks urn", id="no-urn"),
        pytest.param("signature", "of an unknown kind", id="unknown-value"),
    ],
)
def test_a_state_that_cannot_be_used_is_refused(how: str, told: str, tmp_path: Path) -> None:
    document = export()
    _break(document, how)
    (tmp_path / "state.json").write_text(json.dumps(document))

    with pytest.raises(StateError, match=told):
        read_deployment(tmp_path / "state.json")


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    with pytest.raises(StateError, match="is no JSON"):
        read_deployment(tmp_path / "state.json")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be read"):
        read_deployment(tmp_path / "state.json")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("old")
    (resource, *_) = read_deployment(EXPORT).resources
    broken = object.__new__(type(read_deployment(EXPORT)))
    for name, value in {
        "resources": (resource,),
        "document": {"deployment": {"x": object()}},
        "crypter": None,
        "locked_secrets": 0,
    }.items():
        object.__setattr__(broken, name, value)

    with pytest.raises(TypeError):
        write_deployment(broken, state)

    assert state.read_text() == "old"
    assert list(tmp_path.iterdir()) == [state]


def test_a_state_has_one_run_at_a_time(tmp_path: Path) -> None:
    state = tmp_path / "state.json"

    with (
        locked(state),
        pytest.raises(StateError, match="is being changed by the process"),
        locked(state),
    ):
        pass

    with locked(state):
        assert f'"pid": {os.getpid()}' in lock_path(state).read_text()


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    program = (
        "import os, sys, pathlib; from engine.statelock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )

    killed = subprocess.run([sys.executable, "-c", program, str(state)], check=False)

    assert killed.returncode == -signal.SIGKILL
    with locked(state):
        pass


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(),
    st.just(UNKNOWN),
    st.builds(Reference, urn=st.text(), id=st.text(), version=st.text()),
)


def _values(leaves: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner), st.dictionaries(st.text(), inner), st.builds(Secret, inner)
        ),
        max_leaves=8,
    )


@given(_values(_LEAVES))
def test_any_value_survives_being_written_and_read(value: Value) -> None:
    _, crypter = provider_state()

    written = export_text(Writer(crypter).value(value), 4)

    assert Reader(crypter).value(json.loads(written)) == value


@pytest.mark.parametrize(
    ("item", "text"),
    [
        pytest.param("<a> & b", r'"\u003ca\u003e \u0026 b"', id="marks-of-html"),
        pytest.param("ü", '"ü"', id="other-letters-stay"),
        pytest.param(1.0, "1", id="whole-numbers"),
        pytest.param(1.5, "1.5", id="broken-numbers"),
    ],
)
def test_a_secret_is_sealed_as_the_cli_writes_it(item: str | float, text: str) -> None:
    assert sealed_text(item) == text
