"""A change is kept only by a connection that began after it; else all is as it was."""

import os
import subprocess
import time

import pytest

from tests.devices.bench_device import OPERATOR, BenchDevice
from tests.devices.texts import GOOD_RULES, WITH_PING, bundle, name_of, peer, tunnel_bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

FIRST = bundle()
SECOND = bundle(
    WITH_PING, sysctl__conf="net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 2\n"
)
KEY = f"{'A' * 42}E="


def test_a_confirmed_change_is_in_force_and_needs_nothing_more(device: BenchDevice) -> None:
    device.deploy(FIRST)

    assert 'comment "management/home/router"' in device.rules()
    assert device.read("cat", "/proc/sys/net/ipv4/ip_forward") == "1\n"
    assert device.stage(FIRST).stdout == f"current {name_of(FIRST)}\n"


@pytest.mark.parametrize("how", ["undo", "timer"])
def test_a_change_that_nobody_confirms_leaves_no_trace(device: BenchDevice, how: str) -> None:
    device.deploy(FIRST)
    make_key(device)
    device.verb("keys", text=f"@gateway/cabin/gateway {KEY}\n")
    before = device.state()
    text = tunnel_bundle(51820, peer("cabin", "10.8.0.2/32", shared=False))
    assert device.stage(text).returncode == 0

    assert device.activate(text, window=2 if how == "timer" else 60).returncode == 0
    assert device.state() != before
    if how == "timer":
        wait_for(device, "! test -e $LA1R_ROOT/etc/la1r/pending", 4)
    else:
        device.undo()

    assert device.state() == before


def make_key(device: BenchDevice) -> None:
    (device.root / "etc/la1r/keys").chmod(0o700)
    device.run("sh", "-c", "umask 077; wg genkey >$LA1R_ROOT/etc/la1r/keys/wg-mesh.key")


def wait_for(device: BenchDevice, condition: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while device.run("sh", "-c", condition).returncode != 0:
        assert time.monotonic() < deadline, condition
        time.sleep(0.05)


def test_the_first_change_of_a_bare_device_is_undone_to_bare(device: BenchDevice) -> None:
    before = device.state()
    device.stage(SECOND)

    device.activate(SECOND)
    device.undo()

    assert device.state() == before


def test_a_connection_that_is_older_than_the_change_proves_nothing(device: BenchDevice) -> None:
    device.stage(FIRST)
    shell = " ".join(device.shell)
    waits = f"sleep 2; {shell} {device.script} confirm change1; exit $?"
    enter = ["nsenter", "-t", str(device.pid), "-n", "-m", "-p", "--"]
    with subprocess.Popen(
        [*enter, str(device.root / "sshd"), "-c", waits],
        env=dict(device.environment),
        stderr=subprocess.PIPE,
        text=True,
    ) as old:
        device.activate(FIRST)
        said = old.communicate(timeout=20)[1]

    assert old.returncode == 77
    assert "this connection began before the change" in said
    assert (device.root / "etc/la1r/pending").exists()


def test_a_shell_without_ssh_proves_nothing(device: BenchDevice) -> None:
    device.stage(FIRST)
    device.activate(FIRST)

    done = device.verb("confirm", device.last)

    assert "was not started over SSH, so it proves nothing" in done.stderr


def test_a_second_change_is_refused_with_the_holder_of_the_first(device: BenchDevice) -> None:
    device.stage(FIRST)
    device.activate(FIRST)

    for done in (device.stage(SECOND), device.activate(FIRST)):
        assert done.returncode == 75
        assert done.stdout.startswith(f"held change1 {OPERATOR} ")


def test_a_step_that_fails_takes_the_whole_change_back(device: BenchDevice) -> None:
    device.deploy(FIRST)
    before = device.state()
    text = bundle(WITH_PING, routes="198.51.100.0/24 dev nowhere # why\n")
    device.stage(text)

    done = device.activate(text)

    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert done.stderr.endswith("The device is as it was before.\n")
    assert device.state() == before


def test_what_is_not_as_declared_is_not_confirmed(device: BenchDevice) -> None:
    device.deploy(FIRST)
    before = device.state()
    device.stage(SECOND)
    device.activate(SECOND)
    device.run("nft", "flush", "chain", "inet", "la1r", "filter_input")

    done = device.confirm()

    assert "the table inet la1r was changed" in done.stderr
    assert device.state() == before


def test_a_confirmation_whose_answer_was_lost_can_be_asked_for_again(device: BenchDevice) -> None:
    device.deploy(FIRST)

    assert device.confirm().stdout == f"confirmed {name_of(FIRST)}\n"


def test_a_change_that_hangs_is_ended_and_undone_in_time(device: BenchDevice) -> None:
    device.deploy(FIRST)
    before = device.state()
    device.stage(SECOND)
    hanging = device.root / "bin"
    hanging.mkdir()
    (hanging / "ip").write_text(
        '#!/bin/sh\ncase "$*" in *-batch*) sleep 60;; esac\nexec /sbin/ip "$@"\n'
    )
    (hanging / "ip").chmod(0o755)
    device.path = f"{hanging}:{device.path}"
    began = time.monotonic()

    done = device.activate(SECOND, window=2)
    (hanging / "ip").write_text('#!/bin/sh\nexec /sbin/ip "$@"\n')
    wait_for(device, "! test -e $LA1R_ROOT/etc/la1r/pending", 4)

    assert "the change was ended before it was done, and is undone" in done.stderr
    assert time.monotonic() - began < 7
    assert device.state() == before


def test_a_setting_that_leaves_the_description_gets_its_first_value_back(
    device: BenchDevice,
) -> None:
    def filtering() -> str:
        return device.read("cat", "/proc/sys/net/ipv4/conf/all/rp_filter")

    first = filtering()
    device.deploy(SECOND)
    second = filtering()
    device.deploy(FIRST)

    assert (second, filtering()) == ("2\n", first)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("nft add rule inet la1r filter_input counter", id="a rule more"),
        pytest.param("nft delete table inet la1r", id="no rules"),
        pytest.param("echo 0 >/proc/sys/net/ipv4/ip_forward", id="a setting"),
        pytest.param("rm $LA1R_ROOT/etc/la1r/current", id="the link"),
        pytest.param("ip route add 198.51.100.0/24 dev lo proto 108", id="a route"),
    ],
)
def test_what_was_changed_by_hand_is_put_right_by_the_same_text(
    device: BenchDevice, harm: str
) -> None:
    device.deploy(FIRST)
    good = device.state()
    device.read("sh", "-c", harm)

    assert device.stage(FIRST).stdout.startswith("staged")
    device.activate(FIRST)
    device.confirm()

    assert device.state() == good
    assert device.stage(FIRST).stdout.startswith("current")


