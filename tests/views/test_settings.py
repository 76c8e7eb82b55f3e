"""Every change of a description is told: by words of its own, or as a setting with its path."""

import pytest

from tests.render.stacks import STACKS, plan_of
from tests.views.changed_prod import difference_after
from views.settings import list_settings

SHARE = "      addresses: [192.168.6.160/28]\n"


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ("domain: la1r.internal", "domain: la1r.home", "network.domain"),
        ("units: 18", "units: 24", "sites.home.racks.rack.units"),
        ("vlan: 3,", "vlan: 13,", "sites.home.segments.iot.vlan"),
        ("tcp/9100", "tcp/9101", "sites.home.devices.big-raver.listens.node-exporter"),
        ("arch: arm64", "arch: arm", "sites.external.devices.raspi3.arch"),
        ("dns: 192.168.6.90}", "dns: 192.168.6.99}", "vpn.endpoints.shared.dns"),
        (SHARE, f"{SHARE}      quota: {{pods: 5}}\n", "tenants.paul.quota.pods"),
        ("lan3: {segment: servers, speed: 1G}", "lan3: {segment: servers, speed: 10G}", "speed"),
    ],
    ids=lambda value: str(value).strip()[:30],
)
def test_a_setting_is_told_by_its_path(before: str, after: str, path: str) -> None:
    found = difference_after((before, after))
    settings = [thing.name for thing in found.things if thing.kind == "Settings"]

    assert [name for name in settings if name.endswith(path)] != []


@pytest.mark.parametrize("stack", STACKS)
def test_a_setting_is_written_as_the_description_writes_it(stack: str) -> None:
    settings = list_settings(plan_of(stack).network)

    assert list(settings) == sorted(settings)
    assert not [value for value in settings.values() if value in ("True", "False", "None")]


def test_what_is_told_elsewhere_is_not_told_twice() -> None:
    settings = list_settings(plan_of("prod").network)

    assert settings["network.operator.prefixes"] == "users, infrastructure"
    assert not [path for path in settings if path.startswith(("flows", "expect", "vpn.clients"))]
    assert not [path for path in settings if path.endswith((".host_key", ".role", ".trust"))]
