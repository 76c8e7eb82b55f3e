"""Parts of the dashboard: the address map is to scale, cards tell leaks first, changes are told."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import cast

import pytest

from render.manifest import Json
from tests.views.changed_prod import CHANGES, FACEFAN, difference_after
from tests.views.dashboards import Page, content_of, draw, every_network, read_page
from tests.views.drawings import plan_named
from views.dashboard import Baseline
from views.dashboard.address_map import map_addresses
from views.dashboard.tenants import describe_cards

Record = dict[str, object]


def part(record: Mapping[str, object], key: str) -> list[Record]:
    return cast("list[Record]", record[key])


def address_map(*prefixes: tuple[str, str, str | None]) -> dict[str, Json]:
    """Map prefixes of a role, given as name, range and alias."""
    return map_addresses(
        {
            "addresses": {
                "prefixes": [
                    {"name": name, "role": "user", "cidr": cidr, "alias": alias, "pool": None}
                    for name, cidr, alias in prefixes
                ],
                "hosts": [],
                "ranges": [],
            },
            "tenants": [],
            "vpn": {"interfaces": [], "clients": []},
        }
    )


# ---------------------------------------------------------------- addresses


@every_network
def test_every_range_is_in_a_bar_and_to_scale(name: str) -> None:
    shown = cast("Record", content_of(read_page(name))["map"])
    for bar in part(shown, "bars"):
        whole = IPv4Network(str(bar["cidr"]))
        for one in part(bar, "ranges"):
            cidr = IPv4Network(str(one["cidr"]))
            start = int(cidr.network_address) - int(whole.network_address)

            assert float(str(one["width"])) == pytest.approx(
                cidr.num_addresses * 100 / whole.num_addresses, rel=1e-3
            )
            assert float(str(one["from"])) == pytest.approx(
                start * 100 / whole.num_addresses, rel=1e-3
            )

    drawn = {one["name"] for bar in part(shown, "bars") for one in part(bar, "ranges")}
    assert {prefix.reference for prefix in plan_named(name).addresses.prefixes} <= drawn


@every_network
def test_what_is_free_and_what_is_taken_fill_each_bar(name: str) -> None:
    for bar in part(cast("Record", content_of(read_page(name))["map"]), "bars"):
        first = sum(float(str(one["width"])) for one in part(bar, "ranges") if one["lane"] == 0)
        free = sum(float(str(gap["width"])) for gap in part(bar, "free"))

        assert first + free == pytest.approx(100, rel=1e-2)


@every_network
def test_every_address_of_a_host_is_a_mark_in_its_range(name: str) -> None:
    shown = cast("Record", content_of(read_page(name))["map"])
    marks = {
        (strip["name"], mark["address"])
        for strip in part(shown, "strips")
        for mark in part(strip, "marks")
    }
    hosts = plan_named(name).addresses.hosts

    assert {(f"{host.site}.{host.prefix}", str(host.address)) for host in hosts} <= marks


def test_services_and_routers_of_a_load_balancer_range_are_both_marked() -> None:
    shown = cast("Record", content_of(read_page("prod"))["map"])
    strips = {strip["name"]: strip for strip in part(shown, "strips")}
    marks = {str(mark["address"]) for mark in part(strips["home.load-balancer"], "marks")}

    assert {"192.168.6.254", "192.168.6.1", "192.168.6.90"} <= marks


def test_an_overlap_without_a_reason_is_a_conflict() -> None:
    shown = address_map(("a.lan", "192.0.2.0/24", None), ("b.lan", "192.0.2.0/25", None))

    assert shown["overlaps"] == [
        {"a": "a.lan", "b": "b.lan", "cidr": "192.0.2.0/25", "reasons": []}
    ]


def test_an_overlap_with_an_alias_has_a_reason() -> None:
    shown = address_map(
        ("a.lan", "192.0.2.0/24", None), ("b.lan", "192.0.2.0/24", "198.51.100.0/24")
    )

    assert [pair["reasons"] for pair in part(shown, "overlaps")] == [
        ["b.lan is seen as 198.51.100.0/24 from elsewhere"]
    ]


def test_ranges_that_meet_do_not_overlap() -> None:
    shown = address_map(("a.lan", "192.0.2.0/25", None), ("b.lan", "192.0.2.128/25", None))

    assert shown["overlaps"] == []
    assert [len(part(bar, "ranges")) for bar in part(shown, "bars")] == [2]


# ---------------------------------------------------------------- tenants


def tenants_document(policies: list[Json], matrix: list[Json]) -> dict[str, Json]:
    """Two tenants, one with a namespace, and an end of each."""
    ends: list[Json] = [
        {"name": name, "kind": "pods", "tenant": name.partition("/")[0]}
        for name in ("one/web", "two/web")
    ]
    tenants: list[Json] = [
        {
            "name": name,
            "id": number,
            "trust": "guest",
            "description": "",
            "namespaces": [f"space-{name}"],
            "services": {},
        }
        for number, name in enumerate(("one", "two"), 1)
    ]
    return {
        "tenants": tenants,
        "endpoints": ends,
        "policies": policies,
        "matrix": matrix,
        "public_ports": [],
        "vpn": {"interfaces": [], "clients": []},
    }


def deny_all(namespace: str, **spec: Json) -> Json:
    closed: dict[str, Json] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return {"metadata": {"name": "deny-all", "namespace": namespace}, "spec": {**closed, **spec}}


def way(bare: list[Json]) -> Json:
    return {
        "source": "one/web",
        "target": "two/web",
        "ports": ["any"],
        "not_enforceable": bare,
        "by_public_address": [],
        "why": ["a-flow: because"],
    }


def cards_of(policies: list[Json], matrix: list[Json]) -> list[Record]:
    return cast("list[Record]", describe_cards(tenants_document(policies, matrix)))


def test_a_namespace_that_nothing_closes_comes_first() -> None:
    cards = cards_of([deny_all("space-one")], [])

    assert [(card["name"], card["bare"]) for card in cards] == [("two", ["space-two"]), ("one", [])]


def test_a_policy_that_opens_something_isolates_nothing() -> None:
    cards = cards_of([deny_all("space-one", ingress=[{}]), deny_all("space-two")], [])

    assert cards[0]["bare"] == ["space-one"]


@pytest.mark.parametrize(("bare", "kind"), [(["any"], "leaks"), ([], "ways")])
def test_what_comes_in_from_another_tenant_is_told(bare: list[Json], kind: str) -> None:
    policies = [deny_all("space-one"), deny_all("space-two")]
    cards = {card["name"]: card for card in cards_of(policies, [way(bare)])}
    other = {"leaks": "ways", "ways": "leaks"}[kind]

    assert [line["why"] for line in part(cards["two"], kind)] == [("because",)]
    assert cards["two"][other] == []
    assert (cards["one"]["leaks"], cards["one"]["ways"]) == ([], [])


# ---------------------------------------------------------------- changes


def test_a_page_without_a_baseline_has_no_changes() -> None:
    assert content_of(read_page("prod"))["changes"] is None


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_tells_every_change(name: str) -> None:
    difference = difference_after(*CHANGES[name])
    told = cast("Record", content_of(Page(draw("prod", Baseline("main", difference))))["changes"])

    assert told["against"] == "main"
    assert [line["title"] for line in part(told, "reach")] == [
        line.danger.title for line in difference.lines
    ]
    assert [thing["name"] for thing in part(told, "things")] == [
        thing.name for thing in difference.things
    ]
    assert [file["name"] for file in part(told, "files")] == [
        file.name for file in difference.files
    ]


def test_the_most_dangerous_change_comes_first() -> None:
    difference = difference_after((FACEFAN, f"{FACEFAN}      internet: true\n"))
    told = cast("Record", content_of(Page(draw("prod", Baseline("main", difference))))["changes"])
    dangers = [int(str(line["danger"])) for line in part(told, "reach")]

    assert dangers
    assert dangers == sorted(dangers)
