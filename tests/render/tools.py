"""Runs the programs that read router text, each in a network namespace that ends with it."""

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

MARKS = {
    tool: [
        pytest.mark.slow,
        pytest.mark.root,
        pytest.mark.skipif(which(tool) is None, reason=f"{tool} not installed"),
        pytest.mark.skipif(os.geteuid() != 0, reason=f"{tool} needs root"),
    ]
    for tool in ("nft", "dnsmasq", "wg")
}


def run_apart(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a folder and in a network namespace of its own."""
    return subprocess.run(
        ["unshare", "--net", "sh", "-euc", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "WG_ENDPOINT_RESOLUTION_RETRIES": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def print_apart(script: str, folder: Path) -> str:
    """Run a shell script that must succeed, and give what it printed."""
    run = run_apart(script, folder)
    assert run.returncode == 0, run.stderr
    return run.stdout
