"""Runs the programs that read router text, each in a network namespace that ends with it."""

import os
import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

from plan.ruleset import Ruleset
from tests.render.nft_json import read_ruleset

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


def list_loaded(text: str, folder: Path) -> Ruleset:
    """Load a packet filter file in a namespace of its own, and read back what the kernel holds."""
    (folder / "nftables.nft").write_text(text)
    script = "nft -c -f nftables.nft; nft -f nftables.nft; nft -j list ruleset"
    return read_ruleset(print_apart(script, folder))


def complain_about(wireguard: str, folder: Path) -> str:
    """Let wg(8) read a configuration whose keys are joined; give its complaint.

    The interface is not there, so wg(8) always complains, but only after it has read everything.
    """
    # No name can be looked up in a namespace of its own.
    text = re.sub(r"(?<=Endpoint = )[^:]+", "198.51.100.7", wireguard)
    (folder / "wg.conf").write_text(text)
    return run_apart("wg setconf absent wg.conf", folder).stderr


def print_apart(script: str, folder: Path) -> str:
    """Run a shell script that must succeed, and give what it printed."""
    run = run_apart(script, folder)
    assert run.returncode == 0, run.stderr
    return run.stdout
