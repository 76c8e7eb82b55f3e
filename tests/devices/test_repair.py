"""`la1r up` after somebody changed a device: what an engine does not see is read and put back."""

import pytest

from tests.devices.small_site import Operator
from tests.engine.cli_engine import needs_cli

pytestmark = [pytest.mark.slow, pytest.mark.root]

RULE = ("nft", "insert", "rule", "inet", "la1r", "filter_input", "tcp", "dport", "23", "accept")


@pytest.mark.parametrize(
    "engine",
    ["built-in", pytest.param("pulumi", marks=[pytest.mark.cli_engine, needs_cli])],
)
def test_drift_is_told_before_the_question_and_put_back_by_the_same_guarded_change(
    operator: Operator, engine: str
) -> None:
    if engine == "pulumi":
        made = operator.run("pulumi", "stack", "init", "small")
        assert made.returncode == 0, made.stderr
    deploy = ("up", "--engine", engine)
    first, idle = (operator.la1r(*deploy, "--yes") for _ in range(2))
    assert (first.returncode, idle.returncode) == (0, 0), first.stdout + first.stderr
    router = operator.deployer.router
    router.run(*RULE)
    router.run("sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward")
    drifted = operator.drift()
    expected = operator.la1r(*deploy, "--expect-no-changes")
    still = operator.drift()
    repaired = operator.la1r(*deploy, "--yes")
    fine = operator.drift()

    assert idle.stdout.endswith("Nothing to do: everything is deployed as described.\n")
    assert (drifted.returncode, expected.returncode, still.returncode) == (3, 4, 3)
    line = "home/router  will be put back: packet rules, kernel settings"
    assert line in expected.stdout
    assert line in repaired.stdout
    assert "home/router  put back: changed, and confirmed over a new connection" in repaired.stdout
    assert (repaired.returncode, fine.returncode) == (0, 0), repaired.stderr + fine.stdout


def test_a_device_that_was_set_back_to_another_generation_gets_the_described_one_again(
    operator: Operator,
) -> None:
    first = operator.la1r("up", "--engine", "built-in", "--yes")
    router = operator.deployer.router
    router.run("sh", "-c", "cd /etc/la1r && rm -r confirmed current gen")
    router.reboot()

    behind = operator.drift()
    healed = operator.la1r("up", "--engine", "built-in", "--yes")
    fine = operator.drift()

    assert first.returncode == 0, first.stderr
    assert "home/router: not deployed yet: " in behind.stdout
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert (behind.returncode, fine.returncode) == (3, 0), fine.stdout


def test_what_cannot_be_put_back_is_said_and_fails_the_run(operator: Operator) -> None:
    operator.la1r("up", "--engine", "built-in", "--yes")
    router = operator.deployer.router
    router.run("nft", "add", "table", "inet", "other")
    strict = "{ type filter hook forward priority 5; policy drop; }"
    router.run("nft", "add", "chain", "inet", "other", "strict", strict)

    done = operator.la1r("up", "--engine", "built-in", "--yes")

    assert done.returncode == 1
    assert "The table inet other, whose chain strict drops by default, would drop" in done.stdout
    assert "home/router  not put back: the table inet other" in done.stdout
