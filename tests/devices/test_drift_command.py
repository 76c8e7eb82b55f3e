"""`la1r drift` where an operator runs it: against a machine, over SSH, from the same segment."""

import json
import os
from pathlib import Path
from shutil import which

import pytest

from tests.devices.small_site import STRANGER, Operator

pytestmark = [pytest.mark.slow, pytest.mark.root]

OTHER_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFsTmJ4ZIHvMi0hG4YX8Ou1pHQ8AsOUJdlKuQPWxBnnU"


def test_drift_is_seen_from_before_the_first_deployment_to_after_the_repair(
    operator: Operator,
) -> None:
    bare = operator.drift()
    operator.up()
    fine = operator.drift()
    router = operator.deployer.router
    router.run(
        "nft", "insert", "rule", "inet", "la1r", "filter_input", "tcp", "dport", "23", "accept"
    )
    router.run("sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward")
    before = operator.deployer.state()
    drifted, record = operator.drift(), json.loads(operator.drift("--json").stdout)
    after = operator.deployer.state()
    operator.up()
    repaired = operator.drift()

    assert (bare.returncode, fine.returncode) == (3, 0), fine.stdout + fine.stderr
    assert "home/router: not deployed yet: " in bare.stdout
    assert fine.stdout == "home/router: as declared\nIn short: 1 device: 1 as declared.\n"
    assert drifted.returncode == 3
    assert "home/router: changed on the device: packet rules, kernel settings" in drifted.stdout
    assert "  +        tcp dport 23 accept" in drifted.stdout.splitlines()
    assert "  -net.ipv4.ip_forward = 1" in drifted.stdout.splitlines()
    assert [each["what"] for each in record["devices"][0]["changed"]] == [
        "packet rules",
        "kernel settings",
    ]
    assert before == after
    assert (repaired.returncode, repaired.stdout) == (0, fine.stdout)


def test_a_device_that_is_not_read_is_named_with_what_that_means(operator: Operator) -> None:
    operator.describe(OTHER_HOST_KEY)
    done = operator.drift()
    record = json.loads(operator.drift("--json").stdout)

    assert done.returncode == 1
    assert "home/router: not read\n  It answers with another host key" in done.stdout
    assert "Whether it drifted is not known, and nothing can be deployed to it." in done.stdout
    assert done.stdout.endswith("In short: 1 device: 1 not read.\n")
    assert [each["device"] for each in record["unread"]] == ["home/router"]


def test_a_device_is_read_over_one_connection(operator: Operator, tmp_path: Path) -> None:
    operator.up()
    counted, log = tmp_path / "counted", tmp_path / "log"
    counted.mkdir()
    (counted / "ssh").write_text(f'#!/bin/sh\necho >>{log}\nexec {which("ssh")} "$@"\n')
    (counted / "ssh").chmod(0o755)

    done = operator.drift(PATH=f"{counted}:{os.environ['PATH']}")

    assert done.returncode == 0, done.stderr
    assert log.read_text().count("\n") == 1


def test_a_live_dashboard_shows_what_was_read_and_lists_what_nobody_declared(
    operator: Operator,
) -> None:
    operator.up()
    lab = operator.deployer.lab
    lab["inner"].ask_for_address("lan0")
    stranger = ("peer", STRANGER, "allowed-ips", "10.8.2.66/32")
    lab["router"].run("wg", "set", "wg-family", *stranger)

    done = operator.la1r("dashboard", "--live", "--once", "--no-browser")

    folder = operator.project / "out" / "small"
    text = (folder / "live.js").read_text("utf-8")
    facts = json.loads(text.removeprefix("window.la1rLive = ").removesuffix(";\n"))
    (lease,) = facts["leases"]
    (peer,) = facts["peers"]
    assert done.stdout == f"{folder / 'live.html'}\n", done.stderr
    assert [(one["name"], one["state"]) for one in facts["devices"]] == [("home/router", "drifted")]
    assert (lease["device"], lease["host"]) == ("home/router", "")
    assert lease["mac"] == lab.topology["inner"].mac_of("lan0")
    assert (peer["client"], peer["handshake"]) == ("laptop", 0)
    assert facts["undeclared"] == [
        {"device": "home/router", "what": f"a peer of wg-family with the public key {STRANGER}"}
    ]
