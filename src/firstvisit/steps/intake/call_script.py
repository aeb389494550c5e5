"""What is asked on a call, in which words, and what comes next. Pure.

The order is the domain sheet's, section 8: the number to call back first, then who calls and for whom, their reason in
their own words, red flags. What comes after that, and what else is asked, the practice's rules say
(`steps.qualify.asking`); here stand the fields in which the answers are typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["text", "tel", "email", "words", "date", "half_days", "language"]
LATER: Final = "later"
"""The field of a card that lists the questions that were put off."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to type while they speak."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the words to say, why, and the answers, by number key (`choose`) or typed (`fields`).

    `when` is the field and the values for which it is asked at all; `first` are asked on every call, in this order.
    """

    slug: str
    label: str
    ask: str
    why: str
    fields: tuple[Field, ...] = ()
    choose: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    when: tuple[str, tuple[str, ...]] | None = None
    first: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*(f.name for f in self.fields), *((self.choose,) if self.choose else ()))

    def applies(self, said: Mapping[str, Any]) -> bool:
        return self.when is None or said.get(self.when[0]) in self.when[1]

    def answered(self, said: Mapping[str, Any]) -> bool:
        """Whether the answer is there: the choice where there is one to make, else anything typed."""
        needed = (self.choose,) if self.choose else self.names
        return any(said.get(name) not in (None, "", []) for name in needed)


_YES_NO: Final = (("yes", "Yes"), ("no", "No"))

SCRIPT: Final[tuple[Question, ...]] = (
    Question(
        "callback",
        "Call back",
        "If we are cut off, what number do I call you back on, and who am I talking to?",
        "First, so that a dropped call loses nobody.",
        fields=(Field("phone", "Number to call back", "tel"), Field("caller", "Who is calling")),
        first=True,
    ),
    Question(
        "who",
        "Who needs care",
        "Who needs care: you, or somebody else?",
        "It decides whom we talk to and who may decide.",
        choose="who",
        choices=(
            ("self", "The caller"),
            ("child", "The caller's child"),
            ("other", "Somebody they care for"),
            ("office", "A patient of their office"),
            ("organization", "No patient: an organization asks"),
        ),
        first=True,
    ),
    Question(
        "office",
        "Office or organization",
        "Which office or organization are you calling from?",
        "It is who we answer to, and what the request is called by until a patient is named.",
        fields=(Field("office", "Office or organization"),),
        when=("who", ("office", "organization")),
        first=True,
    ),
    Question(
        "authority",
        "May decide",
        "Are you the parent or legal guardian, and may you decide about care?",
        "For a minor we need somebody who may decide before the first visit.",
        choose="authority",
        choices=(
            ("yes, parent", "Yes, parent"),
            ("yes, guardian", "Yes, legal guardian"),
            ("shared, both must agree", "Shared: somebody else must agree"),
            ("no", "No, somebody else decides"),
        ),
        when=("who", ("child",)),
        first=True,
    ),
    Question(
        "patient",
        "Patient",
        "What is the patient's name and birth date?",
        "To find what we know already, and whether a program fits the age.",
        fields=(
            Field("first_name", "First name"),
            Field("last_name", "Last name"),
            Field("birth_date", "Birth date", "date", "MM/DD/YYYY"),
        ),
        when=("who", ("self", "child", "other", "office", "")),
        first=True,
    ),
    Question(
        "returning",
        "Here before",
        "Have they been to us before?",
        "More than 90 days without treatment is a new evaluation.",
        choose="returning",
        choices=(
            ("no", "No, new here"),
            ("yes", "Yes, they were"),
            ("unknown", "They do not know"),
        ),
        when=("who", ("self", "child", "other", "office", "")),
        first=True,
    ),
    Question(
        "reason",
        "Reason",
        "What brings you to us? What should get better?",
        "In their own words: what it is, since when, what should get better.",
        fields=(Field("concern", "In their own words", "words"),),
        first=True,
    ),
    Question(
        "red_flags",
        "Red flags",
        "Anything new or sudden today: chest pain, a droopy face, a hot calf, a fall on the head?",
        "Safety goes before everything else; a clinician looks first when anything is heard.",
        choose="red_flags_asked",
        choices=(("none", "None of these"),),
        when=("who", ("self", "child", "other", "office", "")),
        first=True,
    ),
    Question(
        "therapy",
        "Wanted",
        "Which therapy is it for?",
        "It decides the program, the length of the visit and who sees them.",
        choose="therapy",
        choices=(
            ("PT", "Physical therapy"),
            ("OT", "Occupational therapy"),
            ("SLP", "Speech and feeding"),
            ("unknown", "They do not know"),
        ),
    ),
    Question(
        "date",
        "Date behind it",
        "Is there a date behind it: a surgery, a discharge, an injury, a school meeting?",
        "Some first visits must happen within days; the date decides, not the tone.",
        fields=(Field("event_date", "The date", "date", "MM/DD/YYYY"),),
        choose="event_kind",
        choices=(
            ("surgery", "Surgery"),
            ("discharge", "Came home from hospital"),
            ("injury", "Injury"),
            ("onset", "Began by itself"),
            ("none", "No date"),
        ),
    ),
    Question(
        "injury",
        "How it happened",
        "Did it happen at work or in a road accident?",
        "Then another payer comes first, with a claim number and an adjuster; the plan on the card comes second.",
        fields=(
            Field("carrier", "Who pays for it", hint="if they know"),
            Field("claim", "Claim number"),
            Field("adjuster", "Adjuster"),
            Field("adjuster_phone", "Adjuster's phone", "tel"),
        ),
        choose="injury",
        choices=(("no", "Neither"), ("work", "At work"), ("auto", "Road accident"), ("unknown", "Not known")),
        when=("event_kind", ("injury", "surgery", "onset", "none", "")),
    ),
    Question(
        "order",
        "Order",
        "Has a doctor written an order? Who, and was it sent to us?",
        "What is missing is asked of the office, not of the family.",
        fields=(
            Field("referrer_name", "Who wrote it"),
            Field("referrer_office", "Their office"),
        ),
        choose="order",
        choices=(
            ("signed", "Yes, signed and sent"),
            ("unsigned", "Written, not here yet"),
            ("none", "No order"),
            ("unknown", "They do not know"),
        ),
    ),
    Question(
        "payer",
        "Payer",
        "Which insurance, and do you have the card in hand?",
        "We check the plan and tell them; we never promise what it pays.",
        fields=(
            Field("payer", "Plan, as on the card"),
            Field("member_id", "Member number"),
        ),
        choose="pays",
        choices=(("card", "Card read"), ("self", "Pays themselves"), ("unknown", "Card not at hand")),
    ),
    Question(
        "home_health",
        "Home health",
        "Is a home health nurse or therapist coming to the house, or was one in the last 3 months?",
        "Medicare does not pay for outpatient therapy while a home health plan is open, even if only a nurse comes.",
        choose="home_health",
        choices=(
            ("no", "No, or not in the last 3 months"),
            ("yes", "Yes, or within the last 3 months"),
            ("unknown", "They do not know"),
        ),
    ),
    Question(
        "place",
        "Home",
        "What is the home ZIP code, and do you need an interpreter?",
        "It decides the site, and whether they live in our area.",
        fields=(
            Field("zip", "ZIP code", hint="Five digits"),
            Field("language", "Language they speak", "language"),
        ),
    ),
    Question(
        "home_place",
        "Which home",
        "The ZIP code and the town or state we have do not fit together. Which of them is right?",
        "While they disagree we know neither the site nor the distance.",
        fields=(
            Field("zip", "ZIP code", hint="Five digits"),
            Field("city", "Town"),
            Field("state", "State", hint="Two letters"),
        ),
        choose="home_place",
        choices=(
            ("zip", "The ZIP code; the town follows from it"),
            ("town", "The town; its ZIP code is typed here"),
            ("unknown", "They do not know"),
        ),
    ),
    Question(
        "times",
        "Times",
        "Which half days could you come?",
        "The more half days, the sooner a first visit.",
        fields=(Field("times", "Half days that suit", "half_days"),),
    ),
    Question(
        "email",
        "E-mail",
        "Is there an e-mail address for the confirmation?",
        "A second way to reach them.",
        fields=(Field("email", "E-mail", "email"),),
    ),
)


def by_slug(slug: str) -> Question | None:
    """The question of this name."""
    return next((question for question in SCRIPT if question.slug == slug), None)


COVERS: Final = {
    "red_flags": "red_flags",
    "callback": "callback",
    "caller": "callback",
    "organization_name": "office",
    "relationship": "who",
    "patient_name": "patient",
    "date_of_birth": "patient",
    "returning": "returning",
    "concern": "reason",
    "therapy": "therapy",
    "date": "date",
    "surgery_date": "date",
    "cause": "injury",
    "claim": "injury",
    "order": "order",
    "referrer": "order",
    "surgeon": "order",
    "payer": "payer",
    "member_id": "payer",
    "home_health": "home_health",
    "zip": "place",
    "home_place": "home_place",
    "language": "place",
    "times": "times",
    "email": "email",
    "may_text": "",
}
"""Questions of the practice's rules that the script asks in its own place; "" is asked at the end of the call."""


def opening(said: Mapping[str, Any]) -> list[Question]:
    """The questions that come first on every call and are not answered yet, in their order."""
    known = {"who": "", "event_kind": "", **said}
    return [q for q in SCRIPT if q.first and q.applies(known) and not q.answered(said)]


def answered(said: Mapping[str, Any]) -> list[Question]:
    """The questions that were answered, in the order of the script."""
    return [question for question in SCRIPT if question.answered(said)]
