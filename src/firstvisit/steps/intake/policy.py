"""How calls wait, documents arrive and are confirmed, and whether a model is asked: sections of the rules."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstvisit.practice import names, policy
from firstvisit.steps.intake.sources import SOURCES
from firstvisit.steps.intake.understanding.confidence import THRESHOLD

BROUGHT: Final = ("folder", "mailbox", "webhook", "fax", "sms", "voice")
"""Ways in beside those whose bytes a source reads at once: documents, messages and calls."""
Minutes = Annotated[int, Field(gt=0, le=60 * 24)]
Share = Annotated[float, Field(gt=0, le=1)]


class Calls(BaseModel):
    """The section "calls". Minutes as the clock on the wall counts them: nobody is put on hold overnight.

    A call card on which nothing was saved for `idle_minutes` becomes a task of whoever had it; after `queue_minutes`
    more without a hand on it, of the queue. `holds_minutes` is how long an open card is its holder's alone. A red flag
    that is typed goes to a clinician when its field is left, or when nobody types for `alert_after_seconds`, or
    `alert_within_seconds` after it was typed whoever types on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    holds_minutes: Minutes = Field(
        5, title="An open call is held, minutes", description="For so long its card is its holder's alone"
    )
    idle_minutes: Minutes = Field(
        15,
        title="A call stands still after, minutes",
        description="Nothing saved for so long: a task for whoever had it",
    )
    queue_minutes: Minutes = Field(
        30, title="Then the queue's after, minutes", description="Without a hand on it, as the clock on the wall counts"
    )
    alert_after_seconds: Annotated[int, Field(ge=2, le=60)] = Field(
        6,
        title="A typed red flag goes to a clinician after a pause of, seconds",
        description="Shorter than a pause for thought, and half a word alarms somebody",
    )
    alert_within_seconds: Annotated[int, Field(ge=5, le=120)] = Field(
        20,
        title="At the latest after, seconds",
        description="Also while somebody types on",
    )


policy.register("calls", Calls)
names.register("sources", "way in", lambda practice: {name: name for name in (*SOURCES, *BROUGHT)})


class Arriving(BaseModel):
    """The section "arriving": documents that come in by themselves.

    A document is confirmed by a person within `confirm_minutes` of business time, one that tells of danger within
    `urgent_minutes`. A way in over which nothing came for `quiet_days` is looked at by a person; 0 is never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirm_minutes: Minutes = Field(
        120,
        title="Confirmed within, business minutes",
        description="A document that arrived waits no longer for a person",
    )
    urgent_minutes: Minutes = Field(
        15, title="With a red flag, business minutes", description="A document that tells of danger"
    )
    quiet_days: Annotated[int, Field(ge=0, le=90)] = Field(
        7, title="A quiet way in is looked at after, days", description="Nothing came over it for so long; 0: never"
    )


policy.register("arriving", Arriving)


class InboxRules(BaseModel):
    """The section "inbox". A value read at `clear_at` or surer is clear, at `likely_at` or surer likely, else doubtful.

    `likely_at` is the confirmation threshold: from there on a value counts without being asked for by itself.
    `layout_after` is how many confirmed documents of a sender teach its layout.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clear_at: Share = Field(0.93, title="Clear from", description="Confidence from which a value is clear")
    likely_at: Share = Field(
        THRESHOLD, title="Likely from", description="Below it a value is doubtful and asked for by itself"
    )
    holds_minutes: Minutes = Field(
        10, title="An open document is held, minutes", description="Whoever opened it has it alone for so long"
    )
    layout_after: Annotated[int, Field(gt=0, le=50)] = Field(
        3, title="A layout is learned after, documents", description="Confirmed documents of one sender"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.likely_at > self.clear_at:
            raise ValueError("Likely begins below clear; enter a lower number for likely.")
        return self


policy.register("inbox", InboxRules)


AskedFor = Literal[
    "patient.first_name",
    "patient.last_name",
    "patient.date_of_birth",
    "patient.phone",
    "patient.email",
    "contact.name",
    "contact.phone",
    "referrer.name",
    "referrer.organization",
    "referrer.phone",
    "referrer.fax",
    "referrer.npi",
    "payers.0.name",
    "payers.0.member_id",
    "payers.0.group_number",
    "payers.0.authorization_number",
    "payers.0.claim_number",
    "diagnoses.0.code",
    "diagnoses.0.words",
]
"""Fields that a second opinion may be asked for: those whose value stands in the text as it is kept. What follows from
a text (which therapy, how urgent, whether it is a referral) is never asked of a model."""


class SecondOpinion(BaseModel):
    """The section "second_opinion": a language model that is asked about a document after our own rules, and off until
    somebody signs that it is on. Which model is told in the environment (FIRSTVISIT_MODEL_URL).

    Asked for are the fields of `empty` that nobody read, and of all that may be asked those that are doubtful. A value
    that does not stand in the document is dropped; what is kept is doubtful until a person confirms it. After
    `rest_after` failures in a row nobody is asked for `rest_minutes`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: bool = Field(
        False,
        title="Ask a model",
        description="Parts of documents go to it; a vendor's needs an agreement for models under Practice",
    )
    empty: tuple[AskedFor, ...] = Field(
        (
            "patient.first_name",
            "patient.last_name",
            "patient.date_of_birth",
            "patient.phone",
            "referrer.organization",
            "payers.0.name",
            "payers.0.member_id",
            "diagnoses.0.words",
        ),
        title="Asked for where nothing was read",
        description="Doubtful values are asked for as well",
        json_schema_extra={"from": "record"},
    )
    confidence: Share = Field(
        0.6, title="Confidence of what only the model reads", description="It stays doubtful whatever it is"
    )
    most_characters: Annotated[int, Field(ge=500, le=60_000)] = Field(
        12_000, title="Characters sent at most", description="What stands behind them is not sent"
    )
    seconds: Annotated[int, Field(ge=1, le=120)] = Field(
        20, title="An answer may take, seconds", description="Meanwhile the document is in the Inbox all the same"
    )
    tries: Annotated[int, Field(ge=1, le=5)] = Field(
        3, title="Tries for one document", description="Then it stays as it is"
    )
    rest_after: Annotated[int, Field(ge=1, le=50)] = Field(
        5, title="Rest after failures in a row", description="Over all documents"
    )
    rest_minutes: Minutes = Field(10, title="Rest, minutes", description="Then one document is asked about again")


policy.register("second_opinion", SecondOpinion)
