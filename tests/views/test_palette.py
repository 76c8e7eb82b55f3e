"""Colours that can be read: contrast after WCAG 2.2, and kinds that differ without colour."""

from collections.abc import Mapping

import pytest

from views.palette import (
    TENANT_COLOURS,
    dark_colours,
    forced_colours,
    light_colours,
    tenant_style,
    write_style,
)

SCHEMES = {"light": light_colours(), "dark": dark_colours()}
GROUNDS = ("ground", "site", "panel", "card")
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
# WCAG 2.2: 1.4.3 for text, 1.4.11 for lines and signs.
TEXT, LINE = 4.5, 3.0


def contrast(first: str, second: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("pair", "expected"), [("#000000 #ffffff", 21.0), ("#777777 #ffffff", 4.48)]
)
def test_contrast_is_computed_as_the_standard_says(pair: str, expected: float) -> None:
    assert contrast(*pair.split()) == pytest.approx(expected, abs=0.01)


@every_scheme
@pytest.mark.parametrize("text", ["ink", "soft"])
def test_text_can_be_read_on_every_ground(scheme: str, text: str) -> None:
    colours = SCHEMES[scheme]

    assert min(contrast(colours[text], colours[ground]) for ground in (*GROUNDS, "plate")) >= TEXT


@every_scheme
@pytest.mark.parametrize("number", range(TENANT_COLOURS))
def test_a_tenant_s_colour_can_be_read_on_its_tint_and_on_every_ground(
    scheme: str, number: int
) -> None:
    colours = SCHEMES[scheme]
    grounds = [colours[f"f{number}"], *(colours[ground] for ground in GROUNDS)]

    assert min(contrast(colours[f"s{number}"], ground) for ground in grounds) >= TEXT
    assert contrast(colours["ink"], colours[f"f{number}"]) >= TEXT


@every_scheme
@pytest.mark.parametrize("line", ["copper", "fibre", "radio", "vpn", "trunk", "edge", "solid"])
def test_lines_can_be_seen_on_every_ground(scheme: str, line: str) -> None:
    colours = SCHEMES[scheme]

    assert _worst(colours, line) >= (LINE if line != "edge" else 2.2)


def _worst(colours: Mapping[str, str], line: str) -> float:
    return min(contrast(colours[line], colours[ground]) for ground in GROUNDS)


@every_scheme
def test_text_on_filled_signs_can_be_read(scheme: str) -> None:
    colours = SCHEMES[scheme]

    assert contrast(colours["on-solid"], colours["solid"]) >= TEXT


def test_forced_colours_are_the_system_s_own_and_no_text_stands_on_its_own_colour() -> None:
    forced = forced_colours()

    assert forced.keys() == light_colours().keys()
    assert set(forced.values()) == {"Canvas", "CanvasText"}
    assert {forced[name] for name in ("ink", "soft", "on-solid", "s3", "fibre")} == {"CanvasText"}
    assert {forced[name] for name in (*GROUNDS, "plate", "solid", "f3")} == {"Canvas"}


def test_a_tenant_keeps_its_colour_whoever_else_there_is() -> None:
    assert [tenant_style(number) for number in (1, 2, 11)] == ["t0", "t1", "t0"]


@pytest.mark.parametrize("line", ["wireless", "vpn", "implied"])
def test_a_kind_of_line_has_a_pattern_of_its_own(line: str) -> None:
    style = write_style()
    pattern = style.partition(f".la1r .w.{line}{{")[2].partition("}")[0]

    assert "stroke-dasharray" in pattern


@pytest.mark.parametrize("feature", ["prefers-color-scheme:dark", "forced-colors:active"])
def test_the_style_follows_what_the_reader_has_chosen(feature: str) -> None:
    assert feature in write_style()
