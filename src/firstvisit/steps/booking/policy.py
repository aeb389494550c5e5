"""What is booked, how long it takes, what it needs, and what is offered first: a section of the rules."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.practice import policy
from firstvisit.practice.shape import Slug

Service = Literal["evaluation", "treatment", "group"]
Minutes = Annotated[int, Field(ge=0, le=240)]
Weight = Annotated[int, Field(ge=0, le=100)]


class Kind(BaseModel):
    """An appointment kind. An evaluation's length, skills and equipment are those of its program unless said here;
    `programs` none: all. Who evaluates is never an assistant, whatever a kind says."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    slug: Slug = Field(title="Short name", description="Lower case letters, digits and _")
    name: Annotated[str, Field(min_length=1, max_length=120)] = Field(title="Name", description="As the desk reads it")
    service: Service = Field(title="Service", description="An evaluation is a first visit")
    programs: tuple[Slug, ...] = Field(
        (), title="Programs", description="None: every one", json_schema_extra={"from": "programs"}
    )
    video: bool = Field(False, title="By video", description="It needs no room and no travel")
    minutes: Annotated[int, Field(ge=0, le=240)] = Field(
        0, title="Minutes", description="0: an evaluation's is its program's"
    )
    minutes_before: Minutes = Field(0, title="Kept free before, minutes", description="To set up, or to come over")
    minutes_after: Minutes = Field(0, title="Kept free after, minutes", description="Notes, cleaning, walking over")
    skills: tuple[Slug, ...] = Field(
        (), title="Skills", description="Beside those of the program", json_schema_extra={"from": "skills"}
    )
    credentials: tuple[str, ...] = Field(
        (), title="Credentials", description="The therapist has one of them", json_schema_extra={"from": "credentials"}
    )
    equipment: tuple[Slug, ...] = Field(
        (), title="Rooms, devices", description="Beside those of the program", json_schema_extra={"from": "equipment"}
    )
    room: bool = Field(False, title="Needs a room", description="Any room of the site, where it has rooms")
    seats: Annotated[int, Field(ge=1, le=30)] = Field(1, title="Seats", description="Of a group")


KINDS: Final = (
    Kind(slug="evaluation", name="Evaluation", service="evaluation", minutes_after=10),
    Kind(slug="evaluation_video", name="Evaluation by video", service="evaluation", video=True, minutes_after=10),
    Kind(slug="treatment", name="Treatment", service="treatment", minutes=45),
    Kind(slug="group", name="Group", service="group", minutes=60, seats=6),
)
"""What ships: lengths are practice custom (domain sheet, 1.3: by program, never by code)."""


class Booking(BaseModel):
    """The section "booking": kinds of appointments, limits, holds, and the weights by which times are ordered.

    Weights are points: `soonest` for a day sooner (`soonest_urgent` for whoever cannot wait), the others once where
    they hold. A time outside its window, or one that does not fit, is never offered, whatever its points. Show
    likelihood has no weight: it may only add an earlier or nearer offer (docs/why/0028).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[Kind, ...] = Field(KINDS, title="Appointment kinds", description="What can be booked")
    grid_minutes: Annotated[int, Field(ge=5, le=60, multiple_of=5)] = Field(
        15, title="Times begin every, minutes", description="5, 10, 15 ... of the hour"
    )
    notice_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = Field(
        120, title="At least before the visit, minutes", description="Nothing sooner is offered by itself"
    )
    horizon_days: Annotated[int, Field(ge=7, le=180)] = Field(
        90, title="Offered ahead, days", description="No time later than that is offered"
    )
    desk_hold_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        20, title="A hold of the desk lasts, minutes", description="Then the time is free again"
    )
    evaluations_a_day: Annotated[int, Field(ge=1, le=20)] = Field(
        4, title="Evaluations a day", description="Of one therapist, where Supply says nothing else"
    )
    soonest: Weight = Field(6, title="A day sooner", description="Points for each day")
    soonest_urgent: Weight = Field(
        72, title="A day sooner, of what cannot wait", description="As shipped, more than all the others together"
    )
    stated_times: Weight = Field(30, title="Fits the times they stated", description="Points, where they stated any")
    continuity: Weight = Field(12, title="The therapist they know", description="Points")
    fills_gap: Weight = Field(4, title="Fills a gap", description="Right before or after another visit")
    language: Weight = Field(
        15, title="The therapist speaks their language", description="Points; else an interpreter comes"
    )
    same_site: Weight = Field(
        10, title="At the site that is nearest to them", description="Points, where several sites fit"
    )
    road_factor: Annotated[float, Field(ge=1, le=3)] = Field(
        1.3, title="Road factor", description="Miles by road for each mile as the crow flies"
    )
    miles_an_hour: Annotated[int, Field(ge=5, le=80)] = Field(28, title="Miles an hour", description="Between visits")
    series_weeks: Annotated[int, Field(ge=1, le=12)] = Field(
        4, title="Treatment looked at with the evaluation, weeks", description="In one steady pattern"
    )
    reminder_days: tuple[Annotated[int, Field(ge=0, le=14)], ...] = Field(
        (3, 1), title="Reminders before the visit, days", description="0 is the day itself"
    )
    likely_days: tuple[Annotated[int, Field(ge=1, le=180)], ...] = Field(
        (3, 8, 15),
        title="Missed visits are counted from so many days ahead",
        description="3, 8, 15: booked less than 3 days ahead, 3 to 7, 8 to 14, 15 and more",
    )
    likely_least: Annotated[int, Field(ge=11, le=1000)] = Field(
        40, title="At least so many visits are counted", description="Of the last year, for each; fewer say nothing"
    )
    likely_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        85,
        title="One more time where fewer took place, percent",
        description="An earlier or nearer time is added behind the others; none is taken away. 0: never",
    )
    late_cancel_hours: Annotated[int, Field(ge=1, le=96)] = Field(
        24, title="A late cancellation is one under, hours", description="Counted apart, by whom it was"
    )
    missed_call_minutes: Annotated[int, Field(ge=5, le=60)] = Field(
        10, title="Called after a missed visit, minutes", description="To see that they are safe, and to rebook"
    )

    @model_validator(mode="before")
    @classmethod
    def _older(cls, said: Any) -> Any:
        """Rules signed before the desk alone held times have `hold_minutes`, which decided nothing."""
        return {name: each for name, each in said.items() if name != "hold_minutes"} if isinstance(said, dict) else said


policy.register("booking", Booking)
