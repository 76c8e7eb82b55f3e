"""Quantities are read as Kubernetes reads them, and written as people would."""

from decimal import Decimal

import pytest

from terms.quantity import read_quantity, write_bytes, write_cores


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [
        pytest.param("4", "4", id="a number alone"),
        pytest.param("0.5", "0.5", id="a fraction"),
        pytest.param("250m", "0.25", id="thousandths"),
        pytest.param("2k", "2000", id="thousands"),
        pytest.param("1.5Gi", "1610612736", id="powers of 1024"),
        pytest.param("1T", "1000000000000", id="powers of 1000"),
    ],
)
def test_a_quantity_is_read_as_kubernetes_reads_it(quantity: str, amount: str) -> None:
    assert read_quantity(quantity) == Decimal(amount)


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        pytest.param("12", "12", id="whole cores"),
        pytest.param("2750m", "2.75", id="parts of a core"),
        pytest.param("2.6666666", "2.666", id="never more than there is"),
        pytest.param("1234567", "1234567", id="very many"),
    ],
)
def test_cores_are_written_in_cores(quantity: str, written: str) -> None:
    assert write_cores(read_quantity(quantity)) == written


@pytest.mark.parametrize(
    ("quantity", "written"),
    [
        pytest.param("16384Mi", "16Gi", id="the largest unit that it is a whole number of"),
        pytest.param("2048Gi", "2Ti", id="very much"),
        pytest.param("4G", "3814Mi", id="never more than there is"),
        pytest.param("0", "0Mi", id="nothing"),
    ],
)
def test_bytes_are_written_in_units_of_1024(quantity: str, written: str) -> None:
    assert write_bytes(read_quantity(quantity)) == written
