"""Colours and line styles of all views: light and dark, told apart without seeing colour too."""

from collections.abc import Mapping
from functools import cache

from views.metrics import FIXED, FONTS, HEAD, NAME, STRONG, TITLE

TENANT_COLOURS = 10

# Strong colours carry text and borders, tints are fills under them. Each strong colour has a
# contrast of at least 4.5 to its tint and to every ground (WCAG 2.2, 1.4.3), in both schemes.
_STRONG_LIGHT = [
    "#0b5394",
    "#a13d0b",
    "#0a6349",
    "#86276f",
    "#735200",
    "#00626f",
    "#981f43",
    "#4a3da6",
    "#4d5c16",
    "#48545f",
]
_TINT_LIGHT = [
    "#e3effa",
    "#fcebe1",
    "#dff3ea",
    "#f7e5f3",
    "#f8efd8",
    "#dcf2f5",
    "#fbe5ea",
    "#ebe9fa",
    "#eef3da",
    "#e9edf1",
]
_STRONG_DARK = [
    "#8cc0f7",
    "#f7ad88",
    "#66d4ac",
    "#e8a5da",
    "#e2bf63",
    "#63cfe0",
    "#f79db3",
    "#bbb3f7",
    "#bdd077",
    "#b9c4cf",
]
_TINT_DARK = [
    "#16293d",
    "#38231a",
    "#12312a",
    "#35203a",
    "#332b16",
    "#113139",
    "#39202b",
    "#262444",
    "#293019",
    "#262e37",
]

_LIGHT = {
    "ground": "#f6f8fb",
    "site": "#ffffff",
    "panel": "#f1f4f9",
    "card": "#ffffff",
    "edge": "#8e9bb0",
    "frame": "#c4cedd",
    "ink": "#16202e",
    "soft": "#4c5a6d",
    "plate": "#e4eaf2",
    "solid": "#22344d",
    "on-solid": "#ffffff",
    "copper": "#3c4a60",
    "fibre": "#a34a00",
    "radio": "#0a619e",
    "vpn": "#7a2c86",
    "trunk": "#7c8ca3",
}
_DARK = {
    "ground": "#0d131c",
    "site": "#131b27",
    "panel": "#182230",
    "card": "#1b2636",
    "edge": "#67778e",
    "frame": "#303d50",
    "ink": "#e9eef5",
    "soft": "#aab7c8",
    "plate": "#2a384b",
    "solid": "#cfdaea",
    "on-solid": "#131b27",
    "copper": "#b4c2d6",
    "fibre": "#f2a763",
    "radio": "#74bdf6",
    "vpn": "#dd9dea",
    "trunk": "#71829b",
}


@cache
def light_colours() -> Mapping[str, str]:
    """Every colour by name, for bright surroundings and for paper."""
    return _with_tenants(_LIGHT, _STRONG_LIGHT, _TINT_LIGHT)


@cache
def dark_colours() -> Mapping[str, str]:
    """Every colour by name, for dark surroundings."""
    return _with_tenants(_DARK, _STRONG_DARK, _TINT_DARK)


def forced_colours() -> Mapping[str, str]:
    """Every colour by name, where the reader's system allows but its own."""
    return {
        name: "Canvas"
        if name in _GROUNDS or (name[0] == "f" and name[1:].isdigit())
        else "CanvasText"
        for name in light_colours()
    }


def _with_tenants(base: Mapping[str, str], strong: list[str], tint: list[str]) -> dict[str, str]:
    return {
        **base,
        **{f"s{place}": colour for place, colour in enumerate(strong)},
        **{f"f{place}": colour for place, colour in enumerate(tint)},
    }


def tenant_style(number: int) -> str:
    """Name the colour class of a tenant by its id: it keeps it, whoever else comes or goes."""
    return f"t{(number - 1) % TENANT_COLOURS}"


_SANS = "Inter,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"
_MONO = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace"

