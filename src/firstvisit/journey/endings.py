"""What a try can end in and how a lead can end: the domain sheet's contact outcomes (section 8) and closings.

Data that the plan, the verbs and the screens share. Pure.
"""

from __future__ import annotations

from typing import Final

AGREED: Final = "reached_agreed"
"""They agree to the program or the setting of ours that fits; the lead is for it from then on."""
BOOKED: Final = "reached_booked"
"""A first visit is agreed."""
AT_A_MOMENT: Final = ("reached_callback_set", BOOKED)
"""Endings with which a moment is agreed: of the call back, of the visit."""
REACHED: Final[dict[str, str]] = {
    AGREED: "Reached, agrees to what fits",
    BOOKED: "Reached, visit agreed",
    "reached_callback_set": "Reached, call back agreed",
    "reached_thinking": "Reached, is thinking it over",
    "reached_answered": "Reached, question answered",
    "reached_declined": "Reached, declined",
}
"""Two-way contacts."""

NOT_REACHED: Final[dict[str, str]] = {
    "no_answer": "No answer",
    "left_vm": "Left a voicemail",
    "vm_full": "Voicemail full",
    "third_party_only": "Only somebody else answered; left no message",
    "wrong_number": "Wrong number",
    "disconnected": "Number disconnected",
}
WROTE: Final[dict[str, str]] = {
    "sent_email": "Sent an e-mail",
    "sent_text": "Sent a text",
    "sent_letter": "Sent a letter",
}
SPECIAL: Final[dict[str, str]] = {
    "language_needed": "An interpreter is needed",
    "do_not_contact": "Asked us never to contact them",
    "deceased": "Has died",
    "duplicate": "Same as another lead",
}
OURS: Final[dict[str, str]] = {
    "reviewed": "Reviewed",
    "told": "Told the family",
    "told_referrer": "Told whoever referred",
    "number_found": "Another number is here",
    "arranged": "Arranged",
    "done": "Done",
}
"""What ends a task of ours. Telling the family is a two-way contact with them; telling whoever referred is none, and
neither is what nobody was spoken to for."""
NO_CONTACT: Final = frozenset({"reviewed", "arranged", "done"})
TO_REACH: Final = frozenset({
    "call_to_book", "ask_question", "call_back", "call_missed", "follow_up", "call_organization", "call_when_wished",
    "find_somebody",
    "keep_in_touch", "offer_waitlist", "offer_other_program", "offer_clinic", "offer_video", "offer_home_visits",
    "offer_school_visits", "explain_hold",
})  # fmt: skip
"""Kinds of task whose point is to reach somebody: they end in what that came to, never in a mere "done"."""

ABOUT: Final[dict[str, str]] = {
    "for_this_patient": "It was about this patient: take in what it says",
    "for_another": "It was about somebody else; their own lead is made",
}
"""Whom a request was about that named nobody: how the task of asking ends."""

PATIENTS: Final[dict[str, str]] = {
    "one_patient": "It is one patient, called so",
    "two_patients": "They are two: each has a lead of their own now",
}
"""How the task ends that asks whether a request is about two patients."""
TWO: Final = "two_patients"
"""The kind of that task."""

HOLDS: Final[dict[str, str]] = {
    "taken_over": "It holds: take it over",
    "left_as_stated": "It does not hold: leave all as it was stated",
}
"""What holds of what somebody unknown stated otherwise: how the task ends that asks it."""
STATED_OTHERWISE: Final = "states_otherwise"
"""The kind of that task."""

BARRED_WROTE: Final = "restricted_wrote"
"""The kind of task that says that somebody whom a restriction names, or perhaps they, has written."""
NAMESAKE: Final = "namesake"
WHO_WROTE: Final[dict[str, str]] = {
    NAMESAKE: "Somebody else of that name: go on as with anybody",
    "is_restricted": "It is whom the restriction names",
}
"""How that task ends."""

PARTNER: Final[dict[str, str]] = {
    "told_referrer": OURS["told_referrer"],
    "no_answer": NOT_REACHED["no_answer"],
    "not_told": "Not told: they may not know it",
}
"""How telling whoever referred ends; none of it is a try to reach the family."""

ENTER: Final = "enter_in_emr"
MEND: Final = "mend_registration"
"""Kinds of task about the EMR: somebody types in what it is to be told, or mends what it did not take."""
ENTERED: Final = "entered_in_emr"
SAID_AGAIN: Final = "said_again"
_ENTERED: Final[dict[str, str]] = {ENTERED: "Entered in the EMR"}
EMR: Final[dict[str, dict[str, str]]] = {ENTER: _ENTERED, MEND: {SAID_AGAIN: "Mended: send it again", **_ENTERED}}
"""How they end: with what becomes of the telling itself, so that task and telling never say two things."""

GROUPS: Final[dict[str, dict[str, str]]] = {
    "Reached": REACHED,
    "Not reached": NOT_REACHED,
    "Written": WROTE,
    "Something else": SPECIAL,
    "Without a call": OURS,
}
"""The endings as the Lead screen offers them."""
OFFERS: Final = "offer_other_program"
"""The kind of task by which somebody is offered the program of ours that fits."""
OFFERING: Final = frozenset({OFFERS, "offer_clinic", "offer_video", "offer_home_visits", "offer_school_visits"})
"""Kinds of task by which somebody is offered the program, or the setting, of ours that fits."""


MEDICARE: Final = frozenset({
    "send_plan", "chase_certification", "recertify", "progress_report", "count_treatment", "note_evaluation",
})  # fmt: skip
"""Kinds of task by which clinicians keep Medicare's clocks; they go on after a lead is closed with its evaluation."""
OFFERS_AGAIN: Final = "offer_again"
"""The kind of task by which treatment that we called off is offered another time; it goes on after the evaluation."""
CALL_TREATMENT: Final = "call_about_treatment"
"""The kind of task by which a family hears that nobody can see to its treatment, also after the lead was closed."""

