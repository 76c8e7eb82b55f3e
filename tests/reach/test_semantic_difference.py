"""Two networks differ by what packets do, and not by how their policies are written."""

from msgspec.structs import replace

from reach.difference import compare_reach
from render.manifest import NETWORK_POLICY, Fields, Json, Manifest, as_fields, as_items
from tests.plan.towns import clustered
from tests.reach.evaluated import judge, planned


def in_other_words(value: Json) -> Json:
    """The same selectors as expressions, and everything in the other order."""
    if isinstance(value, dict):
        found = {key: in_other_words(each) for key, each in reversed(value.items())}
        labels = as_fields(found.pop("matchLabels", None))
        if labels:
            found["matchExpressions"] = [
                {"key": key, "operator": "In", "values": [text]} for key, text in labels.items()
            ]
        return found
    return [in_other_words(each) for each in reversed(value)] if isinstance(value, list) else value


def one_port_each(rule: Fields) -> list[Json]:
    """A rule for each of its ports."""
    ports = as_items(rule.get("ports"))
    return [{**rule, "ports": [port]} for port in ports] if ports else [rule]


def rewritten(manifest: Manifest) -> Manifest:
    if manifest.type != NETWORK_POLICY:
        return manifest
    spec = dict(as_fields(manifest.content["spec"]))
    for side in ("ingress", "egress"):
        rules = (one_port_each(as_fields(rule)) for rule in as_items(spec[side]))
        spec[side] = [each for parts in rules for each in parts]
    return replace(manifest, content={"spec": in_other_words(spec)})


def test_policies_in_other_words_are_no_difference() -> None:
    plan, manifests = planned(clustered())
    others = tuple(map(rewritten, manifests))
    before, _ = judge(plan, manifests)
    after, problems = judge(plan, others)

    difference = compare_reach(before.rows(), after.rows())

    assert others != manifests
    assert not problems
    assert not difference.gained
    assert not difference.lost


def test_a_rule_more_is_a_difference_though_nothing_else_is_rewritten() -> None:
    plan, manifests = planned(clustered())
    opened = tuple(
        replace(each, content={"spec": {**as_fields(each.content["spec"]), "ingress": [{}]}})
        if each.path.endswith("stage/deny-all")
        else each
        for each in manifests
    )
    before, after = judge(plan, manifests)[0], judge(plan, opened)[0]

    difference = compare_reach(before.rows(), after.rows())

    assert {change.target for change in difference.gained} >= {"namespace.stage"}
    assert not difference.lost
