"""When payers are asked, how patiently, and what an authorization's clocks are: sections of the rules."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy

Minutes = Annotated[int, Field(gt=0, le=60 * 24)]


class Verification(BaseModel):
    """The section "verification": when benefits are asked for, and how patiently.

    CAQH CORE promises an answer within 20 s for nine of ten questions in a month; payers may be down for a day
    (domain sheet, section 2.1). A payer that fails `rest_after` times in a row is left in peace for `rest_minutes`,
    then asked once to see. After `give_up_hours` without an answer a person asks by phone or portal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    days_before_visit: Annotated[int, Field(ge=1, le=14)] = Field(
        3,
        title="Asked again before the visit, days",
        description="An answer older than that is asked for anew",
    )
    each_month: bool = Field(
        True,
        title="Asked again each month",
        description="Plans change on the first of the month and at the new year",
    )
    seconds: Annotated[int, Field(ge=5, le=60)] = Field(
        30,
        title="An answer may take, seconds",
        description="Then it counts as none, and is asked again later",
    )
    at_once: Annotated[int, Field(ge=1, le=100)] = Field(
        25, title="Asked at once of one payer", description="Questions under way at the same time"
    )
    first_pause_minutes: Minutes = Field(
        2,
        title="Asked again after, minutes",
        description="After a try without an answer; it doubles with each",
    )
    give_up_hours: Annotated[int, Field(ge=1, le=72)] = Field(
        24,
        title="A person asks after, hours",
        description="Without an answer for so long: by phone or portal",
    )
    rest_after: Annotated[int, Field(ge=1, le=100)] = Field(
        5, title="A payer rests after failures in a row", description="Over all patients"
    )
    rest_minutes: Minutes = Field(
        2, title="Rest, minutes", description="Then one question sees whether it is back"
    )
    person_minutes: Minutes = Field(
        240,
        title="A person settles a refusal within, business minutes",
        description="A field to correct, a plan that ended, a payer to ring",
    )


class Authorizing(BaseModel):
    """The section "authorizing": the clocks of prior authorizations. Days are business days of the lead's site where
    they say so, else days of the calendar.

    The domain sheet, section 2.3, has the two alerts. When the payer answers is not set here: its rule, the law or the
    measured median says so (`steps.coverage.expecting`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alert_percent: Annotated[int, Field(ge=1, le=100)] = Field(
        80, title="Units used, per cent", description="From so much of the units on somebody asks for more"
    )
    alert_days: Annotated[int, Field(ge=0, le=90)] = Field(
        14,
        title="Before an authorization ends, days",
        description="So long before its end somebody asks for more",
    )
    unknown_days: Annotated[int, Field(ge=1, le=30)] = Field(
        5,
        title="Ask how it stands after, business days",
        description="Where neither a rule nor the law nor a measured median says when the payer answers",
    )
    again_days: Annotated[int, Field(ge=1, le=30)] = Field(
        2,
        title="Ask again after, business days",
        description="From one time the payer was asked how it stands",
    )
    nudges: Annotated[int, Field(ge=1, le=10)] = Field(
        2, title="Asked so often, it goes up", description="After that the queue of broken clocks has it"
    )
    treatment_days: Annotated[int, Field(ge=0, le=30)] = Field(
        2,
        title="Treatment asked for within, business days",
        description="After the agreed first visit, where the payer authorizes treatment",
    )


policy.register("verification", Verification)
policy.register("authorizing", Authorizing)
