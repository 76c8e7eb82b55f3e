"""A plan -> everything that is written for its network: router text, sheets and objects."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from plan.model import Plan
from render.files import DeviceFile, bundle_text, generation_id
from render.kubernetes import render_manifests
from render.linux import render_linux
from render.manifest import Manifest
from render.sheets import render_router_sheet, render_switch_sheet
from terms.values import DeviceRef


class RenderedNetwork(Struct, frozen=True):
    """All that is written; devices in the order of the plan, objects in the order of need."""

    files: Mapping[DeviceRef, tuple[DeviceFile, ...]]
    # Sheets in Markdown, for devices that a person sets by hand.
    sheets: Mapping[DeviceRef, str]
    manifests: tuple[Manifest, ...]

    def bundle(self, device: DeviceRef) -> str:
        """The text with all files of that device; raises KeyError for one that is not managed."""
        return bundle_text(self.files[device])

    def generation(self, device: DeviceRef) -> str:
        """The name of that set of files; raises KeyError for a device that is not managed."""
        return generation_id(self.files[device])


def render_network(plan: Plan) -> RenderedNetwork:
    """Write everything; the errors of the writers say which plans have no text."""
    return RenderedNetwork(
        files={device.ref: render_linux(device) for device in plan.devices},
        sheets=dict(_render_sheets(plan)),
        manifests=render_manifests(plan),
    )


def _render_sheets(plan: Plan) -> Iterator[tuple[DeviceRef, str]]:
    for router in plan.router_sheets:
        yield router.device, render_router_sheet(router)
    for switch in plan.switch_sheets:
        yield switch.device, render_switch_sheet(switch)
