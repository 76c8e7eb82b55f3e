"""Puts values of every wrong kind at places of a description: each is told, none is a crash."""

from collections.abc import Iterator, Mapping

import pytest
import yaml

from config.load import load_network
from config.network import Network
from config.stackfile import NAMESPACE
from plan.build import build_plan
from plan.problems import find_plan_problems
from reach.compare import find_reach_problems
from reach.evaluate import evaluate
from render.kubernetes import render_manifests
from terms.problem import DescriptionError, Problem
from tests.config.cases import BASE

Steps = tuple[str | int, ...]

VALUES = {
    "nothing": None,
    "an empty text": "",
    "a word": "x",
    "a number": 5,
    "a negative number": -1,
    "a fraction": 1.5,
    "true": True,
    "an empty list": [],
    "a list of nothing": [None],
    "an empty mapping": {},
    "a mapping with an empty key": {"": None},
    "another script": "Ω ☃",
    "a very large number": 10**30,
    "a very long text": "a" * 5000,
    "two lines": "a\nb",
    "an end of a quote": '"; drop',
    "a range": "192.168.1.0/24",
    "every address": "0.0.0.0/0",
    "the internet": "internet",
    "a device": "home/gateway",
    "a broadcast address": "255.255.255.255",
}
# Each value meets one place in so many, each time others; all of them would take minutes.
EVERY = 19


def places(value: object, steps: Steps = ()) -> Iterator[Steps]:
    """List the places of a description, outer ones first."""
    if steps:
        yield steps
    pairs: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        pairs += value.items()
    elif isinstance(value, list):
        pairs += enumerate(value)
    for step, item in pairs:
        yield from places(item, (*steps, step))


def read_base() -> dict[str, object]:
    config: Mapping[str, object] = yaml.safe_load(BASE.read_text())["config"]
    return {key.removeprefix(NAMESPACE): value for key, value in config.items()}


def replaced(whole: object, steps: Steps, value: object) -> object:
    """A copy with another value at one place."""
    if not steps:
        return value
    step, *rest = steps
    if isinstance(whole, dict):
        return {
            key: replaced(item, tuple(rest), value) if key == step else item
            for key, item in whole.items()
        }
    assert isinstance(whole, list)
    return [
        replaced(item, tuple(rest), value) if index == step else item
        for index, item in enumerate(whole)
    ]


def say_all(network: Network) -> list[Problem]:
    """What planning and evaluation find in a description that the rules let pass."""
    plan = build_plan(network)
    manifests = render_manifests(plan)
    return [
        *find_plan_problems(plan),
        *find_reach_problems(plan, evaluate(plan, manifests)),
    ]


def judge(description: Mapping[str, object]) -> list[Problem]:
    try:
        return say_all(load_network(description))
    except DescriptionError as error:
        return list(error.problems)


@pytest.mark.slow
@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_a_wrong_kind_is_told_wherever_it_stands(name: str) -> None:
    base = read_base()
    offset = list(VALUES).index(name)

    for steps in list(places(base))[offset % EVERY :: EVERY]:
        changed = replaced(base, steps, VALUES[name])
        assert isinstance(changed, dict)
        for problem in judge(changed):
            assert problem.code != "E-YML-22", problem
            assert str(problem).count("\n") == 3, problem
