"""dnsmasq reads what it can while it runs, and starts again only for what it reads at its start."""

import pytest

from render.files import DeviceFile, bundle_text
from tests.devices.bench_device import BenchDevice
from tests.devices.deployer import Deployer
from tests.devices.equipped import FILES, drift, named
from tests.devices.texts import GOOD_RULES, bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]

OPTIONS = """\
bind-dynamic
interface=lo
no-hosts
no-resolv
addn-hosts=/etc/la1r/current/dnsmasq.names
"""
NAME = "192.0.2.7 nas.example.net\n"
OTHER = "192.0.2.8 nas.example.net\n"


def serving(options: str = OPTIONS, names: str = NAME) -> str:
    rules = GOOD_RULES.replace("ip saddr", 'iifname "lo" accept comment "itself"\n        ip saddr')
    return bundle(rules, dnsmasq__conf=options, dnsmasq__hosts="", dnsmasq__names=names)


def server(deployer: Deployer) -> str:
    return deployer.router.run("sh", "-c", "pidof dnsmasq || echo none").strip()


def ask(deployer: Deployer) -> str:
    """Ask the device for a name; Python alone knows how to say so in three lines on any machine."""
    question = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3);"
        r"s.sendto(b'\0\7\1\0\0\1\0\0\0\0\0\0\3nas\7example\3net\0\0\1\0\1', ('127.0.0.1', 53));"
        "print('.'.join(map(str, s.recv(512)[-4:])))"
    )
    return deployer.router.run("/usr/bin/python3", "-c", question).strip()


def test_names_change_while_dnsmasq_runs_and_options_start_it_again(deployer: Deployer) -> None:
    assert deployer.apply(serving()).returncode == 0
    first = server(deployer), ask(deployer)
    assert deployer.apply(serving(names=OTHER)).returncode == 0
    second = server(deployer), ask(deployer)
    assert deployer.apply(serving(OPTIONS + "bogus-priv\n", OTHER)).returncode == 0
    third = server(deployer)
    assert deployer.apply(bundle()).returncode == 0

    assert first[0] == second[0] != third
    assert (first[1], second[1]) == ("192.0.2.7", "192.0.2.8")
    assert server(deployer) == "none"


@pytest.mark.usefixtures("keys_of_tunnel")
def test_options_can_change_again_and_again(device: BenchDevice) -> None:
    """The one before still holds its ports for a moment when it has no command line any more."""
    changes = [named(device, with_option(f"cache-size={200 + each}")) for each in range(20)]
    for chosen in changes:
        device.deploy(bundle_text(chosen))

    assert not drift(device, changes[-1]).drifted


def with_option(line: str) -> tuple[DeviceFile, ...]:
    """The files of a device, with one more option for dnsmasq."""
    return tuple(
        DeviceFile(file.path, file.mode, f"{file.text}{line}\n")
        if file.path == "dnsmasq.conf"
        else file
        for file in FILES
    )


def test_a_dnsmasq_that_died_is_started_by_the_same_text(deployer: Deployer) -> None:
    text = serving()
    deployer.apply(text)
    deployer.router.run("kill", server(deployer))

    done = deployer.apply(text)

    assert "is put into force again: dnsmasq does not run" in done.stderr
    assert ask(deployer) == "192.0.2.7"


def test_a_port_that_others_hold_is_said_and_the_change_undone(deployer: Deployer) -> None:
    other = "dnsmasq --conf-file=/dev/null --no-resolv --pid-file=/run/other --interface=lo"
    deployer.router.run("sh", "-c", other)
    before = deployer.state()

    done = deployer.apply(serving())

    assert "dnsmasq failed: dnsmasq: failed to create listening socket" in done.stderr
    assert "The device is as it was before." in done.stderr
    assert deployer.state() == before


SERVICE = """\
#!/bin/sh
# As Debian's: options from the folder, a file with the number of the process.
file=/run/dnsmasq/dnsmasq.pid
case $1 in
status) kill -0 "$(cat $file 2>/dev/null)" 2>/dev/null ;;
restart)
    kill "$(cat $file 2>/dev/null)" 2>/dev/null && sleep 0.3
    mkdir -p /run/dnsmasq && exec dnsmasq --conf-file=/dev/null -7 /etc/dnsmasq.d --pid-file=$file
    ;;
esac
"""


def test_a_service_of_the_device_gets_a_file_of_options_and_loses_it_again(
    deployer: Deployer,
) -> None:
    deployer.router.write("/etc/init.d/dnsmasq", SERVICE, 0o755)

    assert deployer.apply(serving()).returncode == 0
    first = server(deployer), ask(deployer)
    assert deployer.apply(serving(names=OTHER)).returncode == 0
    second = server(deployer), ask(deployer)
    again = deployer.apply(serving(names=OTHER)).stderr
    assert deployer.apply(bundle()).returncode == 0

    assert (first[0], first[1], second[1]) == (second[0], "192.0.2.7", "192.0.2.8")
    assert again == "home/router: already in force\n"
    assert deployer.router.run("ls", "/etc/dnsmasq.d") == ""
