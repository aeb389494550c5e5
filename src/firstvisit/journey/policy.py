"""What the machine may do by itself: off, propose (a person presses), do. A section of the practice's rules."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from firstvisit.practice import policy

Switch = Literal["off", "propose", "do"]


class Switches(BaseModel):
    """The section "journey". A new practice starts with receipts on "do" and the rest on "propose"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt: Switch = "do"
    receipt_after_minutes: int = 10
    """A family that stops after the first step of the form gets its receipt after this long."""
    follow_up_minutes: int = 540
    """Business minutes (one working day) until the next try after one that ended without an answer."""


policy.register("journey", Switches)
