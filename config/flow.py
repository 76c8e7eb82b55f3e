"""Flows, the single source of permission, and what the user expects of them."""

from pydantic import Field

from config.record import Record
from terms.values import Name, Port, Ports, Reference, Text


class Flow(Record):
    """A permission: who may open connections to whom, on which ports, and why."""

    source: Reference = Field(alias="from", description="who opens the connection")
    target: Reference = Field(alias="to", description="who answers")
    ports: tuple[Ports, ...] = Field(
        (Ports.parse("any"),), description="ports; with `internet` as source: the public ports"
    )
    through: Port | None = Field(
        None,
        description="with `internet` as source: port of the target that a single public port is"
        " forwarded to",
    )
    why: Text = Field(min_length=3, description="the reason, shown wherever the flow is shown")
    name: Name | None = Field(
        None, description="a name of its own; made of source and target by default"
    )


class Expectation(Record):
    """A sentence about reachability that must hold."""

    source: Reference = Field(alias="from", description="who opens the connection")
    target: Reference = Field(alias="to", description="who answers")
    ports: tuple[Ports, ...] = Field((Ports.parse("any"),), description="ports")
    message: Text = Field(min_length=3, description="what it means when this does not hold")


class Expectations(Record):
    """What must be open and what must be closed, whatever the flows say."""

    allow: tuple[Expectation, ...] = Field((), description="must be reachable")
    deny: tuple[Expectation, ...] = Field((), description="must not be reachable")
