"""The dashboard against plan and reach: what is read back is what was computed, cell by cell."""

from collections.abc import Iterable

from reach.explain import NO_PUBLIC_PORT, NO_WAY, explain
from reach.model import Reach
from reach.portset import PortSet, read_ports
from tests.views.dashboards import (
    Matrix,
    content_of,
    every_network,
    every_stack,
    page_of,
    picture_of,
    reach_named,
    read_page,
    rendered_named,
)
from tests.views.drawings import plan_named
from tests.views.reading import devices_of, links_of
from views.palette import write_style
from views.technical import draw_technical

Record = dict[str, object]
# What a record of reach says in the place of steps.
NOBODY_PASSED = "nobody is passed on the way"


def records(name: str, key: str) -> list[Record]:
    found = content_of(read_page(name))[key]
    assert isinstance(found, list)
    return found


@every_network
def test_the_page_holds_every_device_and_every_link(name: str) -> None:
    plan = plan_named(name)
    links = [f"{one['site']}/{one['a']}~{one['b']}" for one in records(name, "cables")]

    assert sorted(str(one["name"]) for one in records(name, "devices")) == sorted(devices_of(plan))
    assert sorted(links) == sorted(links_of(plan))


@every_network
def test_the_page_holds_every_flow_and_every_way_in_from_the_internet(name: str) -> None:
    plan = plan_named(name)
    ports = {(str(one["target"]), str(one["ports"])) for one in records(name, "public_ports")}

    assert [one["name"] for one in records(name, "flows")] == [flow.name for flow in plan.flows]
    assert ports == {
        (flow.target.name, str(each))
        for flow in plan.flows
        for each in flow.ports
        if flow.source.name == "internet"
    }


@every_network
def test_the_page_holds_every_policy_and_every_namespace_of_a_tenant(name: str) -> None:
    network = plan_named(name).network
    policies = {
        (manifest.namespace, manifest.name)
        for manifest in rendered_named(name).manifests
        if manifest.type.name == "NetworkPolicy"
    }
    namespaces = {(one["name"], *one["namespaces"]) for one in records(name, "cards")}  # type: ignore[misc] # a list in a record

    assert {tuple(one) for one in records(name, "policies")} == policies
    assert namespaces == {
        (key, *sorted(tenant.namespaces)) for key, tenant in network.tenants.items()
    }


@every_network
def test_the_pictures_in_the_page_are_the_pictures_beside_it(name: str) -> None:
    picture = draw_technical(plan_named(name)).rstrip("\n")
    head, _, tail = picture.partition("<style>")

    shown = picture_of(read_page(name), page_of(name), "technical").rstrip("\n")
    assert shown == head + tail.partition("</style>")[2]
    assert write_style() in read_page(name).texts_in("style")[0]


# ---------------------------------------------------------------- the matrix


@every_network
def test_every_cell_says_what_reach_says(name: str) -> None:
    reach, matrix = reach_named(name), Matrix(read_page(name))
    wrong = [
        (source, target)
        for source, target, cell in matrix.pairs()
        if [matrix.ports(cell.ports), matrix.ports(cell.bare), matrix.ports(cell.public)]
        != ports_between(reach, source, target)
    ]
    evaluated = [one.endpoint.name for one in reach.standings if one.endpoint.evaluated]

    assert matrix.raw["names"] == evaluated
    assert wrong == []


def ports_between(reach: Reach, source: str, target: str) -> list[PortSet]:
    """What is open, what no rule could close, and what is open by a public address."""
    found = reach.verdicts.get((source, target))
    if found is None:
        return [PortSet.nothing] * 3
    return [found.allowed, found.not_enforceable, found.by_public_address]


@every_stack
def test_every_open_cell_has_the_chain_behind_it(name: str) -> None:
    reach, matrix = reach_named(name), Matrix(read_page(name))
    for source, target, cell in matrix.pairs():
        shown = {(ports, plain(steps)) for ports, steps in map(matrix.way, cell.ways)}
        ways = reach.row(source, target)["ways"]

        assert shown == {(read_ports(way["ports"]), plain(way["steps"])) for way in ways}


def plain(steps: Iterable[str]) -> tuple[str, ...]:
    """The words of steps, without marks between their parts; where nobody is passed, none."""
    marks = str.maketrans("", "", ":,")
    found = [" ".join(step.translate(marks).split()) for step in steps]
    return tuple(step for step in found if step != NOBODY_PASSED)


@every_stack
def test_every_closed_cell_has_what_stops_it_or_no_way_leads_there(name: str) -> None:
    reach, matrix = reach_named(name), Matrix(read_page(name))
    for source, target, cell in matrix.pairs():
        text = explain(reach, source, target, None)
        explained = NO_WAY not in text and NO_PUBLIC_PORT not in text

        assert cell.verdict != "closed" or bool(cell.stops) == explained


def test_a_verdict_that_no_rule_can_close_outweighs_all_others() -> None:
    matrix = Matrix(read_page("prod"))
    verdicts = {cell.verdict for cell in matrix.cells}
    guarded = [cell for cell in matrix.cells if cell.verdict != "not enforceable"]

    assert verdicts == {"open", "partly", "closed", "not enforceable"}
    assert all(not matrix.ports(cell.bare) for cell in guarded)
