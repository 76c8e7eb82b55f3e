"""Turns what a person has to set on a device by hand into a sheet: what to click where."""

from plan.model import RouterSheet, SwitchPort, SwitchSheet
from render.environment import fill_template
from render.quoting import Written, write_markdown


def render_router_sheet(sheet: RouterSheet) -> str:
    """Write the Markdown sheet of an unmanaged router; raises UnwritableValueError for names."""
    return fill_template("sheets/router.md.j2", sheet=sheet)


def render_switch_sheet(sheet: SwitchSheet) -> str:
    """Write the Markdown sheet of an unmanaged switch; raises UnwritableValueError for names."""
    ports = [(port, _write_untagged(port), _write_tagged(port)) for port in sheet.ports]
    return fill_template("sheets/switch.md.j2", sheet=sheet, ports=ports)


def _write_untagged(port: SwitchPort) -> Written:
    if port.untagged is None:
        return Written("none")
    if port.untagged_vlan is None:
        return Written(f"{write_markdown(port.untagged)} (no VLAN)")
    return _write_vlan(port.untagged, port.untagged_vlan)


def _write_tagged(port: SwitchPort) -> Written:
    return Written(", ".join(_write_vlan(name, vlan) for name, vlan in port.tagged) or "none")


def _write_vlan(name: str, vlan: int) -> Written:
    return Written(f"{vlan} {write_markdown(name)}")
