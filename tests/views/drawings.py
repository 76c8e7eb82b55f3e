"""The drawings of the repository's stacks and of a large network, laid out once for all tests."""

from collections.abc import Callable
from functools import cache

import pytest

from plan.model import Plan
from tests.render.stacks import STACKS, plan_of
from tests.views.networks import plan_of_size
from tests.views.odd_networks import ODD, plan_of_odd
from views.data import lay_out_data
from views.drawing import Drawing
from views.technical import lay_out_technical

LAYOUTS: dict[str, Callable[[Plan], Drawing]] = {
    "technical": lay_out_technical,
    "data": lay_out_data,
}
LARGE = "8 sites, 200 devices, 50 tenants"
NAMES = (*STACKS, LARGE, *ODD)


@cache
def plan_named(name: str) -> Plan:
    """Plan a stack, an odd network, or the large one."""
    if name == LARGE:
        return plan_of_size(8, 200, 50)
    return plan_of_odd(name) if name in ODD else plan_of(name)


@cache
def drawing_of(layout: str, name: str) -> Drawing:
    """Lay out a network once."""
    return LAYOUTS[layout](plan_named(name))


every_drawing = pytest.mark.parametrize(
    ("layout", "name"), [(layout, name) for layout in LAYOUTS for name in NAMES]
)
