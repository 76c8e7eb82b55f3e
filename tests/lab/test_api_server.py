"""The lab's API server is a real one, and gone without a trace when its maker is."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.apiserver.calls import CallError
from lab.apiserver.programs import PROGRAMS, Programs
from lab.apiserver.server import PREFIX, ApiServer, StartError, run_api_server, sweep
from lab.apiserver.stand_ins import add_node, run_stand_ins
from tests.source_tree import REPOSITORY

pytestmark = pytest.mark.slow

WAIT_SECONDS = 120
DAEMON = "/apis/apps/v1/namespaces/default/daemonsets"


def expect(look: Callable[[], bool]) -> None:
    """Wait until something is so; a test that waits in vain fails here."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not look():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def is_gone(server: ApiServer, path: str) -> bool:
    try:
        server.caller.get(path)
    except CallError as error:
        return error.code == 404
    return False


def make_namespace(server: ApiServer, name: str, **labels: str) -> str:
    """A new namespace with its service account, as path."""
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    server.caller.create("/api/v1/namespaces", body)
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    expect(lambda: not is_gone(server, account))
    return f"/api/v1/namespaces/{name}"


def pod(name: str) -> dict[str, Any]:
    container = {"name": "it", "image": "example.net/it:1"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [container]},
    }


def test_a_namespace_gets_its_account_and_goes_with_all_in_it(api_server: ApiServer) -> None:
    path = make_namespace(api_server, "passing")
    api_server.caller.create(f"{path}/pods", pod("it"))
    api_server.caller.delete(path)

    with run_stand_ins(api_server.caller):
        expect(lambda: is_gone(api_server, path))


def test_a_quota_is_counted_and_holds(api_server: ApiServer) -> None:
    path = make_namespace(api_server, "counted")
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "one"}}
    api_server.caller.create(f"{path}/resourcequotas", {**quota, "spec": {"hard": {"pods": "1"}}})
    counted = f"{path}/resourcequotas/one"
    expect(lambda: "used" in api_server.caller.get(counted).get("status", {}))
    api_server.caller.create(f"{path}/pods", pod("first"))

    with pytest.raises(CallError, match="exceeded quota"):
        api_server.caller.create(f"{path}/pods", pod("second"))
    api_server.caller.delete(path)


def test_pod_security_refuses_a_bare_pod(api_server: ApiServer) -> None:
    label = {"pod-security.kubernetes.io/enforce": "restricted"}
    path = make_namespace(api_server, "strict", **label)

    with pytest.raises(CallError, match="violates PodSecurity"):
        api_server.caller.create(f"{path}/pods", pod("bare"))
    api_server.caller.delete(path)


def test_the_real_controller_counts_the_pods_of_stand_ins(api_server: ApiServer) -> None:
    template = {"metadata": {"labels": {"app": "it"}}, "spec": pod("it")["spec"]}
    spec = {"selector": {"matchLabels": {"app": "it"}}, "template": template}
    add_node(api_server.caller, "stand-in-1", "192.0.2.1")
    add_node(api_server.caller, "stand-in-2", "192.0.2.2")
    body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "it"}, "spec": spec}
    api_server.caller.create(DAEMON, body)

    with run_stand_ins(api_server.caller):
        expect(lambda: api_server.caller.get(f"{DAEMON}/it")["status"].get("numberReady") == 2)
        api_server.caller.delete(f"{DAEMON}/it")
        expect(lambda: not api_server.caller.get("/api/v1/namespaces/default/pods")["items"])
    for name in ("stand-in-1", "stand-in-2"):
        api_server.caller.delete(f"/api/v1/nodes/{name}")


def list_folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))


def list_commands_in(folder: Path) -> list[bytes]:
    """Command lines of all processes that name a folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes())
        except OSError:  # it ended meanwhile
            continue
    return [line for line in lines if str(folder).encode() in line]


def start_maker() -> tuple["subprocess.Popen[str]", Path]:
    """A process that runs an API server, and the folder of that server."""
    command = [sys.executable, "-m", "lab.apiserver", "up"]
    maker = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert maker.stdout is not None
    said = ""
    while "The end" not in said:
        line = maker.stdout.readline()
        assert line, said
        said += line
    return maker, Path(said.partition("KUBECONFIG=")[2].split()[0]).parent


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_maker_is_ended(how: signal.Signals) -> None:
    maker, folder = start_maker()
    assert len(list_commands_in(folder)) > 3
    with maker:
        maker.send_signal(how)

    expect(lambda: not folder.exists() and not list_commands_in(folder))


@pytest.mark.usefixtures("programs")
def test_a_killed_keeper_takes_its_programs_along_and_its_folder_is_swept() -> None:
    maker, folder = start_maker()
    with maker:
        keeper = next(
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if b"keeper.py\0" + str(folder).encode() in (process / "cmdline").read_bytes()
        )
        os.kill(keeper, signal.SIGKILL)
        expect(lambda: not list_commands_in(folder))
        swept = sweep()
        maker.send_signal(signal.SIGKILL)

    assert folder in swept
    assert not folder.exists()


def test_a_program_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    before = list_folders()
    for name in PROGRAMS:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} has no store\n")
        program.chmod(0o755)

    with pytest.raises(StartError, match="etcd did not start"), run_api_server(Programs(tmp_path)):
        pass

    assert list_folders() <= before
