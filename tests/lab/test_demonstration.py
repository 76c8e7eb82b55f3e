"""The demonstration shows a network that works, a lock-out undone, and leaves nothing."""

import subprocess
import sys

import pytest

from lab.lockout import lock_out
from lab.measuring import PLACES, Cell, table_lines
from render.files import DeviceFile, bundle_text
from tests.source_tree import REPOSITORY

ITSELF = 'iifname "lo" accept comment "the device itself"\n'


@pytest.mark.slow
@pytest.mark.root
def test_the_demonstration_comes_to_its_end(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "lab", "show"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "+  32 created" in shown.stdout
    assert "packets did what was declared, every time." in shown.stdout
    assert "no new connection got in, so the device undid the change by itself." in shown.stdout
    assert shown.stdout.count("Nothing to do: everything is deployed as described.") == 2


def test_files_that_lock_out_are_a_whole_set_under_a_name_of_their_own() -> None:
    files = [
        DeviceFile("addresses", 0o644, ""),
        DeviceFile("nftables.nft", 0o644, f"    {ITSELF}    more\n"),
    ]
    rule = '        tcp dport 22 drop comment "nobody new gets in"\n'
    changed = [files[0], DeviceFile("nftables.nft", 0o644, f"    {ITSELF}{rule}    more\n")]

    assert lock_out(bundle_text(files)) == bundle_text(changed)


def test_a_pair_that_does_not_agree_is_marked() -> None:
    asker, answerer = PLACES[:2]
    open_as_declared = Cell(("22", "icmp"), ("22", "icmp"))
    more_than_declared = Cell((), ("80",))

    lines = list(
        table_lines({(asker, answerer): open_as_declared, (answerer, asker): more_than_declared})
    )

    assert lines[1].split() == [asker.machine, "-", "22", "ping", *"-----"]
    assert lines[2].split() == [answerer.machine, "80", "!!", "-", *"-----"]
