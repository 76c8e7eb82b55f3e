"""Previews a program on the Pulumi CLI, for comparison."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.program import Program
from tests.engine.deployed import PASSPHRASE

WHY_SKIPPED = "pulumi not on PATH"
needs_cli = pytest.mark.skipif(shutil.which("pulumi") is None, reason=WHY_SKIPPED)


@dataclass(frozen=True)
class CliPreview:
    """What the CLI printed as JSON, and whether it succeeded."""

    digest: Mapping[str, Any]
    ok: bool


def preview_with_cli(program: Program, state: Path | None, home: Path) -> CliPreview:
    """Preview a program in a fresh stack of the CLI, which takes the state over first."""
    environment = _environment(home)
    _write_project(program)
    _pulumi(["stack", "init", program.stack], program, environment)
    if state is not None:
        _pulumi(["stack", "import", "--file", str(state)], program, environment)
    for key, text in program.config.items():
        secret = ["--secret"] if key in program.secret_keys else ["--plaintext"]
        _pulumi(["config", "set", *secret, key, text], program, environment)
    result = _run(["preview", "--json", "--stack", program.stack], program, environment)
    assert result.stdout.strip(), result.stderr
    return CliPreview(json.loads(result.stdout), result.returncode == 0)


def _environment(home: Path) -> dict[str, str]:
    """No kubeconfig, a backend of its own, and this interpreter's packages."""
    backend = home / "backend"
    backend.mkdir(parents=True)
    kept = {key: text for key, text in os.environ.items() if key != "KUBECONFIG"}
    binaries = Path(sys.prefix, "bin")
    return {
        **kept,
        "HOME": str(home),
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": os.environ.get("PULUMI_HOME", str(Path.home() / ".pulumi")),
    }


def _write_project(program: Program) -> None:
    text = f"name: {program.project}\nruntime: python\n"
    (program.folder / "Pulumi.yaml").write_text(text)


def _pulumi(arguments: list[str], program: Program, environment: dict[str, str]) -> None:
    result = _run(arguments, program, environment)
    assert result.returncode == 0, result.stderr + result.stdout


def _run(
    arguments: list[str], program: Program, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    pulumi = shutil.which("pulumi")
    assert pulumi is not None
    return subprocess.run(
        [pulumi, "--non-interactive", *arguments],
        cwd=program.folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
