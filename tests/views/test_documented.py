"""The pictures of `prod` against the two drawings of the owner's documentation, row by row."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.golden import REPOSITORY
from tests.views.reading import Element, elements_of, read_picture, text_in, values_of

_FILE = Path(REPOSITORY, "tests", "production", "documented.yaml")
# Rows of a test table: each kind has its own shape, checked by the test that reads it.
DOCUMENTED: dict[str, Any] = YAML(typ="safe").load(_FILE)


def rows(key: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", DOCUMENTED[key], ids=str)


@pytest.fixture(scope="module")
def technical() -> Element:
    return read_picture("technical", "prod")


@pytest.fixture(scope="module")
def data() -> Element:
    return read_picture("data", "prod")


@rows("links")
def test_every_documented_link_is_drawn_with_its_speed(technical: Element, row: list[str]) -> None:
    first, second, _, detail = row
    drawn = [
        element
        for element in technical.iter()
        for link in (element.get("data-link") or "").split()
        if [end.partition("/")[0] for end in link.removeprefix("home/").split("~")]
        == [first, second]
    ]

    assert len(drawn) == 1
    assert detail in text_in(*drawn)


@rows("vpn_members")
def test_every_documented_member_is_drawn_at_the_vpn(technical: Element, row: list[str]) -> None:
    name, kind = row
    members = {
        "gateway": [value.partition("/")[2] for value in values_of(technical, "backbone")],
        "client": values_of(technical, "client"),
    }

    assert name in members[kind]


@rows("rack")
def test_every_documented_rack_device_is_drawn_in_it(
    technical: Element, row: dict[str, str]
) -> None:
    ref = f"home/{row['device']}"
    written = text_in(*elements_of(technical, "device", ref))

    assert elements_of(technical, "mounted", ref)
    assert row["model"] in written


@rows("addresses")
def test_every_documented_address_is_written_at_its_device(
    technical: Element, row: list[str]
) -> None:
    assert row[1] in text_in(*elements_of(technical, "device", f"home/{row[0]}"))


def test_the_media_converter_has_fibre_towards_the_provider(technical: Element) -> None:
    uplink = elements_of(technical, "uplink", "home/media-converter")[0]

    assert "fibre0" in text_in(uplink)
    assert any("fibre" in (part.get("class") or "") for part in uplink)


@rows("prefixes")
def test_every_documented_range_is_drawn(data: Element, row: list[str]) -> None:
    cidr, site, name, role = row
    written = text_in(*elements_of(data, "prefix", f"{site}.{name}"))

    assert cidr in written
    assert role in written


@rows("pools")
def test_every_documented_pool_is_drawn(data: Element, row: list[str]) -> None:
    assert row[0] in text_in(*elements_of(data, "pool", row[1]))


@rows("service_addresses")
def test_every_documented_service_shows_its_address(data: Element, row: list[str]) -> None:
    assert row[1] in text_in(*elements_of(data, "service", row[0]))


@rows("host_services")
def test_every_documented_host_service_is_written(data: Element, row: list[str]) -> None:
    name, service, port = row

    assert f"{service} {port}" in text_in(*elements_of(data, "host", f"home/{name}"))


@rows("forwards")
def test_every_documented_forward_is_a_lane(data: Element, row: dict[str, Any]) -> None:
    lanes = elements_of(data, "public", row["public"])

    assert len(lanes) == 1
    assert (lanes[0].get("data-to") or "").endswith(f":{row['through']}")


@rows("ingress_also_reaches")
def test_the_ingress_has_an_arrow_to_the_other_tenant(data: Element, row: list[str]) -> None:
    flow = elements_of(data, "flow", "-to-".join(row).replace("/", "-"))

    assert row[0] in text_in(*flow)


@pytest.mark.parametrize("name", DOCUMENTED["guest_namespaces"])
def test_every_guest_namespace_is_closed(data: Element, name: str) -> None:
    (drawn,) = elements_of(data, "namespace", name)

    assert "deny-all" in (drawn.get("data-policies") or "").split()


def test_every_other_namespace_is_drawn(data: Element) -> None:
    assert set(DOCUMENTED["owner_namespaces"]) <= set(values_of(data, "namespace"))
    assert set(DOCUMENTED["system_namespaces"]) <= set(values_of(data, "system-namespace"))


def test_the_cluster_shows_its_ranges_nodes_and_api(data: Element) -> None:
    cluster = DOCUMENTED["cluster"]
    written = text_in(*elements_of(data, "cluster", cluster["name"]))

    for part in ("pods", "services", "control_plane", "api_address", "api_port"):
        assert str(cluster[part]) in written
    assert all(node in written for node in cluster["others"])


@rows("vpns")
def test_every_documented_vpn_shows_its_range_and_port(data: Element, row: dict[str, Any]) -> None:
    written = text_in(*elements_of(data, "endpoint", row["endpoint"]))

    assert row["cidr"] in written
    assert elements_of(data, "public", f"udp/{row['port']}")


@rows("backbone")
def test_the_gateways_show_their_mesh_addresses(data: Element, row: list[str]) -> None:
    assert row[1] in text_in(*elements_of(data, "site", row[0]))


def test_dhcp_server_and_relay_are_written_at_the_ranges(data: Element) -> None:
    written = text_in(*elements_of(data, "prefix", "home.users"))

    assert DOCUMENTED["dhcp"]["server"] in written
    assert DOCUMENTED["dhcp"]["relay"] in written