def test_a_file_that_was_changed_by_hand_is_written_anew(device: BenchDevice) -> None:
    device.deploy(FIRST)
    file = device.root / "etc/la1r/current/nftables.nft"
    file.write_text("by hand\n")

    device.stage(FIRST)

    assert file.read_text() == GOOD_RULES


def test_a_table_of_others_comes_back_when_the_change_is_undone(device: BenchDevice) -> None:
    hook = "type filter hook input priority 5; policy drop; tcp dport 22 accept;"
    other = f"table inet other {{ chain c {{ {hook} }}; }}"
    device.run("nft", "-f", "-", text=other)
    before = device.state()
    device.stage(FIRST, adopt="yes")

    device.activate(FIRST, adopt="yes")
    without = device.rules()
    device.undo()

    assert "table inet other" not in without
    assert device.state() == before


def test_a_route_of_others_comes_back_when_the_change_is_undone(device: BenchDevice) -> None:
    device.run("ip", "route", "add", "198.51.100.0/24", "via", "127.0.0.1", "dev", "lo")
    before = device.state()
    text = bundle(routes="198.51.100.0/24 dev lo # another way\n")
    device.stage(text, adopt="yes")

    device.activate(text, adopt="yes")
    during = device.read("ip", "route")
    device.undo()

    assert during == "198.51.100.0/24 dev lo proto 108 scope link \n"
    assert device.state() == before


def test_what_is_not_there_yet_at_boot_is_tried_again(device: BenchDevice) -> None:
    text = bundle(routes="198.51.100.0/24 via 192.0.2.1 dev lo # another way\n")
    device.run("ip", "address", "add", "192.0.2.9/24", "dev", "lo")
    device.deploy(text)
    restart(device)
    device.run("ip", "address", "delete", "192.0.2.9/24", "dev", "lo")

    failed = device.verb("boot")
    device.run("ip", "address", "add", "192.0.2.9/24", "dev", "lo")
    device.verb("resolve")

    assert failed.stderr.startswith("la1r: ip failed")
    assert device.stage(text).stdout == f"current {name_of(text)}\n"


def test_the_last_generations_are_kept_and_older_ones_go(device: BenchDevice) -> None:
    texts = [bundle(GOOD_RULES, dnsmasq__names=f"# {number}\n") for number in range(7)]
    for age, text in zip(range(len(texts), 0, -1), texts, strict=True):
        device.deploy(text)
        # busybox sorts by whole seconds, and nobody makes seven generations within one.
        made = time.time() - 60 * age
        os.utime(device.root / "etc/la1r/gen" / name_of(text), (made, made))

    kept = {each.name for each in (device.root / "etc/la1r/gen").iterdir()}

    assert kept == {name_of(text) for text in texts[2:]}


def test_after_a_restart_an_unconfirmed_change_never_was(device: BenchDevice) -> None:
    device.deploy(FIRST)
    before = device.state()
    device.stage(SECOND)
    device.activate(SECOND)
    restart(device)

    early = device.verb("before-network")
    rules_alone = device.rules()
    late = device.verb("boot")

    assert (early.returncode, late.returncode, early.stderr + late.stderr) == (0, 0, "")
    assert 'comment "management/home/router"' in rules_alone
    assert device.state() == before
    assert "was restarted before the change was confirmed" in device.confirm().stderr


def restart(device: BenchDevice) -> None:
    """Lose what a restart loses: all of the kernel's, and /run."""
    device.run("sh", "-c", "kill -9 $(cat $LA1R_ROOT/run/la1r/timer $LA1R_ROOT/run/la1r/resolver)")
    device.run(
        "sh",
        "-c",
        "rm -rf $LA1R_ROOT/run/la1r; nft flush ruleset; echo 0 >/proc/sys/net/ipv4/ip_forward",
    )
