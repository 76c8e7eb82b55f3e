"""The base of every configured record: frozen, and strict about unknown keys."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A configured record; it never changes after loading, and unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,
        defer_build=True,
    )
