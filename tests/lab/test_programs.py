"""Where the programs of an API server come from, and what is said where there are none."""

import re
import shutil
from pathlib import Path

import pytest

from lab.apiserver import programs
from lab.apiserver.programs import (
    ETCD,
    KUBERNETES,
    PROGRAMS,
    build_programs,
    cache_folder,
    find_programs,
    read_versions,
)
from lab.errors import LabError, LabUnavailableError


def install(folder: Path, *names: str) -> dict[str, str]:
    """A folder with these programs in it, as the environment that names it."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return {"KUBEBUILDER_ASSETS": str(folder)}


def test_programs_that_were_named_are_taken(tmp_path: Path) -> None:
    environment = install(tmp_path, *PROGRAMS)

    assert find_programs(environment).path("etcd") == str(tmp_path / "etcd")


def test_a_folder_without_a_controller_manager_is_refused_and_says_so(tmp_path: Path) -> None:
    environment = install(tmp_path, "etcd", "kube-apiserver")

    with pytest.raises(LabUnavailableError, match="which has no kube-controller-manager"):
        find_programs(environment)


def test_programs_that_were_never_built_are_said_to_be_buildable(tmp_path: Path) -> None:
    with pytest.raises(LabUnavailableError, match="make tools"):
        find_programs({"XDG_CACHE_HOME": str(tmp_path)})


def test_built_programs_are_kept_by_their_release(tmp_path: Path) -> None:
    folder = cache_folder({"XDG_CACHE_HOME": str(tmp_path)})

    assert folder.is_relative_to(tmp_path / "la1r")
    assert folder.name.startswith(read_versions()[KUBERNETES])


def test_all_parts_of_kubernetes_are_of_one_release() -> None:
    text = (programs.MODULE / "go.mod").read_text()
    parts = set(re.findall(r"^\tk8s\.io/\S+ => k8s\.io/\S+ v0\.(\S+)$", text, re.MULTILINE))

    assert parts == {read_versions()[KUBERNETES].removeprefix("1.")}
    assert ETCD in read_versions()


def test_without_go_the_build_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LabUnavailableError, match="no Go"):
        build_programs()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        pytest.param("echo no module >&2; exit 1", "no module", id="failing"),
        pytest.param("exec sleep 60", "took too long", id="endless"),
    ],
)
@pytest.mark.slow
def test_a_build_that_comes_to_nothing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(f"#!/bin/sh\n{script}\n")
    go.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{go.parent}:{Path(shutil.which('nice') or '').parent}")

    with pytest.raises(LabError, match=said):
        build_programs(seconds=1)

    assert [path.suffix for path in cache_folder().parent.iterdir()] == [".lock"]
