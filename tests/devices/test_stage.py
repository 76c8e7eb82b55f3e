"""A set of files is refused with one sentence and nothing changed, or kept whole under its name."""

import re
import time
from pathlib import Path

import pytest

from tests.devices.bench_device import BenchDevice
from tests.devices.texts import (
    ANSWERS,
    GOOD_RULES,
    WAY_IN,
    bundle,
    files,
    name_of,
    peer,
    rules,
    tunnel_bundle,
)

pytestmark = [pytest.mark.slow, pytest.mark.root]


def kept(device: BenchDevice) -> list[str]:
    """Everything that staging left beside the script."""
    gen = device.root / "etc/la1r/gen"
    return sorted(each.name for each in gen.iterdir()) if gen.is_dir() else []


def test_a_set_of_files_is_kept_byte_for_byte_under_its_name(device: BenchDevice) -> None:
    text = bundle(dnsmasq__names="==== not a header mode 0644\n\n\nümlaut %s \\n\n", routes="")

    done = device.stage(text)

    folder = device.root / "etc/la1r/gen" / name_of(text)
    assert (done.stdout, done.stderr) == (f"staged {name_of(text)}\n", "")
    for file in files(dnsmasq__names="==== not a header mode 0644\n\n\nümlaut %s \\n\n", routes=""):
        assert (folder / file.path).read_text() == file.text
        assert (folder / file.path).stat().st_mode & 0o777 == file.mode
    assert "table" not in device.rules()


GOOD = bundle()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(GOOD[:-5], "did not arrive as it was sent", id="cut in the last line"),
        pytest.param(
            GOOD[: GOOD.index("==== sysctl")], "cut off or damaged", id="a file is missing"
        ),
        pytest.param(
            GOOD.replace("dport 22", "dport 23"), "did not arrive as it was sent", id="damaged"
        ),
        pytest.param(
            GOOD.replace(name_of(GOOD), "0" * 64), "not those of generation", id="another set"
        ),
        pytest.param(
            GOOD.replace("==== routes", "==== ../routes"), "cut off or damaged", id="outside"
        ),
        pytest.param(
            GOOD.replace("==== routes", "==== .routes"), "cut off or damaged", id="hidden"
        ),
        pytest.param(bundle(GOOD_RULES + "nonsense\n"), "nft refuses the new rules", id="nft"),
        pytest.param(bundle(dnsmasq__conf="no-such-option\n"), "dnsmasq refuses", id="dnsmasq"),
        pytest.param(
            bundle(rules(ANSWERS)), "no management rule lets the operator in", id="no way in"
        ),
    ],
)
def test_a_set_that_is_not_right_is_refused_and_leaves_nothing(
    device: BenchDevice, text: str, said: str
) -> None:
    done = device.stage(text)

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert (kept(device), device.rules()) == ([], "")


@pytest.mark.parametrize(
    ("connection", "rule", "refused"),
    [
        pytest.param("198.18.3.1 5 198.18.3.9 22", WAY_IN, False, id="from within"),
        pytest.param("198.17.3.1 5 198.18.3.9 22", WAY_IN, True, id="from elsewhere"),
        pytest.param("198.18.3.1 5 198.18.3.9 2222", WAY_IN, True, id="another port"),
        pytest.param("2001:db8::1 5 2001:db8::2 22", WAY_IN, True, id="IPv6"),
        pytest.param(
            "192.0.2.7 5 192.0.2.1 22",
            WAY_IN.replace("198.18.0.0/16", "{ 192.0.2.0/29, 203.0.113.5 }"),
            False,
            id="one of several ranges",
        ),
        pytest.param(
            "203.0.113.6 5 192.0.2.1 22",
            WAY_IN.replace("198.18.0.0/16", "{ 192.0.2.0/29, 203.0.113.5 }"),
            True,
            id="beside a single address",
        ),
        pytest.param(
            "198.18.3.1 5 198.18.3.9 2222",
            WAY_IN.replace("22", "{ 22, 2000-2300 }"),
            False,
            id="one of several ports",
        ),
    ],
)
def test_rules_that_would_lock_out_this_very_operator_are_refused(
    device: BenchDevice, connection: str, rule: str, refused: bool
) -> None:
    device.more["SSH_CONNECTION"] = connection

    done = device.stage(bundle(rules(ANSWERS, rule)))

    assert done.returncode == int(refused), done.stderr
    assert ("You would be locked out." in done.stderr) is refused


DROPPER = "table inet other { chain c { type filter hook %s priority 5; policy drop; }; }"
KUBE = """table ip filter {
  chain KUBE-FIREWALL { ct state invalid drop; }
  chain WEAVE-NPC { drop; }
  chain INPUT { type filter hook input priority 0; policy accept; jump KUBE-FIREWALL; }
  chain FORWARD { type filter hook forward priority 0; policy accept; jump WEAVE-NPC; }
}"""


