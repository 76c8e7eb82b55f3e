"""A cluster that is as declared says nothing; whatever is otherwise is named, with who did it."""

from reach.portset import PortSet
from tests.reach.clusters_found import a_pod, a_policy, compared, listed

BAND = "stage"


def test_a_cluster_as_declared_differs_in_nothing() -> None:
    found = compared(listed())

    assert not found.differs
    assert not found.problems
    assert found.pods > 5


def test_a_policy_that_opens_a_tenant_is_named_with_what_it_opens() -> None:
    found = compared([*listed(), a_policy(BAND, "by-hand", ingress=[{}])])

    assert found.foreign == (f"{BAND}/by-hand",)
    assert not found.closed
    assert {change.source for change in found.opened} >= {"internet", "home.lan"}
    assert {change.by for change in found.opened} == {(f"{BAND}/by-hand",)}


def test_a_policy_that_is_gone_closes_or_opens_what_it_was_for() -> None:
    left = [
        each
        for each in listed()
        if (each["metadata"].get("namespace"), each["metadata"]["name"]) != (BAND, "deny-all")
    ]
    without_all = [
        each
        for each in listed()
        if each["kind"] != "NetworkPolicy" or each["metadata"]["namespace"] != BAND
    ]

    assert compared(left).missing == (f"{BAND}/deny-all",)
    # Without any policy nobody isolates the pods: everything is open, and no policy says so.
    assert any(change.ports == PortSet.everything for change in compared(without_all).opened)
    assert () in {change.by for change in compared(without_all).opened}


def test_a_policy_that_says_something_else_is_named() -> None:
    objects = listed()
    for each in objects:
        if each["kind"] == "NetworkPolicy" and each["metadata"]["name"] == "allow-dns":
            each["spec"] = {**each["spec"], "egress": []}
    found = compared(objects)

    assert f"{BAND}/allow-dns" in found.changed
    assert found.closed
    assert {change.target for change in found.closed} == {"kube-system/dns"}


def test_a_namespace_that_lost_its_label_loses_its_neighbours() -> None:
    objects = listed()
    for each in objects:
        if each["kind"] == "Namespace" and each["metadata"]["name"] == "media":
            each["metadata"]["labels"].pop("la1r.com/tenant")
    found = compared(objects)

    assert found.closed
    assert all("media/" in change.source + change.target for change in found.closed)


def test_what_weave_net_would_not_hold_is_named_wherever_it_stands() -> None:
    named = a_policy("default", "named", ingress=[{"ports": [{"port": "http"}]}])
    found = compared([*listed(), named])

    assert [problem.code for problem in found.problems] == ["E-NPC-03"]
    assert not found.differs


def test_a_selector_of_nobody_is_named() -> None:
    idle = a_policy(
        BAND, "idle", ingress=[{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]
    )

    assert [p.code for p in compared([*listed(), idle]).problems] == ["E-NPC-17"]


def test_a_policy_that_cannot_be_read_stops_nothing() -> None:
    odd = a_policy("default", "odd", ingress=[{"ports": [{"port": 80, "protocol": "ICMP"}]}])

    assert [p.code for p in compared([*listed(), odd]).problems] == ["E-NPC-18"]


def test_pods_that_ended_or_are_their_node_are_nobody() -> None:
    ended = a_pod(BAND, "ended", {"app": "x"}, phase="Succeeded")
    on_host = a_pod(BAND, "on-host", {"app": "y"})
    on_host["spec"]["hostNetwork"] = True

    assert compared([*listed(), ended, on_host]).pods == compared(listed()).pods


def test_pods_that_no_policy_tells_apart_are_named_once() -> None:
    found = compared([*listed(), a_policy(BAND, "by-hand", ingress=[{}])])
    targets = {change.target for change in found.opened}

    assert any(target.endswith("-0 and 1 alike") for target in targets)
    assert not any(target.endswith("-1") for target in targets)
