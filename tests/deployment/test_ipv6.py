"""IPv6 that a provider or a host brings along opens nothing."""

import pytest

from lab.project import LabProject

pytestmark = [pytest.mark.slow, pytest.mark.root]

# RFC 3849: one range for the internet, one for each segment behind home's gateway.
ADDRESSES = (
    ("internet", "eth0", "2001:db8::1"),
    ("rogue", "eth0", "2001:db8::166"),
    ("home-gateway", "wan0", "2001:db8::2"),
    ("home-gateway", "lan0", "2001:db8:1::1"),
    ("home-gateway", "srv0", "2001:db8:5::1"),
    ("home-pc", "eth0", "2001:db8:1::10"),
    ("home-printer", "eth0", "2001:db8:1::20"),
    ("home-server", "eth0", "2001:db8:5::5"),
)
ROUTES = (
    ("rogue", "2001:db8:1::/64", "2001:db8::2"),
    ("rogue", "2001:db8:5::/64", "2001:db8::2"),
    ("home-pc", "default", "2001:db8:1::1"),
    ("home-printer", "default", "2001:db8:1::1"),
    ("home-server", "default", "2001:db8:5::1"),
    ("home-gateway", "default", "2001:db8::1"),
)


@pytest.fixture(scope="module")
def with_ipv6(deployed: LabProject) -> LabProject:
    """The lab with IPv6 on every segment of home, and with a router that forwards it."""
    for machine, interface, address in ADDRESSES:
        setting = f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"
        deployed.lab[machine].run("sh", "-c", f"echo 0 >{setting}")
        added = ("ip", "address", "replace", f"{address}/64", "dev", interface, "nodad")
        deployed.lab[machine].run(*added)
    for machine, destination, router in ROUTES:
        deployed.lab[machine].run("ip", "-6", "route", "replace", destination, "via", router)
    on = "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
    deployed.lab["home-gateway"].run("sh", "-c", on)
    return deployed


def answers(project: LabProject, machine: str, address: str) -> bool:
    asked = ("busybox", "ping", "-6", "-c", "1", "-W", "1", address)
    return project.lab[machine].try_run(*asked).returncode == 0


@pytest.mark.parametrize(
    ("machine", "address", "answered"),
    [
        pytest.param("rogue", "2001:db8::1", True, id="neighbours outside"),
        pytest.param("home-pc", "2001:db8:1::20", True, id="neighbours inside"),
        pytest.param("rogue", "2001:db8:1::10", False, id="from outside to a LAN"),
        pytest.param("rogue", "2001:db8:5::5", False, id="from outside to a server"),
        pytest.param("rogue", "2001:db8::2", False, id="from outside to the router"),
        pytest.param("home-pc", "2001:db8:5::5", False, id="from the LAN to a server"),
        pytest.param("home-pc", "2001:db8::1", False, id="from the LAN to the internet"),
        pytest.param("home-pc", "2001:db8:1::1", False, id="from the LAN to the router"),
    ],
)
def test_ipv6_opens_nothing(
    with_ipv6: LabProject, machine: str, address: str, answered: bool
) -> None:
    assert answers(with_ipv6, machine, address) is answered


def test_neighbours_still_find_the_router(with_ipv6: LabProject) -> None:
    answers(with_ipv6, "home-pc", "2001:db8:1::1")
    known = with_ipv6.lab["home-pc"].run("ip", "-6", "neighbour", "show", "2001:db8:1::1")

    assert "lladdr" in known
