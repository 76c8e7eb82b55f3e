"""Addresses of interfaces that are la1r's own change in place."""

import pytest

from render.files import bundle_text
from tests.devices.bench_device import BenchDevice
from tests.devices.test_tunnels import CABIN, PORT
from tests.devices.texts import tunnel, tunnel_bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]


@pytest.mark.usefixtures("keys_of_tunnel")
def test_an_address_makes_way_for_another_of_its_range(device: BenchDevice) -> None:
    """The kernel takes the others of a range away with the first one, unless it is told not to."""
    device.deploy(tunnel_bundle(PORT, CABIN))
    before = device.read("ip", "route")

    device.deploy(bundle_text(tunnel(PORT, CABIN, address="10.8.0.7/24")))

    addresses = device.read("ip", "-4", "-o", "address", "show", "dev", "wg-mesh")
    assert ("10.8.0.1/24" in addresses, "10.8.0.7/24" in addresses) == (False, True)
    assert device.read("ip", "route") == before.replace("src 10.8.0.1", "src 10.8.0.7")