CALL_MISSED_TREATMENT: Final = "call_missed_treatment"
"""The kind of task by which somebody is called who missed treatment; it goes on after the evaluation."""
CALL_OFF: Final = "call_called_off"
"""The kind of task by which a family hears that its visit is called off, where no letter tells them."""
ABOUT_VISITS: Final = frozenset({OFFERS_AGAIN, CALL_TREATMENT, CALL_MISSED_TREATMENT, CALL_OFF})
"""Kinds of task in which a family is spoken to about visits, whether or not the lead has been closed since."""


def fits(kind: str, result: str) -> bool:
    """Whether a task of this kind may end so."""
    if kind in EMR:
        return result in EMR[kind]
    if kind == "tell_partner":
        return result in PARTNER
    if kind in MEDICARE:
        return result == "done"
    if (result in PATIENTS) != (kind == TWO) or (result in HOLDS) != (kind == STATED_OTHERWISE):
        return False
    only = {"ask_whom": ABOUT, BARRED_WROTE: WHO_WROTE}
    return result not in ("not_told", ENTERED, SAID_AGAIN) and all(
        result not in endings or kind == of for of, endings in only.items()
    )


def groups_for(kind: str) -> dict[str, dict[str, str]]:
    """The endings that a task of this kind may have, in the groups of the screen."""
    if kind == "tell_partner":
        return {"Whoever referred": PARTNER}
    if kind in EMR:
        return {"The EMR": EMR[kind]}
    if kind in ABOUT_VISITS:
        return {"Reached": {"told": OURS["told"]}, "Without a call": {"done": OURS["done"]}}
    if kind in MEDICARE or kind in ("decide_treatment", "booked_twice"):
        return {"Without a call": {"done": OURS["done"]}}
    if kind == TWO:
        return {"How many they are": PATIENTS}
    if kind == STATED_OTHERWISE:
        return {"What holds": HOLDS}
    if kind == BARRED_WROTE:
        return {"Who wrote it": WHO_WROTE, "Without a call": {"reviewed": OURS["reviewed"], "done": OURS["done"]}}
    no = {*(NO_CONTACT if kind in TO_REACH else ()), *(() if kind in OFFERING else (AGREED,))}
    return {
        name: {code: words for code, words in group.items() if code not in no} for name, group in GROUPS.items()
    }


TRIES: Final[dict[str, str]] = {code: words for group in GROUPS.values() for code, words in group.items()}
"""What a try ended in."""
CALLED: Final[dict[str, str]] = {code: words for code, words in TRIES.items() if code not in NO_CONTACT}
"""What a call of ours may end in."""
ANSWERED: Final[dict[str, str]] = {
    code: words.removeprefix("Reached, ").capitalize() if code in REACHED else words
    for code, words in CALLED.items()
    if code not in (*NOT_REACHED, *WROTE)
}
"""What a call that came in may end in: they are on the line, so nobody was out of reach or written to."""
RESULTS: Final[dict[str, str]] = {**TRIES, **ABOUT, **PARTNER, **PATIENTS, **HOLDS, **WHO_WROTE, **EMR[MEND]}
"""What any task of a lead may end in."""

TWO_WAY: Final = frozenset({*REACHED, "told", "language_needed", "do_not_contact"})
"""Somebody on our side and somebody on theirs spoke with each other."""
ATTEMPTS: Final = frozenset({*REACHED, *NOT_REACHED, *WROTE, *SPECIAL, "told"})
"""Human tries to reach somebody; the machine's receipt never is one."""
ENDS_SILENCE: Final = frozenset({*TWO_WAY, "number_found", "arranged", "reviewed"})
"""After these the tries are counted anew."""

DECLINES: Final[dict[str, str]] = {
    "cost": "the cost",
    "distance": "the distance",
    "time": "no time that suits",
    "chose_other": "chose another provider",
    "resolved": "it got better by itself",
    "not_interested": "not interested",
}
"""Why they declined."""

CLOSINGS: Final[dict[str, str]] = {
    "evaluated": "First evaluation completed",
    "patient_declined": "Declined",
    "unable_to_reach": "Unable to reach",
    "out_of_scope": "Not a service of ours",
    "out_of_area": "Out of the area",
    "not_covered": "Not covered",
    "at_capacity": "No capacity",
    "returned_for_info": "Returned for information",
    "expired_order": "Order expired",
    "other_provider": "Chose another provider",
    "duplicate": "Duplicate of another lead",
    "deceased": "Has died",
    "won": "Won: the organization agreed",
    "lost": "Lost: the organization decided otherwise",
    "not_a_match": "Not a match, with a next best step told",
}
"""How a person closes a lead."""
FILED_BY_MISTAKE: Final = "filed_by_mistake"
"""How a lead is closed that a document opened which was taken back: what it says waits in the Inbox again."""
VISIT_STAYS: Final = ("duplicate",)
"""How a lead is closed whose visits to come stand: the same person has another lead."""
CLOSED_AS: Final[dict[str, str]] = {**CLOSINGS, FILED_BY_MISTAKE: "Filed by mistake"}
"""How a lead was closed."""

CLOSES_AS: Final[dict[str, str]] = {
    "close_deceased": "deceased",
    "close_won": "won",
    "close_lost": "lost",
    "close_duplicate": "duplicate",
    "await_visit": "evaluated",
    "close_declined": "patient_declined",
}
"""The closing that a task leads to; a person confirms it with a reason."""
