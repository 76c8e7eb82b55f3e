"""Which files a Linux device gets, what is in them, and that dnsmasq takes them."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from msgspec.structs import replace

from plan.model import DevicePlan, L3Interface
from render.files import CURRENT
from render.linux import VlanInterfaceError, render_linux
from tests.golden import Golden
from tests.render.devices import BARE, DNSMASQ, FULL, PORTS
from tests.render.tools import MARKS, print_apart

DEVICES = {"full": FULL, "bare": BARE}
EXPECTED = [
    *(f"full/{path}" for path in ("addresses", "routes", "nftables.nft", "sysctl.conf")),
    *(f"full/{path}" for path in ("dnsmasq.conf", "dnsmasq.hosts", "dnsmasq.names")),
    *(f"full/wireguard/{path}" for path in ("wg-mesh.conf", "wg-family.conf")),
    *(f"bare/{path}" for path in ("addresses", "routes", "nftables.nft", "sysctl.conf")),
]


def render(device: DevicePlan) -> dict[str, str]:
    """Give the files of a device by their paths."""
    return {file.path: file.text for file in render_linux(device)}


def read_lines(device: DevicePlan, path: str) -> list[str]:
    """Give the lines of a file that are no comment and not empty."""
    return [line for line in render(device)[path].splitlines() if line and line[0] != "#"]


@pytest.mark.parametrize("path", EXPECTED)
def test_a_device_made_by_hand_is_rendered_as_expected(path: str, golden: Golden) -> None:
    name, _, file = path.partition("/")

    golden(f"linux/{path}", render(DEVICES[name])[file])


def test_a_device_gets_these_files_and_no_other() -> None:
    given = {f"{name}/{path}" for name, device in DEVICES.items() for path in render(device)}

    assert given == set(EXPECTED)


def test_every_file_can_be_read_by_the_program_it_is_for() -> None:
    assert {file.mode for file in render_linux(FULL)} == {0o644}


def test_addresses_of_ports_and_uplink_are_left_to_the_device() -> None:
    lines = read_lines(FULL, "addresses")

    assert not [line for line in lines if "192.168.1.1" in line or "wan0" in line]


def test_a_vlan_interface_without_an_address_is_left_to_the_device() -> None:
    member = replace(PORTS[2], addresses=())

    assert not [
        line
        for line in read_lines(replace(FULL, interfaces=(member,)), "addresses")
        if "vlan" in line
    ]


def test_an_interface_is_made_before_its_address() -> None:
    lines = read_lines(FULL, "addresses")

    assert lines.index("vlan lan1.30 parent lan1 id 30") < lines.index(
        "address 192.168.3.1/24 dev lan1.30"
    )


@pytest.mark.parametrize(
    "vlan",
    [
        pytest.param(replace(PORTS[2], parent=None), id="parent"),
        pytest.param(replace(PORTS[2], vlan=None), id="id"),
    ],
)
def test_a_vlan_interface_needs_a_parent_and_an_id(vlan: L3Interface) -> None:
    with pytest.raises(VlanInterfaceError):
        render_linux(replace(FULL, interfaces=(vlan,)))


@pytest.mark.parametrize(
    ("line", "present"),
    [
        pytest.param("interface=lan1", True, id="listens where it serves"),
        pytest.param("interface=wan0", False, id="and nowhere else"),
        pytest.param("no-dhcp-interface=wg-family", True, id="names only on a tunnel"),
        pytest.param("no-dhcp-interface=lan1.30", False, id="a relay may ask on any other"),
        pytest.param(
            "dhcp-range=set:home.cellar,192.168.5.10,192.168.5.99,255.255.255.0,30m",
            True,
            id="a relayed range with its netmask",
        ),
        pytest.param("dhcp-option=tag:home.cellar,option:router", True, id="no router is said"),
        pytest.param("dhcp-relay=192.168.3.1,192.168.1.3", True, id="relay"),
        pytest.param(f"dhcp-hostsfile={CURRENT}/dnsmasq.hosts", True, id="leases by file"),
        pytest.param(f"addn-hosts={CURRENT}/dnsmasq.names", True, id="names by file"),
        pytest.param("no-hosts", True, id="not the device's own hosts file"),
    ],
)
def test_dnsmasq_is_told(line: str, present: bool) -> None:
    assert (line in read_lines(FULL, "dnsmasq.conf")) is present


def test_a_relay_that_gives_no_lease_is_no_authority() -> None:
    relay = replace(FULL, dnsmasq=replace(DNSMASQ, ranges=()))

    assert "dhcp-authoritative" not in read_lines(relay, "dnsmasq.conf")


def test_a_new_reservation_changes_no_file_that_needs_a_restart() -> None:
    moved = replace(DNSMASQ.reservations[0], address=IPv4Address("192.168.1.9"))
    changed = render(replace(FULL, dnsmasq=replace(DNSMASQ, reservations=(moved,))))

    assert [path for path, text in render(FULL).items() if changed[path] != text] == [
        "dnsmasq.hosts"
    ]


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(FULL, id="full"),
        pytest.param(replace(FULL, dnsmasq=replace(DNSMASQ, ranges=(), relays=())), id="DNS only"),
        pytest.param(replace(FULL, dnsmasq=replace(DNSMASQ, ranges=())), id="relay only"),
    ],
)
class TestWithDnsmasq:
    """The program itself reads the text."""

    pytestmark = MARKS["dnsmasq"]

    def test_dnsmasq_takes_the_text(self, device: DevicePlan, tmp_path: Path) -> None:
        (tmp_path / "dnsmasq.conf").write_text(render(device)["dnsmasq.conf"])

        print_apart("dnsmasq --test -C dnsmasq.conf", tmp_path)

    def test_dnsmasq_would_notice_a_fault(self, device: DevicePlan, tmp_path: Path) -> None:
        text = render(device)["dnsmasq.conf"].replace("no-hosts", "no-such-option")
        (tmp_path / "dnsmasq.conf").write_text(text)

        with pytest.raises(AssertionError, match="bad option"):
            print_apart("dnsmasq --test -C dnsmasq.conf", tmp_path)
