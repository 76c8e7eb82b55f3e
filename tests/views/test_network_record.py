"""A network.json is read with every form checked, for it may come from anywhere."""

import json
from functools import cache

import pytest

from plan.build import build_plan
from reach.evaluate import evaluate
from render.whole import render_network
from tests.plan.examples import pair, read
from views.difference import compare_networks
from views.network import Document, build_network_json, network_text
from views.network_form import RecordFormError
from views.network_record import read_record


@cache
def document() -> Document:
    """Write a small network."""
    plan = build_plan(read(pair()))
    rendered = render_network(plan)
    return build_network_json(plan, rendered, evaluate(plan, rendered.manifests))


def test_a_record_read_from_a_file_is_that_of_the_network() -> None:
    plan = build_plan(read(pair()))
    rendered = render_network(plan)
    text = network_text(plan, rendered, evaluate(plan, rendered.manifests))

    assert not compare_networks(read_record(json.loads(text)), read_record(document()))


@pytest.mark.parametrize("key", sorted(set(document()) - {"domain", "policies"}))
@pytest.mark.parametrize("value", [None, 1, "text", [1], [{}], {"hosts": 1}, {"a": 1}])
def test_a_document_of_another_form_is_refused_with_a_reason(key: str, value: object) -> None:
    with pytest.raises(RecordFormError) as refused:
        read_record({**document(), key: value})

    assert str(refused.value)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"schema": "other/1"}])
def test_something_else_is_refused(value: object) -> None:
    with pytest.raises(RecordFormError):
        read_record(value)


def test_a_document_of_a_later_schema_is_refused_by_its_number() -> None:
    with pytest.raises(RecordFormError, match="network/99"):
        read_record({**document(), "schema": "la1r.network/99"})


def test_the_way_in_for_the_operator_is_recorded() -> None:
    facts = read_record(document()).facts["Ways in for the operator"]

    assert facts["home/server"]["host"] == "192.168.5.5"
