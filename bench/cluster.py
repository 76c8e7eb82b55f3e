"""Times how long the cluster of prod takes from `up` until the last object is ready, side by side.

Each measurement has an API server of its own, so all begin with nothing.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.engines import PASSPHRASE, PROJECT, cli_environment, cli_task
from bench.table import Row, limit, row
from bench.timing import Task, finish, python_task
from config.load import load_stack
from lab.apiserver.custom_kinds import find_definitions, install_definitions
from lab.apiserver.programs import find_programs
from lab.apiserver.server import run_api_server
from lab.errors import LabError
from plan.build import build_plan
from render.kubernetes import render_manifests

RUNS = 3
# The same steps by the same program; the CLI starts plugins and asks for a schema first.
CLI_GOAL = 0.7
NAME = "prod's cluster applied"

Prepare = Callable[[Path], Task]


def cluster_rows(root: Path) -> list[Row]:
    """Measure, or say what is missing."""
    try:
        find_programs()
    except LabError as error:
        return [limit(NAME, None, "s", None, str(error))]
    ours = _measure(root, lambda folder: _our_task(root, folder))
    rows = [limit(NAME, ours, "s", None, "an API server, from `up` to the last object ready")]
    kubectl = _measure(root, _kubectl_task) if shutil.which("kubectl") else None
    cli = _measure(root, _cli_task) if shutil.which("pulumi") else None
    beside = "kubectl apply --server-side, same objects"
    rows.append(row(NAME, None if kubectl is None else ours / kubectl, None, beside))
    goal = row(NAME, None if cli is None else ours / cli, CLI_GOAL, "pulumi up, same program")
    return [*rows, goal]


def _measure(root: Path, prepare: Prepare) -> float:
    """Seconds on the clock, median of some runs."""
    return median(_measure_once(root, prepare) for _ in range(RUNS))


def _measure_once(root: Path, prepare: Prepare) -> float:
    with (
        run_api_server(find_programs()) as server,
        tempfile.TemporaryDirectory() as scratch,
    ):
        install_definitions(server.caller, find_definitions())
        folder = Path(scratch)
        (folder / "kubeconfig").write_text(server.kubeconfig())
        shutil.copy(root / "Pulumi.prod.yaml", folder / "described.yaml")
        shutil.copy(root / "bench" / "cluster_program.py", folder / "__main__.py")
        task = prepare(folder)
        begin = time.perf_counter()
        finish(task)
        return time.perf_counter() - begin


def _our_task(root: Path, folder: Path) -> Task:
    task = python_task(str(root), "-m", "bench.cluster_up", str(folder))
    return Task(
        task.command, str(root), {**task.environment, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    )


def _kubectl_task(folder: Path) -> Task:
    """All objects in one file, in an order in which each finds what it needs."""
    manifests = render_manifests(build_plan(load_stack(folder / "described.yaml").network))
    items = [manifest.body for manifest in manifests]
    listed = {"apiVersion": "v1", "kind": "List", "items": items}
    (folder / "objects.json").write_text(json.dumps(listed))
    words = ["kubectl", "--kubeconfig", "kubeconfig", "apply", "--server-side"]
    return Task([*words, "--filename", "objects.json"], str(folder), cli_environment(folder / "s"))


def _cli_task(folder: Path) -> Task:
    venv = Path(sys.executable).parent.parent
    (folder / "Pulumi.yaml").write_text(PROJECT.format(name="bench", venv=venv))
    preview = cli_task(folder, "bench", folder / "state")
    up = ("pulumi", "up", "--yes", "--skip-preview", "--stack", "bench", "--non-interactive")
    return Task(up, preview.folder, preview.environment)
