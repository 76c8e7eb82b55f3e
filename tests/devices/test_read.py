"""What a device says of itself, held against its description, before and after a hand was there."""

from hashlib import sha256

import pytest

from devices.drift import DeviceDrift
from devices.facts import UnreadableFactsError, parse_facts
from render.files import bundle_text
from tests.devices.bench_device import BenchDevice
from tests.devices.equipped import FILES, by_hand, drift, named, read
from tests.devices.test_tunnels import KEY_FORM
from tests.devices.texts import ANSWERS, ITSELF, WAY_IN, WITH_PING, bundle, files, rules

pytestmark = [pytest.mark.slow, pytest.mark.root]


@pytest.mark.parametrize(
    ("line", "what", "shown"),
    [
        pytest.param(
            "nft insert rule inet la1r filter_input tcp dport 23 accept",
            "packet rules",
            "+        tcp dport 23 accept",
            id="a rule",
        ),
        pytest.param(
            "nft delete table inet la1r", "packet rules", "-table inet la1r {", id="table"
        ),
        pytest.param(
            "echo 0 >/proc/sys/net/ipv4/ip_forward",
            "kernel settings",
            "+net.ipv4.ip_forward = 0",
            id="a setting",
        ),
        pytest.param(
            "ip address add 10.9.9.9/32 dev wg-mesh",
            "interfaces",
            "+address 10.9.9.9/32 dev wg-mesh",
            id="an address",
        ),
        pytest.param(
            "ip link set wg-mesh mtu 1300", "interfaces", "+wireguard wg-mesh mtu 1300", id="an MTU"
        ),
        pytest.param(
            "ip route add 10.77.0.0/16 dev lan0 proto 108",
            "routes",
            "+10.77.0.0/16 dev lan0",
            id="a route",
        ),
        pytest.param(
            "wg set wg-mesh peer $(wg show wg-mesh peers) allowed-ips 10.8.0.2/32,0.0.0.0/1",
            "tunnel wg-mesh",
            "+AllowedIPs = 0.0.0.0/1, 10.8.0.2/32",
            id="what a peer may send",
        ),
        pytest.param(
            "wg genpsk >$LA1R_ROOT/psk;"
            " wg set wg-mesh peer $(wg show wg-mesh peers) preshared-key $LA1R_ROOT/psk",
            "tunnel wg-mesh",
            "+PresharedKey = (another key)",
            id="a shared key",
        ),
        pytest.param(
            "wg set wg-mesh peer $(wg genkey | wg pubkey) allowed-ips 10.8.0.77/32",
            "tunnel wg-mesh",
            "+# not declared",
            id="a peer",
        ),
        pytest.param(
            "echo 02:00:00:00:00:02,192.168.1.6,tv >>dnsmasq.hosts",
            "dnsmasq.hosts",
            "+02:00:00:00:00:02,192.168.1.6,tv",
            id="a lease",
        ),
        pytest.param(
            "kill $(cat $LA1R_ROOT/run/la1r/dnsmasq.pid); sleep 0.3",
            "services",
            "+dnsmasq does not run",
            id="a service",
        ),
        pytest.param(
            "rm $LA1R_ROOT/etc/init.d/la1r",
            "start at boot",
            "+ROOT/etc/init.d/la1r is missing",
            id="the start at boot",
        ),
    ],
)
@pytest.mark.usefixtures("keys_of_tunnel")
def test_what_a_hand_changed_is_shown_and_the_same_generation_puts_it_back(
    device: BenchDevice, line: str, what: str, shown: str
) -> None:
    chosen = named(device, FILES)
    device.deploy(bundle_text(chosen))
    before = drift(device, chosen)

    by_hand(device, line)
    after = drift(device, chosen)
    device.deploy_again(bundle_text(chosen))
    repaired = drift(device, chosen)

    lines = [row for each in after.changed for row in each.diff("home/router")]
    assert before == repaired == DeviceDrift("home/router")
    assert [each.what for each in after.changed] == [what]
    assert shown.replace("ROOT", str(device.root)) in lines


def test_a_device_that_was_never_deployed_to_has_nothing_of_its_description(
    device: BenchDevice,
) -> None:
    found = drift(device, files())

    assert [each.what for each in found.undeployed] == [file.path for file in files()]
    assert (found.changed, found.foreign) == ((), ())


