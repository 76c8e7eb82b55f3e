"""Options that verbs share."""

import click


def _demand_stack(_context: click.Context, _option: click.Parameter, name: str | None) -> str:
    """Name the stacks there are to whoever names none; the one to change is never guessed."""
    if name is None:
        from cli.stack import find_project, name_stacks

        raise click.UsageError(f"Say which stack: --stack NAME. {name_stacks(find_project())}")
    return name


stack_option = click.option(
    "--stack",
    "-s",
    callback=_demand_stack,
    metavar="NAME",
    help="The stack: Pulumi.NAME.yaml is its description.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
