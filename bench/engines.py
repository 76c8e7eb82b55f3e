"""Times previews on the Pulumi CLI and on the built-in engine, on copies of the project."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.timing import (
    Spent,
    Task,
    compare,
    compare_both,
    compiling_environment,
    finish,
    python_task,
    wall_seconds,
)

PROJECT = "name: {name}\nruntime: {{name: python, options: {{virtualenv: {venv}}}}}\n"
# The passphrase guards nothing: every state here is empty and thrown away.
PASSPHRASE = "benchmark"  # noqa: S105 - it opens nothing that is kept


def cli_environment(state: Path) -> dict[str, str]:
    """The environment of a CLI with a state of its own and no way to a cluster."""
    state.mkdir(exist_ok=True)
    return {
        **compiling_environment(),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "KUBECONFIG": "",
    }


def cli_task(folder: Path, stack: str, state: Path) -> Task:
    """`pulumi preview` of a stack that is made for the purpose."""
    environment = cli_environment(state)
    command = ["pulumi", "stack", "init", stack, "--non-interactive"]
    subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, timeout=120
    )
    preview = ("pulumi", "preview", "--stack", stack, "--non-interactive")
    return Task(preview, str(folder), environment)


def write_project(folder: Path, program: Path, record: Mapping[str, object]) -> None:
    """A project of one program; `bench.json` tells the built-in engine what the stack file says."""
    folder.mkdir()
    venv = Path(sys.executable).parent.parent
    (folder / "Pulumi.yaml").write_text(PROJECT.format(name=record["project"], venv=venv))
    (folder / "__main__.py").write_text(program.read_text())
    stack_file = folder / f"Pulumi.{record['stack']}.yaml"
    stack_file.write_text(json.dumps({"config": record["config"]}))
    (folder / "bench.json").write_text(json.dumps(record))


def compare_engines(root: Path, count: int, runs: int) -> float:
    """Built-in engine's preview / the CLI's, for the same program with that many resources."""
    config = {"bench:count": str(count)}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "project")
        record = {"project": "bench", "stack": "bench", "config": config}
        write_project(folder, root / "bench/resources.py", record)
        ours = python_task(str(folder), str(root / "bench/builtin.py"), str(folder))
        theirs = cli_task(folder, "bench", Path(scratch, "state"))
        return compare(ours, theirs, wall_seconds, runs)


def copy_project(root: Path, target: Path) -> None:
    """The committed files of the project, so that nothing is written into it."""
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=root, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    (target / ".venv").symlink_to(Path(sys.executable).parent.parent)


def compare_program(root: Path, runs: int) -> Spent:
    """Preview of prod on the CLI / a bare program that registers the same resources on it."""
    from cli.program import program_of
    from cli.stack import compute_whole

    with tempfile.TemporaryDirectory() as scratch:
        whole, bare = Path(scratch, "whole"), Path(scratch, "bare")
        copy_project(root, whole)
        record = {"project": "la1r", "stack": "prod", "config": {}}
        write_project(bare, root / "bench/replay.py", record)
        config = dict(program_of(compute_whole("prod")).config)
        (whole / "bench.json").write_text(json.dumps({**record, "config": config}))
        make_alike(root, whole, bare)
        ours = cli_task(whole, "prod", Path(scratch, "state-whole"))
        theirs = cli_task(bare, "prod", Path(scratch, "state-bare"))
        return compare_both(ours, theirs, runs)


def make_alike(root: Path, whole: Path, bare: Path) -> None:
    """Give the bare program what the whole one registers; it has to register just that."""
    given, registered = bare / "resources.json", bare / "registered.json"
    for folder, record in ((whole, given), (bare, registered)):
        finish(python_task(str(root), str(root / "bench/builtin.py"), str(folder), str(record)))
    if sort_resources(given) != sort_resources(registered):
        raise SystemExit("the bare program registers something else than the whole one")


def sort_resources(record: Path) -> list[object]:
    """What was registered, whatever came first."""
    content = json.loads(record.read_text())
    return [sorted(content["resources"], key=lambda each: str(each["urn"])), content["outputs"]]
