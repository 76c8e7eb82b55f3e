"""What of others stands against what is declared: their packet rules, and their DHCP servers."""

from collections.abc import Iterator

import pytest

from devices.drift import DeviceDrift
from render.files import bundle_text
from tests.devices.bench_device import BenchDevice
from tests.devices.equipped import FILES, by_hand, drift, named
from tests.devices.texts import bundle, files

pytestmark = [pytest.mark.slow, pytest.mark.root]


@pytest.mark.parametrize("adopt", [False, True], ids=["refused", "adopted"])
def test_a_table_of_others_that_drops_what_is_accepted_is_named(
    device: BenchDevice, adopt: bool
) -> None:
    device.deploy(bundle())
    by_hand(
        device,
        "nft add table inet other && nft add chain inet other strict"
        " '{ type filter hook input priority 5; policy drop; }'",
    )

    found = drift(device, files(), adopt=adopt)

    (sentence,) = found.foreign
    assert "The table inet other, whose chain strict drops by default, would drop" in sentence
    assert ("`la1r up` takes it out of force" in sentence) is adopt
    assert device.stage(bundle()).returncode == 1
    if adopt:
        device.deploy_again(bundle(), adopt="yes")
        assert drift(device, files()) == DeviceDrift("home/router")


@pytest.fixture
def second_server(device: BenchDevice, keys_of_tunnel: dict[str, str]) -> Iterator[None]:  # noqa: ARG001 - it makes the segment
    """Put another machine on the segment, which gives out addresses too."""
    lines = (
        "ip netns add other; ip link set host0 netns other; ip -n other link set lo up;"
        " ip -n other link set host0 address 02:00:00:00:00:99;"
        " ip -n other address add 192.168.1.77/24 dev host0; ip -n other link set host0 up;"
        " ip netns exec other dnsmasq --port=0 --conf-file=/dev/null --pid-file=/run/other.pid"
        " --dhcp-leasefile=/run/other.leases --dhcp-range=192.168.1.200,192.168.1.210 --user=root"
    )
    assert device.run("dash", "-c", lines).returncode == 0
    yield
    device.run("dash", "-c", "kill $(cat /run/other.pid); ip netns del other")


@pytest.mark.usefixtures("second_server")
def test_a_second_dhcp_server_on_a_segment_is_found(device: BenchDevice) -> None:
    chosen = named(device, FILES)
    device.deploy(bundle_text(chosen))

    quiet, found = drift(device, chosen), drift(device, chosen, "dhcp")

    (sentence,) = found.foreign
    assert quiet.foreign == ()
    assert "A second DHCP server answers on lan0: 192.168.1.77 (02:00:00:00:00:99)." in sentence
    assert device.read("cat", "/run/other.leases") == ""


@pytest.mark.usefixtures("keys_of_tunnel")
def test_the_only_dhcp_server_does_not_see_itself(device: BenchDevice) -> None:
    chosen = named(device, FILES)
    device.deploy(bundle_text(chosen))

    assert drift(device, chosen, "dhcp") == DeviceDrift("home/router")
