"""Machines of the lab are computers of their own: reached by SSH, rebooted, apart from the host."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest

from lab.commands import Completed, check_command
from lab.errors import BootError, CommandError, MachineDownError
from lab.la1r import describe_la1r
from lab.laboratory import Lab, run_lab
from lab.machine import GIVEN_UP
from lab.topology import Machine, Segment, Topology, plug

pytestmark = [pytest.mark.slow, pytest.mark.root]

# A guard against sudden slowness: seen are 1 second and a tenth of one.
UP_SECONDS = 10
DOWN_SECONDS = 2
HOST_SETTINGS = ("net/ipv4/ip_forward", "net/ipv4/conf/all/rp_filter", "kernel/hostname")


def test_every_managed_machine_is_reached_by_ssh_with_its_own_host_key(la1r: Lab) -> None:
    managed = [name for name in la1r.machines if la1r.management_address(name)]

    with ThreadPoolExecutor(max_workers=8) as threads:
        names = [done.stdout.strip() for done in threads.map(_ask_for_name, repeat(la1r), managed)]

    assert names == managed
    assert len(set(la1r.host_keys.values())) == len(la1r.machines)


def _ask_for_name(lab: Lab, machine: str) -> Completed:
    return lab.ssh(machine, "hostname")


def test_a_wrong_host_key_is_refused(la1r: Lab) -> None:
    # The operator looks for the server where the gateway is.
    refused = la1r.ssh_from("operator", "home-server", "192.168.1.1", "true")

    assert refused.returncode == 255
    assert "HOST IDENTIFICATION HAS CHANGED" in refused.stderr


def test_every_machine_runs_commands_with_or_without_ssh(la1r: Lab) -> None:
    names = [machine.run("hostname").strip() for machine in la1r.machines.values()]

    assert names == list(la1r.machines)


def test_the_attic_is_managed_from_its_own_lan_alone(la1r: Lab) -> None:
    outside = la1r.ssh("attic-gateway", "hostname")
    inside = la1r.ssh_from("attic-pc", "attic-gateway", "192.168.30.1", "hostname")

    assert outside.returncode == 255
    assert "attic-gateway is not on the management segment" in outside.stderr
    assert inside.stdout == "attic-gateway\n"


def test_the_operator_reaches_home_s_gateway_in_its_lan(la1r: Lab) -> None:
    done = la1r.ssh_from("operator", "home-gateway", "192.168.1.1", "hostname")

    assert done.stdout == "home-gateway\n"


def test_a_managed_router_is_bare(la1r: Lab) -> None:
    gateway = la1r["home-gateway"]

    assert gateway.run("nft", "list", "ruleset") == ""
    assert gateway.run("cat", "/proc/sys/net/ipv4/ip_forward") == "0\n"
    assert gateway.run("ls", "/etc/wireguard", "/etc/sysctl.d", "/root").split() == [
        "/etc/sysctl.d:",
        "/etc/wireguard:",
        "/root:",
    ]


def test_external_has_a_firewall_of_its_own_until_it_is_switched_off(la1r: Lab) -> None:
    router = la1r["external-gateway"]
    before = router.run("nft", "list", "tables"), router.run("ufw", "status")
    router.run("ufw", "disable")
    router.reboot()
    after = router.run("nft", "list", "tables"), router.run("ufw", "status")
    router.run("ufw", "enable")

    assert before == ("table ip filter\ntable ip6 filter\n", "Status: active\n")
    assert after == ("", "Status: inactive\n")


def test_a_reboot_keeps_files_and_nothing_else(la1r: Lab) -> None:
    machine = la1r["home-gateway"]
    machine.write("/etc/la1r/kept", "kept")
    machine.run("touch", "/run/lost", "/tmp/lost")  # noqa: S108 - on the machine
    machine.run("nft", "add", "table", "inet", "lost")
    machine.run("ip", "address", "add", "192.0.2.9/32", "dev", "lo")
    machine.run("sysctl", "-q", "net.ipv4.ip_forward=1")
    machine.reboot()

    assert machine.run("cat", "/etc/la1r/kept") == "kept"
    assert machine.run("ls", "/tmp") == ""  # noqa: S108 - on the machine
    assert machine.try_run("ls", "/run/lost").returncode == 2
    assert machine.run("nft", "list", "ruleset") == ""
    assert "192.0.2.9" not in machine.run("ip", "address")
    assert machine.run("cat", "/proc/sys/net/ipv4/ip_forward") == "0\n"
    assert la1r.ssh("home-gateway", "hostname").stdout == "home-gateway\n"


def test_a_boot_runs_init_scripts_and_settings_that_were_installed(la1r: Lab) -> None:
    machine = la1r["home-gateway"]
    machine.write("/etc/sysctl.d/90-example.conf", "net.ipv4.ip_forward = 1\n")
    script = 'echo "$1 $(cat /proc/sys/net/ipv4/ip_forward)" >/run/seen\n'
    machine.write("/etc/init.d/example", f"#!/bin/sh\n{script}", 0o755)
    machine.run("ln", "-s", "../init.d/example", "/etc/rc2.d/S20example")
    machine.reboot()
    seen = machine.run("cat", "/run/seen")
    machine.run("rm", "/etc/rc2.d/S20example", "/etc/sysctl.d/90-example.conf")
    machine.reboot()

    assert seen == "start 1\n"


def test_process_1_reaps_what_nobody_waits_for(la1r: Lab) -> None:
    machine = la1r["home-pc"]
    machine.run("sh", "-c", "(sleep 0.05 >/dev/null 2>&1 &)")
    time.sleep(0.3)

    states = machine.run("ps", "-eo", "stat=").split()
    assert not [state for state in states if state.startswith("Z")]


def test_a_machine_that_is_off_says_so(la1r: Lab) -> None:
    machine = la1r["rogue"]
    machine.stop()

    with pytest.raises(MachineDownError, match="rogue is not running"):
        machine.run("true")

    machine.start()


def test_a_command_that_hangs_is_ended_with_all_it_started(la1r: Lab) -> None:
    machine = la1r["home-pc"]

    with pytest.raises(CommandError, match=r"took more than 0\.2 s"):
        machine.run("sh", "-c", "sleep 4321 & sleep 4321", seconds=0.2)

    assert "4321" not in machine.run("ps", "-eo", "args")


@pytest.mark.usefixtures("needs_lab")
def test_a_machine_that_does_not_boot_shows_its_console() -> None:
    broken = Machine("broken", (plug("eth0", "lan"),), boot=("echo the reason >&2", "false"))

    with (
        pytest.raises(BootError, match=r"broken did not boot.*\n.*the reason"),
        run_lab(Topology("broken", (Segment("lan"),), (broken,))),
    ):
        pass


def test_a_machine_changes_nothing_of_the_host(la1r: Lab) -> None:
    before = {name: Path("/proc/sys", name).read_text() for name in HOST_SETTINGS}
    machine = la1r["home-gateway"]
    machine.write("/etc/example-of-a-machine", "")
    written = machine.try_run("sh", "-c", "echo 1 >/proc/sys/kernel/printk_delay")
    held = machine.run("grep", "CapEff", "/proc/self/status")
    by_ssh = la1r.ssh("home-gateway", "grep CapEff /proc/self/status").stdout

    assert not Path("/etc/example-of-a-machine").exists()
    assert written.returncode != 0
    assert "Read-only file system" in written.stderr
    assert held == by_ssh
    # CAP_SYS_MODULE, _RAWIO, _BOOT, _TIME, CAP_MKNOD and CAP_SYSLOG of capabilities(7).
    assert not any(int(held.split()[1], 16) >> bit & 1 for bit in (16, 17, 22, 25, 27, 34))
    assert GIVEN_UP.count("-") == 6
    assert {name: Path("/proc/sys", name).read_text() for name in HOST_SETTINGS} == before


def _look_at_host() -> list[str]:
    """List the host's addresses, routes, rules, filters and settings, but for labs' interfaces."""
    asked = (
        "ip -oneline link",
        "ip -oneline address",
        "ip route show table all",
        "ip rule",
        "nft --stateless list ruleset",
        "sysctl --all --pattern ^net[.]ip",
    )
    lines = [
        line for command in asked for line in check_command("host", command.split()).splitlines()
    ]
    return sorted(line for line in lines if "la1r-lab" not in line)


@pytest.mark.usefixtures("needs_lab")
def test_a_lab_is_up_and_down_in_seconds_and_leaves_nothing() -> None:
    before = _look_at_host()
    began = time.monotonic()
    with run_lab(describe_la1r()) as lab:
        up = time.monotonic() - began
        pids = [machine.pid for machine in lab.machines.values()]
        meanwhile = _look_at_host()
        began = time.monotonic()
    down = time.monotonic() - began

    assert before == meanwhile == _look_at_host()
    assert up < UP_SECONDS
    assert down < DOWN_SECONDS
    assert not [pid for pid in pids if Path("/proc", str(pid)).exists()]
    assert not Path("/sys/class/net", lab.slot.interface).exists()
    assert not lab.slot.folder.exists()
    assert str(lab.slot.folder) not in Path("/proc/self/mountinfo").read_text()