def test_what_the_description_says_by_now_is_told_from_what_a_hand_changed(
    device: BenchDevice,
) -> None:
    device.deploy(bundle())
    by_hand(device, "nft flush chain inet la1r filter_input")

    found = drift(device, files(WITH_PING))

    assert [each.what for each in found.undeployed] == ["nftables.nft"]
    assert [each.what for each in found.changed] == ["packet rules"]


def test_an_undone_change_does_not_hide_what_a_hand_changed_before(device: BenchDevice) -> None:
    device.deploy(bundle())
    by_hand(device, "nft insert rule inet la1r filter_input tcp dport 23 accept")
    device.stage(bundle(WITH_PING))
    device.activate(bundle(WITH_PING))
    device.undo()

    found = drift(device, files())
    again = device.stage(bundle())

    assert [each.what for each in found.changed] == ["packet rules"]
    assert again.stdout.startswith("staged")
    assert "the table inet la1r was changed" in again.stderr


def test_an_undone_change_leaves_no_drift(device: BenchDevice) -> None:
    device.deploy(bundle())
    device.stage(bundle(WITH_PING))
    device.activate(bundle(WITH_PING))
    device.undo()

    assert drift(device, files()) == DeviceDrift("home/router")


def test_reading_writes_nothing_and_says_no_key(
    device: BenchDevice, keys_of_tunnel: dict[str, str]
) -> None:
    chosen = named(device, FILES)
    device.deploy(bundle_text(chosen))
    private = (device.root / "etc/la1r/keys/wg-mesh.key").read_text().strip()
    tree, state = list_tree(device), device.state()

    said = read(device, "dhcp", "live")

    assert (list_tree(device), device.state()) == (tree, state)
    assert "@psk/home--cabin" in said
    assert "@private/wg-mesh" in said
    assert private not in said
    public = device.read("wg", "show", "wg-mesh", "public-key").strip()
    assert set(KEY_FORM.findall(said)) == {public}
    assert keys_of_tunnel["@psk/home--cabin"] not in said


def list_tree(device: BenchDevice) -> dict[str, tuple[int, str]]:
    """Every file with when it was written and what is in it."""
    return {
        str(file): (file.stat().st_mtime_ns, sha256(file.read_bytes()).hexdigest())
        for file in device.root.rglob("*")
        if file.is_file()
    }


def test_a_secret_that_a_hand_wrote_into_a_file_is_not_shown(
    device: BenchDevice, keys_of_tunnel: dict[str, str]
) -> None:
    chosen = named(device, FILES)
    device.deploy(bundle_text(chosen))
    by_hand(
        device,
        f"echo 'PresharedKey = {keys_of_tunnel['@psk/home--cabin']}' >>wireguard/wg-mesh.conf",
    )

    (found,) = drift(device, chosen).changed

    assert "+PresharedKey = [key]" in found.diff("home/router")
    assert keys_of_tunnel["@psk/home--cabin"] not in str(found)


def test_while_a_change_is_not_confirmed_nothing_is_compared(device: BenchDevice) -> None:
    device.deploy(bundle())
    device.stage(bundle(WITH_PING))
    device.activate(bundle(WITH_PING))

    with pytest.raises(UnreadableFactsError, match="anna@laptop is changing it"):
        parse_facts(read(device))


def test_what_weave_s_router_says_on_a_node_is_passed_on_and_nothing_else_that_answers_there(
    device: BenchDevice,
) -> None:
    device.deploy(bundle(rules(ANSWERS, ITSELF, WAY_IN)))
    silent = parse_facts(read(device, "live"))
    folder = device.root / "status"
    folder.mkdir()
    lines = ("-> 10.0.0.2:6783 established fastdp c6:01(frodo) mtu=1376", "<h1>who knows</h1>")
    (folder / "connections").write_text("\n".join(lines))
    # Stands for the router, which answers there.
    served = device.run("busybox", "httpd", "-p", "127.0.0.1:6784", "-h", str(device.root))

    said = parse_facts(read(device, "live"))

    assert served.returncode == 0, served.stderr
    assert silent.lines("weave") == ()
    assert said.lines("weave") == lines[:1]
