"""Sheets for devices nobody logs in to: every line a person has to enter, readable as Markdown."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from plan.model import (
    DhcpReservation,
    RouterSheet,
    SheetForward,
    SheetRoute,
    SwitchPort,
    SwitchSheet,
)
from render.sheets import render_router_sheet, render_switch_sheet
from terms.values import DeviceRef, Ports, Protocol
from tests.golden import Golden

ROUTER = RouterSheet(
    device=DeviceRef("barn", "router"),
    forwards=(
        SheetForward(
            Ports(Protocol.UDP, 51820, 51820), IPv4Address("192.168.1.50"), 51820, "backbone"
        ),
        SheetForward(Ports(Protocol.TCP, 80, 80), IPv4Address("192.168.1.50"), 8080, "a|b *c*"),
    ),
    routes=(
        SheetRoute(IPv4Network("10.200.1.0/24"), IPv4Address("192.168.1.50"), "home.lan's alias"),
    ),
    reservations=(DhcpReservation("raspi3", "02:00:00:00:02:50", IPv4Address("192.168.1.50")),),
)
SWITCH = SwitchSheet(
    device=DeviceRef("home", "switch"),
    ports=(
        SwitchPort("1", "gateway/lan1", "1G", "house", 2, (("things", 3), ("servers", 5))),
        SwitchPort("2", "hub/eth0", "100M", "things", 3, ()),
        SwitchPort("3", "old-hub/eth0", "10M", "attic", None, ()),
        SwitchPort("24", "access-point/eth0", "1G", None, None, (("house", 2),)),
    ),
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("router.md", render_router_sheet(ROUTER), id="router"),
        pytest.param(
            "idle-router.md",
            render_router_sheet(RouterSheet(ROUTER.device, (), (), ())),
            id="router with nothing to set",
        ),
        pytest.param("switch.md", render_switch_sheet(SWITCH), id="switch"),
        pytest.param(
            "idle-switch.md",
            render_switch_sheet(SwitchSheet(SWITCH.device, ())),
            id="switch with no port in use",
        ),
    ],
)
def test_a_sheet_reads_as_expected(name: str, text: str, golden: Golden) -> None:
    golden(f"linux/sheets/{name}", text)
