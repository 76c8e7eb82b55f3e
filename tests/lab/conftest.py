"""Gives tests a running lab, or the reason aloud why there is none."""

from collections.abc import Iterator

import pytest

from lab.apiserver.programs import Programs, find_programs
from lab.demands import find_lacks
from lab.errors import LabUnavailableError
from lab.la1r import describe_la1r
from lab.laboratory import Lab, run_lab


@pytest.fixture(scope="session")
def needs_lab() -> None:
    """Skip where no lab can run."""
    if lacks := find_lacks():
        pytest.skip(f"no router lab here: {'; '.join(lacks)}")


@pytest.fixture(scope="session")
def la1r(needs_lab: None) -> Iterator[Lab]:  # noqa: ARG001 - only its skip is wanted
    """Run the la1r lab for tests that leave machines as they found them."""
    with run_lab(describe_la1r()) as lab:
        yield lab


@pytest.fixture(scope="session")
def programs() -> Programs:
    """Give the programs of an API server, or skip where there are none."""
    try:
        return find_programs()
    except LabUnavailableError as error:
        pytest.skip(str(error))
