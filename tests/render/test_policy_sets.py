"""Selectors are written as Kubernetes writes them, and sets of one name mean one thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reach.cluster_objects import read_manifest
from render.manifest import Fields, Manifest
from render.policy_sets import find_shared_sets, write_selector


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        pytest.param({}, "", id="empty"),
        pytest.param({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2", id="labels by their key"),
        pytest.param(
            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["y", "x"]}]},
            "a in (x,y)",
            id="In, with sorted values",
        ),
        pytest.param(
            {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["x"]}]},
            "a notin (x)",
            id="NotIn",
        ),
        pytest.param({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "a", id="Exists"),
        pytest.param(
            {
                "matchLabels": {"b": "2"},
                "matchExpressions": [{"key": "a", "operator": "DoesNotExist"}],
            },
            "!a,b=2",
            id="DoesNotExist, sorted by its key",
        ),
    ],
)
def test_a_selector_is_written_as_kubernetes_does(selector: Fields, text: str) -> None:
    assert write_selector(selector) == text


words = st.text("ab", min_size=1, max_size=2)
labels = st.dictionaries(words, words, max_size=1).map(lambda found: {"matchLabels": found})


def peer(namespaces: Fields, pods: Fields) -> Manifest:
    rule: Fields = {"from": [{"namespaceSelector": namespaces, "podSelector": pods}]}
    name = f"{namespaces} {pods}"
    spec: Fields = {"podSelector": {}, "ingress": [rule]}
    return read_manifest({"metadata": {"name": name, "namespace": "home"}, "spec": spec})


@given(st.tuples(labels, labels), st.tuples(labels, labels))
def test_two_peers_share_a_set_when_they_read_alike_and_differ(
    one: tuple[Fields, Fields], other: tuple[Fields, Fields]
) -> None:
    def joined(selectors: tuple[Fields, Fields]) -> str:
        return "".join(map(write_selector, selectors))

    alike = joined(one) == joined(other)

    assert bool(list(find_shared_sets([peer(*one), peer(*other)]))) == (alike and one != other)
