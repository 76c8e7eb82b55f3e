"""What la1r notes on a device can be damaged; then it says less, and takes nothing away."""

import pytest

from tests.devices.bench_device import BenchDevice
from tests.devices.texts import WITH_PING, bundle

pytestmark = [pytest.mark.slow, pytest.mark.root]


@pytest.mark.parametrize("left", ["", "left\n"], ids=["empty", "no record"])
def test_a_record_of_a_change_that_is_none_takes_nothing_away(
    device: BenchDevice, left: str
) -> None:
    """A sudden end can leave one, and then nothing is known of what was there before."""
    device.deploy(bundle())
    before = device.state()
    pending = device.root / "etc/la1r/pending"
    pending.write_text(left)
    staged = device.stage(bundle(WITH_PING))

    assert staged.returncode == 0, staged.stderr
    assert device.state() == before
    assert not pending.exists()
