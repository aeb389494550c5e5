"""How booked patients and their visits reach the EMR: a section of the rules. The environment says where it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.practice import policy

Way = Literal["none", "copy_card", "csv", "hl7"]
Named = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_ .:-]*$")]


class Emr(BaseModel):
    """The section "emr". A new practice ships with the copy-card, which works beside every EMR (domain sheet, 7)."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    way: Way = Field(
        "copy_card",
        title="Booked patients reach the EMR by",
        description="copy_card: a person enters them. csv: a file in the folder. hl7: a message (ADT, SIU)",
    )
    register_as: Literal["a04", "a28"] = Field(
        "a04", title="Registered as", description="a04: a patient with a visit. a28: a person alone. HL7 only"
    )
    referral_as: Literal["adt", "ref_i12"] = Field(
        "adt",
        title="Referral sent as",
        description="adt: within the patient's message. ref_i12: as a message of its own besides (REF I12). HL7 only",
    )
    appointments: bool = Field(
        True, title="Visits are told too", description="Booked, moved, changed, cancelled, missed"
    )
    encoding: Literal["utf8", "latin1", "ascii"] = Field(
        "utf8", title="Letters are written as", description="What the EMR reads (MSH-18). ascii drops accents"
    )
    sending_application: Named = Field(
        "FIRSTVISIT", title="We are called (MSH-3)", description="As the EMR's interface wants it"
    )
    sending_facility: Named = Field("", title="Our facility (MSH-4)", description="Empty where the EMR wants none")
    receiving_application: Named = Field(
        "EMR", title="The EMR is called (MSH-5)", description="As its interface wants it"
    )
    receiving_facility: Named = Field("", title="Its facility (MSH-6)", description="Empty where it wants none")
    seconds: Annotated[int, Field(ge=1, le=60)] = Field(
        10, title="An acknowledgment may take, seconds", description="Then it counts as none, and is sent again"
    )
    first_pause_seconds: Annotated[int, Field(ge=1, le=600)] = Field(
        15, title="Sent again after, seconds", description="It doubles with each try, up to 15 minutes"
    )
    give_up_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        120, title="A person looks after, minutes", description="Without an answer for so long"
    )
    person_minutes: Annotated[int, Field(ge=1, le=1440)] = Field(
        120, title="A person enters or mends it within, business minutes", description="The clock of that task"
    )


policy.register("emr", Emr)
