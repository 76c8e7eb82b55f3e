"""The nightly script with devices that do not answer, and what it says of them."""

from pathlib import Path
from shutil import copytree
from socket import socket

import pytest

from tests.cli.test_scripts import DRIFT, run_script
from tests.source_tree import REPOSITORY

pytestmark = pytest.mark.slow


def test_devices_that_do_not_answer_stand_in_the_report(checkout: Path) -> None:
    copytree(REPOSITORY / "devices", checkout / "devices")
    path = checkout / "Pulumi.dev.yaml"
    with socket() as deaf:  # bound, so that nobody else answers there
        deaf.bind(("127.0.0.1", 0))
        dialled = f"manage: {{host: localhost, port: {deaf.getsockname()[1]}, host_key"
        path.write_text(path.read_text().replace("manage: {host_key", dialled))
        code, told = run_script(checkout, "drift", "out/drift", STACK="dev", DOCS="docs/drift.md")

    report = (checkout / "out" / "drift" / "dev.md").read_text()
    assert code == 1, told
    assert report.startswith(f"{DRIFT.format(1)}`dev` was not read.")
    assert "    home/gateway: not read\n      It cannot be reached: " in report
    assert "    In short: 3 devices: 3 not read.\n" in report