_RULES = """
.la1r{font-family:SANS;background:var(--ground)}
.la1r text{fill:var(--ink)}
.la1r .bg{fill:var(--ground)}
.la1r .site{fill:var(--site);stroke:var(--frame);stroke-width:1.5}
.la1r .panel{fill:var(--panel);stroke:var(--frame)}
.la1r .card{fill:var(--card);stroke:var(--edge);stroke-width:1.2}
.la1r .cell{fill:var(--panel);stroke:var(--radio);stroke-width:1.4;stroke-dasharray:6 4}
.la1r .loose{fill:none;stroke:var(--edge);stroke-dasharray:2 4}
.la1r .chip{fill:var(--card);stroke:var(--frame)}
.la1r .mount{fill:var(--plate);stroke:var(--edge)}
.la1r .plate{fill:var(--plate)}
.la1r .net{fill:var(--plate);stroke:var(--soft);stroke-width:1.2}
.la1r .mesh{fill:var(--panel);stroke:var(--vpn);stroke-width:1.4}
.la1r text.on-solid{fill:var(--on-solid)}
.la1r .on{fill:var(--solid);stroke:var(--solid);color:var(--on-solid)}
.la1r .off{fill:var(--card);stroke:var(--soft);color:var(--soft)}
.la1r .rule{fill:var(--frame)}
.la1r .soft{fill:var(--soft)}
.la1r .tag{fill:var(--soft);letter-spacing:.4px}
.la1r .m{text-anchor:middle}
.la1r .e{text-anchor:end}
.la1r use{color:var(--soft)}
.la1r use.bright{color:var(--on-solid)}
.la1r .w{fill:none;stroke:var(--copper);stroke-width:1.7}
.la1r .w.fibre{stroke:var(--fibre);stroke-width:3.4}
.la1r .w.wireless{stroke:var(--radio);stroke-dasharray:7 4;stroke-width:1.9}
.la1r .w.vpn{stroke:var(--vpn);stroke-dasharray:.1 5;stroke-width:3;stroke-linecap:round}
.la1r .w.trunk{stroke:var(--trunk);stroke-width:5}
.la1r .w.implied{stroke:var(--edge);stroke-dasharray:3 3;stroke-width:1.3}
.la1r .w.dot{stroke-width:11;stroke-linecap:round;stroke-dasharray:none}
.la1r .w.flow{stroke:var(--ink);stroke-width:1.7}
.la1r .door{fill:var(--plate);stroke:var(--soft)}
.la1r .place{--own:var(--soft);--tint:var(--plate)}
.la1r .wall{fill:var(--site);stroke-width:3}
.la1r .inner{fill:var(--panel);stroke-width:1.4}
.la1r .ajar{stroke-dasharray:5 3}
.la1r .ah{fill:var(--ink)}
"""
_TENANT_RULES = """
.la1r .tN{--own:var(--sN);--tint:var(--fN)}
"""
_OWN_RULES = """
.la1r .own{fill:var(--tint);stroke:var(--own)}
.la1r .own-line{stroke:var(--own)}
.la1r text.own-text{fill:var(--own)}
.la1r .w.own-line{stroke:var(--own)}
"""
# In forced colours there are two: what is a ground, and what stands on it. A filled sign is one
# with a thick border there, for text keeps the system's colour whatever it stands on.
_GROUNDS = frozenset({"ground", "site", "panel", "card", "plate", "solid"})
_FORCED_RULES = ".la1r .on{stroke:CanvasText;stroke-width:3}"


@cache
def write_style() -> str:
    """Write the style sheet that every view carries; it reaches nothing outside `.la1r`."""
    fonts = "".join(
        f".la1r .{font.name}{{font-size:{font.size}px;"
        f"{'font-weight:700;' if font in (TITLE, HEAD, NAME, STRONG) else ''}"
        f"{f'font-family:{_MONO};' if font is FIXED else ''}}}"
        for font in FONTS
    )
    tenants = "".join(_TENANT_RULES.replace("N", str(n)) for n in range(TENANT_COLOURS))
    text = (
        f".la1r{{{_variables(light_colours())}}}"
        f"@media screen and (prefers-color-scheme:dark){{.la1r{{{_variables(dark_colours())}}}}}"
        f"{_RULES.replace('SANS', _SANS)}{fonts}{tenants}{_OWN_RULES}"
        f"@media (forced-colors:active){{.la1r{{{_variables(forced_colours())}}}{_FORCED_RULES}}}"
    )
    return "".join(line.strip() for line in text.splitlines())


def _variables(colours: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())
