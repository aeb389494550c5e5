"""How leads are judged here: the scorecard, its thresholds, and the lines to read at a red flag.

Together they are one section of the practice's rules.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from firstvisit.practice import policy
from firstvisit.scorecard.card import Band, Factor, Scorecard
from firstvisit.steps.qualify.checks import may_rank
from firstvisit.steps.qualify.red_flags import RED_FLAGS

PEOPLE = ("patient", "caregiver", "referral_partner")


def _band(test: Any, value: Any, points: int, text: str) -> Band:
    return Band(test=test, value=value, points=points, text=text)


_SHIPPED = (
    Factor(
        slug="service",
        label="Service",
        fact="program_offered",
        question="Which therapy is it for, and what should get better?",
        bands=(
            _band("is", True, 25, "A program we offer"),
            _band("otherwise", None, 0, "Not offered here"),
        ),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="age_and_setting",
        label="Age and setting",
        fact="age_and_setting_fit",
        question="When was the patient born, and where should we see them?",
        bands=(
            _band("is", True, 15, "Inside the program's age range and settings"),
            _band("otherwise", None, 0, "Outside the program's age range or settings"),
        ),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="date",
        label="Date behind it",
        fact="days_left",
        question="Is there a date behind it: a surgery, a discharge, an injury, a school meeting?",
        bands=(
            _band("at_most", 3, 20, "First visit due within 3 days"),
            _band("at_most", 7, 15, "First visit due within a week"),
            _band("at_most", 14, 10, "First visit due within two weeks"),
            _band("otherwise", None, 5, "First visit not due within two weeks"),
        ),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="order",
        label="Order and papers",
        fact="order_readiness",
        question="Has a doctor written an order, and can you send it?",
        bands=(
            _band("is", "ready", 15, "Signed order on file, or none needed"),
            _band("is", "on_file", 8, "Order on file, not signed"),
            _band("otherwise", None, 0, "Order needed and not there"),
        ),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="times",
        label="Times",
        fact="half_days",
        question="Which half days could you come?",
        bands=(
            _band("at_least", 4, 10, "Four or more half days"),
            _band("at_least", 2, 8, "Two or three half days"),
            _band("at_least", 1, 5, "One half day"),
            _band("otherwise", None, 0, "No half day"),
        ),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="place",
        label="Place",
        fact="in_area",
        question="What is the home ZIP code?",
        bands=(_band("is", True, 10, "Inside the area"), _band("otherwise", None, 0, "Outside the area")),
        applies_to=PEOPLE,
    ),
    Factor(
        slug="reachable",
        label="Reachable",
        fact="ways_to_reach",
        question="What is the best phone number, and may we leave a message?",
        bands=(
            _band("at_least", 2, 5, "Phone and e-mail"),
            _band("at_least", 1, 3, "One way to reach them"),
            _band("otherwise", None, 0, "No way to reach them"),
        ),
        applies_to=PEOPLE,
    ),
)


class ApprovedLine(BaseModel):
    """What staff read out, word for word, when one red flag is raised: whom to call, and no advice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flag: str
    say: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\n]*$")
    ]

    @field_validator("flag")
    @classmethod
    def _known(cls, flag: str) -> str:
        if flag not in RED_FLAGS:
            raise ValueError(f"{flag!r} is no red flag; known are {', '.join(RED_FLAGS)}")
        return flag


_SHIPPED_LINES: Final = (
    ApprovedLine(flag="chest_pain", say="Please call 911 now. Do not wait for us to call back."),
    ApprovedLine(flag="stroke_signs", say="Please call 911 now. Do not wait for us to call back."),
    ApprovedLine(flag="cauda_equina", say="Please go to the nearest emergency room now, or call 911."),
    ApprovedLine(flag="clot_signs", say="Please go to the nearest emergency room now, or call 911."),
    ApprovedLine(
        flag="infection_signs",
        say="Please call the office that referred you, now. If nobody answers, go to the nearest emergency room.",
    ),
    ApprovedLine(flag="head_injury", say="Please call 911 now, or go to the nearest emergency room."),
    ApprovedLine(
        flag="tendon_rupture",
        say="Please call the office that referred you, today. If nobody answers, go to the nearest emergency room.",
    ),
    ApprovedLine(
        flag="choking",
        say="If it is happening now, call 911. If not, please call the office that referred you, today.",
    ),
    ApprovedLine(
        flag="suicidal", say="Please call or text 988 now, day or night. In danger right now, call 911."
    ),
    ApprovedLine(
        flag="abuse",
        say="If anybody is in danger now, call 911. If not, the local protective services can be called today.",
    ),
)
"""What ships, until a practice writes its own. Whom to call follows the domain sheet, section 1.4."""


class Judging(Scorecard):
    """The section "qualify": a scorecard whose factors may only read facts that may rank, and approved lines."""

    factors: tuple[Factor, ...] = _SHIPPED
    approved_lines: Annotated[tuple[ApprovedLine, ...], Field(max_length=len(RED_FLAGS))] = _SHIPPED_LINES

    def line_for(self, flag: str) -> str:
        """What staff read out at this red flag; the shipped line where the practice wrote none. KeyError for
        what is no red flag.

        A practice may write one line and keep the others, and rules stored before a flag was known still read.
        """
        lines = {line.flag: line.say for line in (*_SHIPPED_LINES, *self.approved_lines)}
        return lines[flag]

    @model_validator(mode="after")
    def _one_line_a_flag(self) -> Self:
        flags = [line.flag for line in self.approved_lines]
        if twice := {flag for flag in flags if flags.count(flag) > 1}:
            raise ValueError(f"the red flag {', '.join(sorted(twice))} has two approved lines")
        return self

    @model_validator(mode="after")
    def _ranks_only_by_permitted_facts(self) -> Self:
        for factor in self.factors:
            if (allowed := may_rank(factor.fact)) is None:
                raise ValueError(f"factor {factor.slug} reads {factor.fact!r}, which is no known fact")
            if not allowed:
                raise ValueError(
                    f"factor {factor.slug} reads {factor.fact!r}, a protected trait or its proxy; "
                    "it may choose program, clinician or tasks but never rank"
                )
        return self


policy.register("qualify", Judging)
