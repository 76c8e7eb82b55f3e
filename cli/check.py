"""`la1r check`: every problem of a description, or what the network comes to."""

import json
from datetime import date

import click

from cli.exits import Exit
from cli.problems import print_problems, problem_record
from cli.stack import Whole, compute_whole
from config.load import check_dates
from plan.model import Origin


def run_check(name: str, *, as_json: bool, strict: bool) -> Exit:
    """Check one stack; warnings fail it only when strict."""
    whole = compute_whole(name)
    # The only place that looks at a clock: no preview turns red by calendar.
    dates = check_dates(whole.stack.network, date.today())  # noqa: DTZ011 - a day of the user's own calendar
    warnings = (*whole.warnings, *map(whole.stack.locate, dates))
    if as_json:
        record = {
            "problems": [problem_record(problem) for problem in warnings],
            "summary": {
                f"{thing.replace(' ', '_').lower()}s": count
                for thing, count in count_things(whole).items()
            },
        }
        click.echo(json.dumps(record, indent=2))
    else:
        if warnings:
            print_problems(warnings, as_json=False)
        click.echo(f"{click.style(name, bold=True)} is sound: {summary(whole)}")
    return Exit.PROBLEMS if strict and warnings else Exit.FINE


def count_things(whole: Whole) -> dict[str, int]:
    """How many of each thing the network has."""
    network = whole.stack.network
    return {
        "site": len(network.sites),
        "device": sum(len(site.devices) for site in network.sites.values()),
        "managed device": len(whole.plan.devices),
        "tenant": len(network.tenants),
        "VPN endpoint": len(network.vpn.endpoints),
        "VPN client": len(network.vpn.clients),
        "declared flow": len(network.flows),
        "implied flow": sum(flow.origin is Origin.IMPLIED for flow in whole.plan.flows),
        "evaluated pair": whole.reach.pairs,
    }


def summary(whole: Whole) -> str:
    """The counts as one sentence."""
    counts = count_things(whole).items()
    return ", ".join(f"{count} {thing}{'s' * (count != 1)}" for thing, count in counts)
