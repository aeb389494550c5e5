"""When two records are one person's. A section of the practice's rules, in bits (a factor of two each)."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.practice import policy


class Matching(BaseModel):
    """The section "matching". How these were chosen: docs/why/0018."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    same_at: float = Field(
        default=10.0,
        ge=0,
        le=40,
        title="The same from, bits",
        description="From this weight two records are one person's, unless a doubt stands",
    )
    possibly_at: float = Field(
        default=-8.0, ge=-20, le=40, title="Compared from, bits", description="From this weight a person compares them"
    )
    prior_bits: float = Field(
        default=20.0,
        ge=0,
        le=40,
        title="How rare a true pair is, bits",
        description="One in 2 to the power of this among all pairs",
    )
    family_bits: float = Field(
        default=20.0,
        ge=0,
        le=40,
        title="What families share, bits at most",
        description="Surname, phone, e-mail, member number and address together count no more",
    )
    grown_years: int = Field(
        default=26,
        ge=0,
        le=130,
        title="Twins are told apart until, years",
        description="From this age two first names with one birth date and address are more likely a wrong entry",
    )
    family_doubts: bool = Field(
        True,
        title="Doubts within a family go to a person",
        description="What a twin or a namesake would explain; off only for registers without families",
    )
    """Off: the weight alone decides, without the cap of `family_bits`; 0 is then a fitting `same_at`."""
    opened: int = Field(
        default=8, ge=1, le=50, title="Candidates compared", description="How many are opened for one newcomer at most"
    )
    shared_bits: int = Field(
        default=15,
        ge=0,
        le=60,
        title="Shared to be compared at all, bits",
        description="One name and the ZIP are less; two names and a place, or a birth date and one thing, are enough",
    )
    """Among very many people more share something by chance; it does not follow their number by itself, lest a file
    brought in twice differ."""
    crowd: int = Field(
        default=20,
        ge=5,
        le=1000,
        title="Too common to find by, people",
        description="What more people share finds nobody",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.possibly_at > self.same_at:
            raise ValueError("possibly_at must not lie above same_at")
        return self


policy.register("matching", Matching)
