"""A device that gives out leases and has a tunnel, and what it says of itself by `read`."""

from devices.drift import Declared, DeviceDrift, compare
from devices.facts import parse_facts
from render.files import DeviceFile, generation_id
from tests.devices.bench_device import BenchDevice, join_helper
from tests.devices.test_tunnels import CABIN, PORT, make, send
from tests.devices.texts import READABLE, tunnel

OPTIONS = """\
bind-dynamic
interface=lan0
no-hosts
addn-hosts=/etc/la1r/current/dnsmasq.names
dhcp-hostsfile=/etc/la1r/current/dnsmasq.hosts
dhcp-range=set:lan,192.168.1.100,192.168.1.199,255.255.255.0,12h
"""
FILES = (
    *tunnel(PORT, CABIN),
    DeviceFile("dnsmasq.conf", READABLE, OPTIONS),
    DeviceFile("dnsmasq.hosts", READABLE, "02:00:00:00:00:01,192.168.1.5,nas\n"),
    DeviceFile("dnsmasq.names", READABLE, "192.168.1.5 nas.home.internal\n"),
)


def equip(device: BenchDevice) -> dict[str, str]:
    """Give the device a segment, its own key, and the keys that FILES need."""
    found = {
        "@gateway/cabin/gateway": make("pubkey", make("genkey")),
        "@psk/home--cabin": make("genpsk"),
    }
    folder = device.root / "etc/la1r/keys"
    folder.chmod(0o700)
    (folder / "wg-mesh.key").write_text(make("genkey") + "\n")
    device.read("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "host0")
    device.read("ip", "address", "add", "192.168.1.1/24", "dev", "lan0")
    for name in ("lan0", "host0"):
        device.read("ip", "link", "set", name, "up")
    send(device, found)
    return found


def named(device: BenchDevice, chosen: tuple[DeviceFile, ...]) -> tuple[DeviceFile, ...]:
    """Where the bench has its files: la1r's own paths start at a test's folder."""
    return tuple(
        DeviceFile(file.path, file.mode, file.text.replace("/etc/la1r", f"{device.root}/etc/la1r"))
        for file in chosen
    )


def read(device: BenchDevice, *words: str) -> str:
    """Have the script say what is in force, as it is run over SSH: from standard input."""
    done = device.run(*device.shell, "-s", "--", "read", *words, text=join_helper())
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def drift(
    device: BenchDevice, chosen: tuple[DeviceFile, ...], *words: str, adopt: bool = False
) -> DeviceDrift:
    declared = Declared(
        "home/router",
        generation_id(chosen),
        {file.path: tuple(file.text.split("\n")[:-1]) for file in chosen},
        adopt,
    )
    return compare(declared, parse_facts(read(device, *words)))


def by_hand(device: BenchDevice, line: str) -> None:
    done = device.run("dash", "-c", f"cd $LA1R_ROOT/etc/la1r/current && {line}")
    assert done.returncode == 0, done.stderr
