"""What the machine may do by itself. A section of the practice's rules.

The receipt is the only thing it does in this version, and an answer to a request is not proposed to a
person first: it is off or done. Kinds that can be proposed come with their screens.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from firstvisit.practice import policy

Switch = Literal["off", "do"]


class Switches(BaseModel):
    """The section "journey". A new practice starts with receipts on "do"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt: Switch = "do"
    receipt_after_minutes: int = 10
    """A family that stops after the first step of the form gets its receipt after this long."""
    follow_up_minutes: int = 540
    """Business minutes (one working day) until the next try after one that ended without an answer."""


policy.register("journey", Switches)
