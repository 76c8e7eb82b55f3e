"""Where systemd starts la1r, a stripped device has none of its units left, and its timers undo."""

import pytest

from tests.devices.deployer import Deployer
from tests.devices.small_site import Operator
from tests.devices.texts import TRAP, bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

# No systemd runs in a lab. These do what the helper asks of one, and write down what that was.
SYSTEMD_RUN = """\
#!/bin/sh
echo "systemd-run $*" >>/asked
for word; do
    case $word in
    --unit=*) unit=${word#*=} ;;
    --on-active=*) seconds=${word#*=} ;;
    --*) ;;
    *) break ;;
    esac
    shift
done
mkdir -p /run/timers
setsid sh -c 'sleep "$1"; rm -f "$2"; shift 2; exec "$@"' timer \
    "$seconds" "/run/timers/$unit.timer" "$@" </dev/null >/dev/null 2>&1 &
echo $! >"/run/timers/$unit.timer"
"""
SYSTEMCTL = """\
#!/bin/sh
case $1 in
cat | is-active) exit 1 ;; # there is no other service
esac
echo "systemctl $*" >>/asked
case $1 in
stop) [ ! -e "/run/timers/$2" ] || { kill -- "-$(cat "/run/timers/$2")"; rm "/run/timers/$2"; } ;;
esac
exit 0
"""
UNITS = ("la1r-early.service", "la1r-resolve.service", "la1r-resolve.timer", "la1r.service")


def give_systemd(deployer: Deployer) -> None:
    """Have the device believe that systemd runs on it."""
    deployer.router.write("/usr/local/sbin/systemd-run", SYSTEMD_RUN, 0o755)
    deployer.router.write("/usr/local/sbin/systemctl", SYSTEMCTL, 0o755)
    deployer.router.run("mkdir", "-p", "/run/systemd/system", "/etc/systemd/system")


def list_ours(deployer: Deployer) -> list[str]:
    """Names of files and links of ours by which something starts at boot."""
    find = ("find", "/etc/systemd/system", "/etc/init.d", "/etc/rcS.d", "/etc/rc2.d")
    return sorted(deployer.router.run(*find, "-name", "*la1r*", "-printf", "%f\n").split())


def test_a_stripped_device_has_no_unit_left_and_can_be_deployed_again(operator: Operator) -> None:
    give_systemd(operator.deployer)
    bare = operator.deployer.state()
    operator.up()
    deployed, units = operator.deployer.state(), list_ours(operator.deployer)

    done = operator.la1r("strip", "home/router", "--yes")
    stripped, left = operator.deployer.state(), list_ours(operator.deployer)
    asked = operator.deployer.router.run("cat", "/asked").splitlines()
    operator.up()

    assert done.returncode == 0, done.stderr
    assert (tuple(units), left) == (UNITS, [])
    assert stripped == bare != deployed
    assert asked[-2:] == [
        "systemctl --quiet disable --now la1r-resolve.timer la1r.service la1r-early.service",
        "systemctl daemon-reload",
    ]
    assert operator.deployer.state() == deployed
    assert tuple(list_ours(operator.deployer)) == UNITS


def test_a_strip_that_locks_the_operator_out_is_undone_by_a_timer_of_systemd(
    deployer: Deployer,
) -> None:
    give_systemd(deployer)
    assert deployer.apply(bundle()).returncode == 0
    before = deployer.state()
    start = "cat >/trap; setsid sh /trap </dev/null >/dev/null 2>&1 &"
    deployer.router.run("sh", "-c", start, text=TRAP)

    done = deployer.apply("", "--strip")
    timers = deployer.router.run("ls", "/run/timers")

    assert done.returncode == 1, done.stderr
    assert "so the device undid the change by itself" in done.stderr
    assert deployer.state() == before
    assert tuple(list_ours(deployer)) == UNITS
    assert timers == ""
