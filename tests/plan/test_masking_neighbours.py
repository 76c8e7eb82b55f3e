"""Neighbours of the nodes ask for services by the router, so that it sees both ways."""

from plan.ruleset import Chain, Masquerade
from terms.values import DeviceRef
from tests.plan.towns import clustered
from tests.plan.wording import plan_with, say_match

WHY = "nodes would answer their neighbours straight"


def test_hosts_beside_the_nodes_are_hidden_from_services_that_nodes_answer_for() -> None:
    found = plan_with(clustered()).device(DeviceRef.parse("home/gateway"))
    assert found is not None

    hidden = [
        say_match(rule.match)
        for chain, rule in found.ruleset.rules()
        if chain is Chain.POSTROUTING and isinstance(rule.action, Masquerade)
        if rule.comment == WHY
    ]

    assert hidden == ["srv0 > srv0: 192.168.5.0/24 -> 192.168.6.0/24"]


def test_without_a_cluster_nobody_answers_for_others() -> None:
    town = {key: value for key, value in clustered().items() if key not in ("cluster", "tenants")}
    alone = {**town, "tenants": {"family": {"id": 1}}}
    found = plan_with(alone).device(DeviceRef.parse("home/gateway"))
    assert found is not None

    assert WHY not in {rule.comment for _, rule in found.ruleset.rules()}
