"""`la1r strip` where an operator runs it: over SSH, guarded, and with nothing of others touched."""

import pytest

from tests.devices.deployer import Deployer
from tests.devices.small_site import Operator
from tests.devices.texts import TRAP, bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]


def test_a_stripped_device_is_reached_as_before_and_can_be_deployed_again(
    operator: Operator,
) -> None:
    router = operator.deployer.router
    bare = operator.deployer.state()
    operator.up()
    deployed = operator.deployer.state()

    done = operator.la1r("strip", "home/router", "--yes")
    stripped, left = operator.deployer.state(), router.run("find", "/etc/la1r", "-type", "f")
    again = operator.la1r("strip", "home/router", "--yes")
    operator.up()

    assert done.returncode == 0, done.stderr
    assert "home/router: is as it was before la1r; its keys stay" in done.stderr
    assert deployed != bare
    assert stripped == bare
    assert left == "/etc/la1r/keys/wg-family.key\n"
    assert (again.returncode, "has nothing of la1r on it" in again.stderr) == (0, True)
    assert operator.deployer.state() == deployed


def test_destroying_the_stack_leaves_the_device_as_it_is_until_it_is_stripped(
    operator: Operator,
) -> None:
    bare = operator.deployer.state()
    up = operator.la1r("up", "--yes")
    assert up.returncode == 0, up.stdout + up.stderr
    deployed = operator.deployer.state()

    destroyed = operator.la1r("destroy", "--yes")
    kept = operator.deployer.state()
    stripped = operator.la1r("strip", "home/router", "--yes")

    assert destroyed.returncode == 0, destroyed.stderr
    assert kept == deployed != bare
    assert stripped.returncode == 0, stripped.stderr
    assert operator.deployer.state() == bare


def test_a_strip_that_locks_the_operator_out_undoes_itself(deployer: Deployer) -> None:
    assert deployer.apply(bundle()).returncode == 0
    before = deployer.state()
    start = "cat >/trap; setsid sh /trap </dev/null >/dev/null 2>&1 &"
    deployer.router.run("sh", "-c", start, text=TRAP)

    done = deployer.apply("", "--strip")

    assert done.returncode == 1, done.stderr
    assert "the change was not kept" in done.stderr
    assert deployer.state() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(["home/ruter", "--yes"], "did you mean home/router?", id="unknown"),
        pytest.param(["home/router"], "asks before it changes anything", id="nobody can be asked"),
    ],
)
def test_wrong_usage_changes_nothing(arguments: list[str], reason: str, operator: Operator) -> None:
    operator.up()
    before = operator.deployer.state()

    done = operator.la1r("strip", *arguments)

    assert done.returncode == 64
    assert reason in done.stderr
    assert operator.deployer.state() == before
