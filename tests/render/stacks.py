"""The three networks of the repository, planned and rendered once for all tests."""

from functools import cache

from config.load import load_stack
from plan.build import build_plan
from plan.model import DevicePlan, Plan
from render.linux import render_linux
from render.sheets import render_router_sheet, render_switch_sheet
from tests.source_tree import REPOSITORY

STACKS = ("dev", "lab", "prod")


@cache
def plan_of(stack: str) -> Plan:
    """Give the plan of a stack."""
    return build_plan(load_stack(REPOSITORY / f"Pulumi.{stack}.yaml").network)


@cache
def texts_of(stack: str) -> dict[str, str]:
    """Give every file of every managed device, and every sheet, by path under tests/cases."""
    plan = plan_of(stack)
    return {
        **{
            f"{stack}/linux/{device.ref}/{file.path}": file.text
            for device in plan.devices
            for file in render_linux(device)
        },
        **{
            f"{stack}/sheets/{sheet.device}.md": render_router_sheet(sheet)
            for sheet in plan.router_sheets
        },
        **{
            f"{stack}/sheets/{sheet.device}.md": render_switch_sheet(sheet)
            for sheet in plan.switch_sheets
        },
    }


def devices() -> dict[str, DevicePlan]:
    """Give the managed devices of all stacks, by stack and name."""
    return {
        f"{stack}/{device.ref}": device for stack in STACKS for device in plan_of(stack).devices
    }
