"""Measured text: never wider than reckoned, broken and shortened within its room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from views.metrics import FONTS, PLAIN, Font, measure_text, shorten_text, wrap_text

texts = st.text(min_size=1, max_size=80)


@given(text=texts, width=st.integers(40, 400), font=st.sampled_from(FONTS))
def test_broken_lines_are_within_their_width(text: str, width: int, font: Font) -> None:
    assert all(measure_text(line, font) <= width for line in wrap_text(text, font, width))


@given(text=texts, width=st.integers(40, 400))
def test_breaking_loses_no_letter(text: str, width: int) -> None:
    assert "".join("".join(wrap_text(text, PLAIN, width)).split()) == "".join(text.split())


@given(text=texts, width=st.integers(40, 400), font=st.sampled_from(FONTS))
def test_a_shortened_text_is_within_its_width(text: str, width: int, font: Font) -> None:
    assert measure_text(shorten_text(text, font, width), font) <= width


def test_a_text_that_fits_is_not_shortened() -> None:
    assert shorten_text("wireless-router", PLAIN, 200) == "wireless-router"


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_every_printable_letter_has_a_width(font: Font) -> None:
    assert len(font.widths) == ord("~") - ord(" ") + 1
    assert min(font.widths) > 200
