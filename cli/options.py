"""Options that verbs share."""

import click

stack_option = click.option(
    "--stack",
    "-s",
    required=True,
    metavar="NAME",
    help="The stack: Pulumi.NAME.yaml is its description.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
