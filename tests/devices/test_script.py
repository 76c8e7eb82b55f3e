"""The script that runs on devices, as text and where the test machine's kernel lacks something."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.devices.bench_device import PARTS, BenchDevice, join_helper
from tests.devices.texts import bundle, name_of
from tests.source_tree import REPOSITORY


def test_the_operator_s_side_sends_every_part_in_the_order_of_the_tests() -> None:
    apply = (REPOSITORY / "devices" / "connection.sh").read_text()
    files = {file.stem for file in (REPOSITORY / "devices" / "helper").iterdir()}

    assert f"for part in {' '.join(PARTS)};" in apply
    assert files == set(PARTS)


def test_a_script_that_was_cut_off_on_its_way_does_nothing() -> None:
    assert join_helper().endswith('\nmain "$@"\n')
    assert join_helper().count("\nmain ") == 1


@pytest.mark.slow
@pytest.mark.skipif(which("shellcheck") is None, reason="shellcheck not installed")
def test_the_joined_script_has_no_known_mistakes(tmp_path: Path) -> None:
    script = tmp_path / "joined.sh"
    script.write_text(join_helper())

    run = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout


VLAN = "vlan lan0.7 parent lan0 id 7\naddress 192.168.7.1/24 dev lan0.7\n"
# Stands for a kernel with VLANs: notes what is asked of it, and knows one interface once made.
IP = """\
#!/bin/sh
echo "ip $*" >>{log}
case "$*" in
*"type vlan"*) : >{log}.made ;;
"link delete"*) rm {log}.made ;;
"-o -d link show"*) echo "7: lan0.7@lan0: <UP> mtu 1500 vlan protocol 802.1Q id {id} <REORDER>" ;;
*"link show dev lan0.7"*) test -e {log}.made && echo "7: lan0.7@lan0: <BROADCAST,UP> mtu 1500" ;;
"-4 -o address show dev lan0.7")
    grep -q "^ip address add" {log} && echo "7: lan0.7 inet 192.168.7.1/24" ;;
esac
"""


def pretend_vlans(device: BenchDevice, tmp_path: Path, number: int) -> Path:
    folder, log = tmp_path / "pretend", tmp_path / "log"
    folder.mkdir(exist_ok=True)
    log.touch()
    (folder / "ip").write_text(IP.format(log=log, id=number))
    (folder / "ip").chmod(0o755)
    if not device.path.startswith(str(folder)):
        device.path = f"{folder}:{device.path}"
    return log


@pytest.mark.slow
@pytest.mark.root
def test_a_vlan_interface_is_made_and_made_anew_when_its_number_changes(
    device: BenchDevice, tmp_path: Path
) -> None:
    log = pretend_vlans(device, tmp_path, 7)
    device.deploy(bundle(addresses=VLAN))
    first = log.read_text()
    log.write_text("")

    device.deploy(bundle(addresses=VLAN.replace("id 7", "id 8")))

    assert "ip link add link lan0 name lan0.7 type vlan id 7\n" in first
    assert "ip address add 192.168.7.1/24 dev lan0.7\n" in first
    second = log.read_text()
    assert second.index("ip link delete dev lan0.7") < second.index("type vlan id 8")


@pytest.mark.slow
@pytest.mark.root
def test_where_systemd_runs_units_start_la1r_and_its_timer_undoes(
    device: BenchDevice, tmp_path: Path
) -> None:
    asked = pretend_systemd(device, tmp_path)

    device.deploy(bundle())

    said = asked.read_text()
    assert "systemctl --quiet enable la1r-early.service la1r.service la1r-resolve.timer" in said
    assert "systemd-run --quiet --collect --unit=la1r-undo-change1 --on-active=60" in said
    assert f"{device.script} undo change1 timer" in said
    assert said.rindex("systemctl stop la1r-undo-change1.timer") > said.index("systemd-run")
    assert device.stage(bundle()).stdout == f"current {name_of(bundle())}\n"


def pretend_systemd(device: BenchDevice, tmp_path: Path) -> Path:
    folder, asked = tmp_path / "systemd", tmp_path / "asked"
    folder.mkdir()
    for program in ("systemctl", "systemd-run"):
        (folder / program).write_text(
            f'#!/bin/sh\necho "{program} $*" >>{asked}\ntest "$1" != cat\n'
        )
        (folder / program).chmod(0o755)
    (device.root / "run/systemd/system").mkdir(parents=True)
    (device.root / "etc/systemd/system").mkdir(parents=True)
    device.path = f"{folder}:{device.path}"
    return asked


@pytest.mark.slow
@pytest.mark.root
@pytest.mark.skipif(which("systemd-analyze") is None, reason="systemd-analyze not installed")
def test_systemd_understands_the_units(device: BenchDevice, tmp_path: Path) -> None:
    pretend_systemd(device, tmp_path)
    device.deploy(bundle())
    units = sorted((device.root / "etc/systemd/system").iterdir())

    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [unit.name for unit in units] == [
        "la1r-early.service",
        "la1r-resolve.service",
        "la1r-resolve.timer",
        "la1r.service",
    ]
    assert not [line for line in run.stderr.splitlines() if "la1r" in line]


@pytest.mark.slow
@pytest.mark.root
def test_where_nothing_starts_at_boot_the_device_is_refused(device: BenchDevice) -> None:
    (device.root / "etc/rcS.d").rmdir()

    done = device.stage(bundle())

    assert "la1r knows no way to start at boot here" in done.stderr
    assert not list((device.root / "etc/la1r/gen").glob("*"))
