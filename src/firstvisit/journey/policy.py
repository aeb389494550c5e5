"""What the machine may do by itself, and at what pace. Sections of the practice's rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy

Switch = Literal["off", "propose", "do"]
"""Off: never. Propose: a person presses a ready action. Do: by itself."""


class Switches(BaseModel):
    """The section "switches": one switch for each kind of action.

    A new practice starts with receipts on "do" and the rest on "propose". A new kind of action is one field
    here, with its words, and `permitted` in `journey.plan` around what does it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt: Switch = Field(
        "do", title="Receipt", description="Tell whoever asked that their request has arrived"
    )
    partner_receipt: Switch = Field(
        "do", title="Receipt for a partner", description="Tell whoever referred that their referral has arrived"
    )
    papers_request: Switch = Field(
        "propose", title="Request for papers", description="Ask the office for an order or papers that are missing"
    )
    reminder: Switch = Field(
        "propose", title="Reminder", description="Write again after tries that reached nobody"
    )
    close_out: Switch = Field(
        "propose", title="Close-out", description="Say that we stop trying, and close the lead"
    )
    reactivation: Switch = Field(
        "propose", title="Reactivation", description="Open a kept lead again when its moment has come"
    )
    partner_status: Switch = Field(
        "propose", title="Partner status", description="Tell the partner what became of their referral"
    )
    preferences: Switch = Field(
        "propose", title="Question about wishes", description="Ask who is not ready yet what they want and when"
    )
    coverage_check: Switch = Field(
        "do", title="Question about benefits", description="Ask the patient's payer what it covers"
    )
    card_request: Switch = Field(
        "propose", title="Photo of the card", description="Ask for a photo of the insurance card that a payer refused"
    )
    visit_letter: Switch = Field(
        "do", title="Visit in writing", description="Say when the visit is, once it is booked, moved or cancelled"
    )
    visit_reminder: Switch = Field(
        "do", title="Reminder of a visit", description="Remind of a booked visit some days before"
    )
    offer: Switch = Field("propose", title="Offer of times", description="Offer times for the first visit")

    def of(self, action: str) -> Switch:
        """The switch of a kind of action. LookupError for a kind that has none: a mistake in the program."""
        switch: Switch | None = self.__dict__.get(action)
        if switch is None:
            raise LookupError(f"no switch is named {action!r}")
        return switch


class Cadence(BaseModel):
    """The section "journey": how long the machine waits before what it does or asks next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_after_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = Field(
        10,
        title="Receipt after an unfinished form, minutes",
        description="A family that stops after the first step of the form gets its receipt after this long",
    )
    undo_seconds: Annotated[int, Field(ge=0, le=60)] = Field(
        10,
        title="Undo, seconds",
        description="For so long after something was done on screen it can be undone, and no message it caused leaves",
    )
    follow_up_minutes: Annotated[int, Field(gt=0, le=20 * 24 * 60)] = Field(
        540,
        title="Next try, business minutes",
        description="From a try that ended without an answer to the next one; 540 is one working day",
    )


class Importing(BaseModel):
    """The section "importing": when the clocks of leads from a file start.

    A lead received within `fresh_days` keeps its clock from that day. The clocks of older ones, and their due times,
    start one after another over the next working days: thousands of old leads are not all late at once. A red flag
    and a pressing date start now, however old.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fresh_days: Annotated[int, Field(ge=0, le=60)] = Field(
        3,
        title="Imported leads: fresh for, days",
        description="A lead from a file that was received at most so long ago keeps its clock from that day",
    )
    backlog_days: Annotated[int, Field(ge=1, le=40)] = Field(
        20,
        title="Imported leads: older ones spread over, days",
        description="The due times of older leads from a file are spread over so many days from the import",
    )
    undated_a_day: Annotated[int, Field(ge=1, le=1000)] = Field(
        40,
        title="Imported leads: without a day of receipt, a day",
        description="Leads from a file that does not say when they were received become due so many a day, one after "
        "another; a long file is spread over the days of older ones",
    )


class DaySheets(BaseModel):
    """The section "day_sheets": whether sheets are kept on the machine, how often, for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept: bool = Field(True, title="Keep day sheets", description="A PDF on the machine, for outages")
    every_hours: Annotated[int, Field(gt=0, le=24)] = Field(
        2, title="Every, hours", description="How old the newest sheet of a site gets before the next is made"
    )
    before_opening_minutes: Annotated[int, Field(ge=0, le=240)] = Field(
        60, title="Before opening, minutes", description="When the first sheet of a day is made"
    )
    keep_days: Annotated[int, Field(gt=0, le=14)] = Field(
        2, title="Keep, days", description="After so many days a sheet is deleted"
    )


def actions() -> dict[str, str]:
    """The words of each kind of action that has a switch."""
    return {name: str(field.title) for name, field in Switches.model_fields.items()}


policy.register("switches", Switches)
policy.register("journey", Cadence)
policy.register("day_sheets", DaySheets)
policy.register("importing", Importing)
