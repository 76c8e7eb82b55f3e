"""What a picture looks like, judged from its numbers: nothing overlaps, nothing is crossed."""

import pytest
from hypothesis import given

from config.network import Network
from plan.build import build_plan
from tests.plan.networks import networks
from tests.views.drawings import LAYOUTS, drawing_of, every_drawing
from tests.views.geometry import (
    boxes_of,
    crossings,
    outside,
    overlaps,
    pieces_of,
    shared_pieces,
    texts_of,
)
from tests.views.odd_networks import tangles
from views.drawing import Drawing, Rect, Shape, Text, Wire
from views.metrics import PLAIN
from views.technical import lay_out_technical


@every_drawing
def test_no_text_lies_over_another_text(layout: str, name: str) -> None:
    assert not overlaps(texts_of(drawing_of(layout, name)))


@every_drawing
def test_no_box_lies_over_another_box(layout: str, name: str) -> None:
    assert not overlaps(boxes_of(drawing_of(layout, name)))


@every_drawing
def test_no_line_passes_through_a_box(layout: str, name: str) -> None:
    drawing = drawing_of(layout, name)

    assert not crossings(pieces_of(drawing), boxes_of(drawing))


@every_drawing
def test_no_line_passes_through_a_text(layout: str, name: str) -> None:
    drawing = drawing_of(layout, name)

    assert not crossings(pieces_of(drawing), texts_of(drawing))


@every_drawing
def test_everything_is_inside_the_picture(layout: str, name: str) -> None:
    assert not outside(drawing_of(layout, name))


@every_drawing
def test_no_two_lines_lie_on_each_other(layout: str, name: str) -> None:
    assert not shared_pieces(drawing_of(layout, name))


@pytest.mark.slow
@given(network=tangles())
def test_any_tangle_of_cables_and_radio_is_drawn_without_a_fault(network: Network) -> None:
    drawing = lay_out_technical(build_plan(network))

    assert not _faults(drawing)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@given(network=networks())
def test_random_networks_are_drawn_without_a_fault(layout: str, network: Network) -> None:
    drawing = LAYOUTS[layout](build_plan(network))

    assert not _faults(drawing)


def _faults(drawing: Drawing) -> list[str]:
    texts, boxes, pieces = texts_of(drawing), boxes_of(drawing), pieces_of(drawing)
    return [
        *overlaps(texts),
        *overlaps(boxes),
        *crossings(pieces, boxes),
        *crossings(pieces, texts),
        *shared_pieces(drawing),
        *outside(drawing),
    ]


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(Text(12, 20, "over", PLAIN), id="text over text"),
        pytest.param(Shape(Rect(60, 10, 9, 9), "card", solid=True), id="box over box"),
        pytest.param(Wire(((0, 20), (90, 20)), "copper"), id="line through a box"),
        pytest.param(Wire(((0, 90), (60, 90)), "copper"), id="line over line"),
        pytest.param(Text(80, 20, "outside", PLAIN), id="outside"),
    ],
)
def test_a_fault_is_found(item: Text | Shape | Wire) -> None:
    sound = (
        Text(10, 20, "text", PLAIN),
        Shape(Rect(50, 5, 30, 30), "card", solid=True),
        Wire(((50, 90), (90, 90)), "copper"),
    )
    drawing = Drawing("d", "", "", 100, 100, sound)

    assert not _faults(drawing)
    assert _faults(Drawing("d", "", "", 100, 100, (*sound, item)))
