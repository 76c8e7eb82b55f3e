"""A place on a page -> the bar that stands for the internet, over everything that it reaches."""

from views.drawing import Group, Icon, Rect, Shape, Text
from views.metrics import NAME


def draw_internet_bar(bar: Rect) -> Group:
    """Draw the bar with its sign and its name."""
    return Group(
        (
            Shape(bar, "on", 10, solid=True),
            Icon("internet", bar.x + 14, bar.y + 8, 20, "bright"),
            Text(bar.x + 42, bar.y + 23, "Internet", NAME, "on-solid"),
        ),
        (("internet", ""),),
    )
