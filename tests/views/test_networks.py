"""The networks that views are tried on are sound: what flows declare there is what packets do."""

import pytest

from reach.compare import find_reach_problems
from tests.views.dashboards import reach_named
from tests.views.drawings import LARGE, plan_named
from tests.views.networks import plan_of_size


@pytest.mark.slow
def test_the_large_network_is_sound() -> None:
    assert find_reach_problems(plan_named(LARGE), reach_named(LARGE)) == ()


@pytest.mark.parametrize("size", [(1, 10, 1), (8, 200, 50)])
def test_a_network_is_as_large_as_it_was_asked_for(size: tuple[int, int, int]) -> None:
    network = plan_of_size(*size).network
    devices = sum(len(site.devices) for site in network.sites.values())

    assert (len(network.sites), devices, len(network.tenants)) == size
