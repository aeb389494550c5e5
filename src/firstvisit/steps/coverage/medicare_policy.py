"""How early we act on Medicare's clocks: a section of the rules. The clocks themselves are law, and no setting."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy


class Medicare(BaseModel):
    """The section "medicare": by when the plan of care goes out, and how long before a clock ends somebody acts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    send_days: Annotated[int, Field(ge=1, le=20)] = Field(
        2,
        title="The plan of care goes out within, open days",
        description="From the evaluation, to whoever signs it",
    )
    chase_after_days: Annotated[int, Field(ge=1, le=29)] = Field(
        10, title="A signature is chased after, days", description="From the day on which the plan was sent"
    )
    chase_again_days: Annotated[int, Field(ge=1, le=29)] = Field(
        5,
        title="And chased again after, days",
        description="From the last time somebody asked; each try is kept",
    )
    recertify_ahead_days: Annotated[int, Field(ge=1, le=60)] = Field(
        14, title="Recertification begins, days before", description="Before the last day that is certified"
    )
    report_ahead: Annotated[int, Field(ge=0, le=5)] = Field(
        2,
        title="A progress report is prepared, treatment days before",
        description="Before the tenth since the last",
    )
    count_days: Annotated[int, Field(ge=1, le=60)] = Field(
        14,
        title="Treatment days are counted every, days",
        description="So that the progress report is not missed",
    )


policy.register("medicare", Medicare)