@pytest.mark.parametrize(
    ("ruleset", "refused"),
    [
        pytest.param(DROPPER % "input", True, id="input"),
        pytest.param(DROPPER % "forward", True, id="forward"),
        pytest.param(
            DROPPER.replace("policy drop", "policy accept; reject") % "input", True, id="a rule"
        ),
        pytest.param(DROPPER % "output", False, id="output"),
        pytest.param(DROPPER.replace("inet", "ip6") % "input", False, id="IPv6 alone"),
        pytest.param(KUBE, False, id="kube-proxy and Weave Net"),
    ],
)
def test_a_table_of_others_that_would_drop_what_we_accept_is_refused(
    device: BenchDevice, ruleset: str, refused: bool
) -> None:
    device.run("nft", "-f", "-", text=ruleset)

    done = device.stage(bundle())

    assert done.returncode == int(refused), done.stderr
    assert ("the table inet other, whose chain c" in done.stderr) is refused
    assert device.stage(bundle(), adopt="yes").returncode == 0


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        pytest.param(":FORWARD DROP [0:0]", True, id="by default"),
        pytest.param("-A INPUT -p tcp -j REJECT", True, id="a rule"),
        pytest.param("-A KUBE-FIREWALL -m mark -j DROP", False, id="kube-proxy"),
        pytest.param(":INPUT ACCEPT [7:9]", False, id="nothing dropped"),
    ],
)
def test_rules_of_iptables_legacy_that_would_drop_what_we_accept_are_refused(
    device: BenchDevice, tmp_path: Path, line: str, refused: bool
) -> None:
    program = tmp_path / "legacy" / "iptables-legacy-save"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '*filter'\necho '{line}'\necho COMMIT\n")
    program.chmod(0o755)
    device.path = f"{program.parent}:{device.path}"

    done = device.stage(bundle(), adopt="yes")

    assert (f"iptables-legacy holds '{line}' here" in done.stderr) is refused


def test_interfaces_routes_and_files_of_others_are_left_to_them(device: BenchDevice) -> None:
    folder = device.root / "etc/init.d"
    folder.mkdir()
    (folder / "la1r").write_text("#!/bin/sh\n# by hand\n")
    device.run("ip", "route", "add", "198.51.100.0/24", "dev", "lo")

    script = device.stage(bundle())
    (folder / "la1r").unlink()
    route = device.stage(bundle(routes="198.51.100.0/24 dev lo # why\n"))

    assert "init.d/la1r is there already and is not la1r's" in script.stderr
    assert "a route to 198.51.100.0/24 is there already" in route.stderr


def test_a_file_of_others_is_put_aside_where_that_is_allowed(device: BenchDevice) -> None:
    (device.root / "etc/init.d").mkdir()
    (device.root / "etc/init.d/la1r").write_text("by hand\n")

    device.deploy(bundle(), adopt="yes")

    assert (device.root / "etc/la1r/saved/etc_init.d_la1r").read_text() == "by hand\n"


def test_a_clock_that_is_days_off_is_refused(device: BenchDevice) -> None:
    done = device.stage(bundle(), clock=time.time() + 3.5 * 86400)

    assert "3 day(s) from the operator's clock" in done.stderr
    assert device.stage(bundle(), clock=time.time() - 3600).returncode == 0


def test_missing_programs_are_all_named(device: BenchDevice, tmp_path: Path) -> None:
    tools = tmp_path / "few"
    tools.mkdir()
    for name in (
        "sh",
        "dash",
        "busybox",
        "cat",
        "mkdir",
        "rm",
        "chmod",
        "cut",
        "sed",
        "grep",
        "awk",
    ):
        (tools / name).symlink_to(f"/bin/{name}" if name != "awk" else "/usr/bin/awk")

    done = device.run("env", f"PATH={tools}", *device.shell, "-c", hidden(device, tmp_path))

    assert re.search(r"lacks the programs cmp ip nft sha256sum sort tr( setsid)?\.", done.stderr)


def hidden(device: BenchDevice, tmp_path: Path) -> str:
    """A line that runs the script without the places where it would look for programs."""
    alone = tmp_path / "alone.sh"
    alone.write_text(re.sub(r"(?m)^PATH=.*$", "", device.script.read_text()))
    return f"exec {' '.join(device.shell)} {alone} stage 0 no 0"


def test_a_full_disk_is_said_and_changes_nothing(device: BenchDevice) -> None:
    gen = device.root / "etc/la1r"
    script = device.script.read_text()
    device.run("mount", "-t", "tmpfs", "-o", "size=300k", "full", str(gen))
    device.run("sh", "-c", f"mkdir {gen}/bin; cat >{gen}/bin/la1r", text=script)

    done = device.stage(bundle(dnsmasq__names="192.0.2.1 name.example.net\n" * 20000))

    assert re.search(r"(no room for|cannot be written).*\d+ kB are free", done.stderr)
    assert device.read("sh", "-c", f"ls -A {gen}/gen") == ""


def test_a_read_only_root_is_said(device: BenchDevice) -> None:
    folder = str(device.root / "etc")
    device.run("mount", "--bind", folder, folder)
    device.run("mount", "-o", "remount,bind,ro", folder)

    done = device.stage(bundle())

    assert done.returncode == 1
    assert "Read-only file system" in done.stderr


def test_words_for_keys_have_to_be_known(device: BenchDevice) -> None:
    text = tunnel_bundle(51820, peer("cabin", "10.8.0.2/32"))

    unknown = device.stage(text)
    device.verb("keys", text=f"@gateway/cabin/gateway {'a' * 43}=\n@psk/home--cabin {'b' * 43}=\n")
    unmade = device.stage(text)

    assert "@gateway/cabin/gateway" in unknown.stderr
    assert "wg-mesh.key is missing: the command that makes it has not run here" in unmade.stderr


def test_what_a_power_cut_left_of_a_set_is_written_anew(device: BenchDevice) -> None:
    text = bundle()
    folder = device.root / "etc/la1r/gen" / name_of(text)
    folder.mkdir(parents=True)
    (folder / "nftables.nft").write_text("tab")
    (folder.parent / ".new").mkdir()

    done = device.stage(text)

    assert done.returncode == 0, done.stderr
    assert (folder / "nftables.nft").read_text() == GOOD_RULES
    assert kept(device) == [name_of(text)]
