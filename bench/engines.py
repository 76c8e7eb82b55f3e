"""Times previews on the Pulumi CLI and on the built-in engine, on copies of the project."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.timing import Task, compare, compiling_environment, python_task, wall_seconds

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


def write_project(folder: Path, name: str, program: Path, config: dict[str, str]) -> None:
    """A project of one program; `bench.json` tells the built-in engine what the stack file says."""
    venv = Path(sys.executable).parent.parent
    (folder / "Pulumi.yaml").write_text(PROJECT.format(name=name, venv=venv))
    (folder / "__main__.py").write_text(program.read_text())
    (folder / f"Pulumi.{name}.yaml").write_text(json.dumps({"config": config}))
    (folder / "bench.json").write_text(
        json.dumps({"project": name, "stack": name, "config": config})
    )


def compare_engines(root: Path, count: int, runs: int) -> float:
    """Built-in engine's preview / the CLI's, for the same program with that many resources."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "project")
        folder.mkdir()
        write_project(folder, "bench", root / "bench/resources.py", {"bench:count": str(count)})
        ours = python_task(str(folder), str(root / "bench/builtin.py"), str(folder))
        theirs = cli_task(folder, "bench", Path(scratch, "state"))
        return compare(ours, theirs, wall_seconds, runs)


def copy_project(root: Path, target: Path) -> None:
    """The committed files of the project, so that nothing is written into it."""
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=root, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    (target / ".venv").symlink_to(Path(sys.executable).parent.parent)


def compare_program(root: Path, runs: int) -> float:
    """Preview of prod on the CLI / a bare program that registers the same resources on it."""
    from cli.program import program_of
    from cli.stack import compute_whole

    with tempfile.TemporaryDirectory() as scratch:
        whole, bare = Path(scratch, "whole"), Path(scratch, "bare")
        copy_project(root, whole)
        bare.mkdir()
        config = dict(program_of(compute_whole("prod")).config)
        record = {"project": "la1r", "stack": "prod", "config": config}
        (whole / "bench.json").write_text(json.dumps(record))
        write_project(bare, "bare", root / "bench/replay.py", {})
        command = [sys.executable, str(root / "bench/builtin.py"), str(whole)]
        subprocess.run([*command, str(bare / "resources.json")], check=True, capture_output=True)
        ours = cli_task(whole, "prod", Path(scratch, "state-whole"))
        theirs = cli_task(bare, "bare", Path(scratch, "state-bare"))
        return compare(ours, theirs, wall_seconds, runs)
