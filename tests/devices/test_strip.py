"""A device is given back as it was before the first change, or stays as it is; its keys stay."""

import pytest

from render.files import bundle_text
from tests.devices.bench_device import OPERATOR, BenchDevice, Done
from tests.devices.equipped import FILES, named
from tests.devices.texts import bundle
from tests.devices.texts import files as plain

pytestmark = [pytest.mark.slow, pytest.mark.root]

# What it knew of others' keys.
KEPT = "/etc/la1r/keys/kept"
READABLE_FOR_ROOT = 0o600
STRICT = (
    "nft add table inet other && nft add chain inet other strict"
    " '{ type filter hook input priority 5; policy drop; }' &&"
    " nft add rule inet other strict iifname lo accept"
)


def strip(device: BenchDevice, window: int = 60) -> Done:
    """Take everything out of force, as a change of its own."""
    device.changes += 1
    words = (device.last, "none", "none", str(window), "no", OPERATOR)
    return device.verb("activate", *words)


def strip_whole(device: BenchDevice) -> None:
    """Strip, confirm and tidy up, all of which have to end well."""
    for done in (strip(device), device.confirm(), device.verb("forget")):
        assert done.returncode == 0, done.stdout + done.stderr


def list_files(device: BenchDevice) -> set[str]:
    """Every file and link under the device's folder, but for temporary ones of other programs."""
    found = device.read("find", str(device.root), "!", "-type", "d").splitlines()
    return {path.removeprefix(str(device.root)) for path in found if "/sshd" not in path}


def live(device: BenchDevice) -> str:
    """What the kernel has: rules, addresses, interfaces, routes and settings."""
    return device.read(
        "sh",
        "-c",
        "nft -s list ruleset; ip -4 -br address; ip -br link | cut -d ' ' -f 1; ip -4 route;"
        " cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/rp_filter",
    )


@pytest.mark.usefixtures("keys_of_tunnel")
def test_a_stripped_device_is_as_it_was_but_for_its_keys(device: BenchDevice) -> None:
    before, script = live(device), device.script.read_text()
    text = bundle_text(named(device, FILES))
    device.deploy(text)
    assert live(device) != before

    strip_whole(device)

    assert live(device) == before
    assert list_files(device) == {"/etc/la1r/keys/wg-mesh.key", KEPT}
    assert (device.root / KEPT[1:]).stat().st_mode & 0o777 == READABLE_FOR_ROOT
    assert device.run("pgrep", "-f", "la1r-resolver").returncode == 1
    # And it can be had again, with the same keys, of which nobody sends those of others again.
    (device.root / "etc/la1r/bin").mkdir()
    device.script.write_text(script)
    device.deploy(text)
    assert KEPT not in list_files(device)


def test_a_strip_that_nobody_confirms_leaves_everything_in_force(device: BenchDevice) -> None:
    device.deploy(bundle())
    kept = {path for path in list_files(device) if path.startswith("/etc")}
    state = device.state()

    done = strip(device)
    stripped = device.rules()
    device.undo()

    assert done.stdout == "activated none\n"
    assert "inet la1r" not in stripped
    assert device.state() == state
    assert kept <= list_files(device)
    assert device.verb("forget").returncode == 1


def test_after_a_restart_an_unconfirmed_strip_never_was(device: BenchDevice) -> None:
    device.deploy(bundle())
    state = device.state()
    strip(device)
    device.run("sh", "-c", "rm -rf $LA1R_ROOT/run/la1r; nft flush ruleset")

    device.verb("before-network")
    device.verb("boot")

    assert device.state() == state


def test_what_of_others_was_put_out_of_force_comes_back(device: BenchDevice) -> None:
    (device.root / "etc/init.d").mkdir(parents=True, exist_ok=True)
    (device.root / "etc/init.d/la1r").write_text("somebody else's\n")
    device.run("dash", "-c", STRICT)
    before = live(device)
    for text in (bundle(), bundle(plain()[0].text + "# again\n")):
        assert device.stage(text, adopt="yes").returncode == 0
        assert device.activate(text, adopt="yes").returncode == 0
        assert device.confirm().returncode == 0
    assert "inet other" not in live(device)

    strip_whole(device)

    assert live(device) == before
    assert (device.root / "etc/init.d/la1r").read_text() == "somebody else's\n"


def test_an_undone_strip_puts_others_out_of_force_again(device: BenchDevice) -> None:
    device.run("dash", "-c", STRICT)
    device.deploy(bundle(), adopt="yes")
    state = device.state()

    strip(device)
    back = device.rules()
    device.undo()

    assert "inet other" in back
    assert device.state() == state


def test_a_device_with_nothing_in_force_is_only_tidied(device: BenchDevice) -> None:
    done = strip(device)

    assert done.stdout == "current none\n"
    assert device.verb("forget").returncode == 0
    assert list_files(device) == set()
