"""What follows which outcome and which try, and what each kind of task is called. Data; the rules read it."""

from __future__ import annotations

from typing import Final

from firstvisit.journey.case import PROPOSAL
from firstvisit.journey.endings import CALL_MISSED_TREATMENT, CALL_OFF, CALL_TREATMENT, OFFERS_AGAIN
from firstvisit.journey.policy import actions

NEXT_ACTION: Final[dict[str, tuple[str, str]]] = {
    "clinician_review": ("review_red_flag", "A clinician looks before anything else"),
    "book_now": ("call_to_book", "Fits and complete: book the evaluation"),
    "book_pending_docs": ("call_to_book", "Fits: book, ask for the missing papers"),
    "need_info": ("ask_question", "One answer decides"),
    "need_auth_first": ("request_authorization", "The payer authorizes the evaluation first"),
    "waitlist": ("offer_waitlist", "Fits, but the program is full"),
    "route_other_location_or_program": ("offer_other_program", "Another program, site or setting of ours fits"),
    "refer_out": ("tell_other_place", "Not here: name the other place and tell whoever asked"),
    "person_looks": ("decide", "No rule decides this one"),
    "nurture": ("keep_in_touch", "Not yet: ask what they need and when"),
    "discovery": ("call_organization", "Find out what the organization needs and who decides"),
}
"""For each outcome the kind of task that comes next and why."""

OFFER_SETTING: Final[dict[str, tuple[str, str]]] = {
    "clinic": ("offer_clinic", "in the clinic"),
    "telehealth": ("offer_video", "by video"),
    "home": ("offer_home_visits", "at home"),
    "school": ("offer_school_visits", "at school"),
}
"""What is offered where the program they asked for is done in another setting: the kind of task, and the setting."""
SAY_WHAT_FITS: Final = (
    "say_what_fits",
    "Somebody decided that something else of ours fits; no rule knows what: choose it, then withdraw the overruling",
)
BARRED: Final = ("find_number", "Nothing may go to any number or address known of them: find another way")
FORBIDDEN: Final = "a restriction forbids this person or address; look there before anybody calls or writes"
"""Why a message did not leave."""
HELD: Final = ("explain_hold", "Not yet: say until when it waits, and what opens it")
"""For somebody who asked for care and is held: too young yet, or before a surgery or discharge."""

WISHED: Final = ("call_when_wished", "Not yet: they said from when they want care; call then to book")
"""For somebody who named the day before which they want nothing: they are not asked once more when that is."""

AWAITS: Final = "await_visit"
"""The kind of the task that sees a booked visit through."""
AGAIN: Final = ("decide_again", "More arrived since a person decided: read it and decide again, or answer and leave it")
"""For somebody whom a person ruled to rest (not yet, the waitlist, elsewhere) and who answered since."""

TWO_PATIENTS: Final = (
    "two_patients",
    "One name or its words tell of two: add a lead for each, or say that it is one; nothing is booked until then",
)
"""For a request in which two patients may stand."""
AUTHORIZE_BESIDE: Final = (
    "authorize_beside",
    "The payer authorizes the evaluation first, and the visit cannot wait: ask at once, beside the booking",
)
"""For a visit that is booked before the payer has answered."""
MISSED: Final = ("call_missed", "They did not come: ask whether they are safe, and find another time")
"""For somebody who missed a visit: called within minutes (domain sheet, section 8)."""
MISSED_TREATMENT: Final = (
    CALL_MISSED_TREATMENT,
    "They did not come to treatment on {day}: ask whether they are safe, and find another time",
)
"""For somebody who missed a visit after the first one; it goes on after the evaluation."""
DECIDE_TREATMENT: Final = (
    "decide_treatment",
    {
        "without": "{visits} {are} booked and no evaluation stands, the first on {first}: cancel, let stand, or book "
        "the evaluation again",
        "before": "{visits} {are} booked before the evaluation, the first on {first}: move, cancel, or let stand",
    },
)
"""For treatment that its evaluation does not lead any more, by what is the matter."""
SAID_TWICE: Final = "Booked twice since two requests became one: {visits}. Keep which?"
"""For two first visits of one therapy, one of which came along with a request that was merged."""
OFFER_AGAIN: Final = (
    OFFERS_AGAIN,
    "We cancelled {what} of {days}: offer another time",
)
"""For treatment, or a seat in a group, that we called off."""
ASKED_AGAIN: Final = ("call_back", "They asked again while a visit is booked: call or write")
OFFER_CANCELLED: Final = "They cancelled {what} of {days} on their page ({reason}): call, and offer another time"
"""For such that they called off themselves while nobody of ours spoke with them."""
FIND_SOMEBODY: Final[dict[str, tuple[str, str]]] = {
    "left": (
        "find_somebody",
        "We called off their visit of {when} and nobody here can do it: call; refer on, or find somebody",
    ),
    "full": (
        "find_somebody",
        "We called off their visit of {when} and no other time is free: call; refer on, or find a time",
    ),
}
"""For somebody whose visit we called off while no time was there to offer, by why."""
TELL_CALLED_OFF: Final = (
    CALL_OFF,
    {
        "ours": "We called off their visit of {when}: call and tell them",
        "closed": "Their visit of {when} is cancelled, because the lead was closed: call and tell them",
        "over": "Their visit of {when} did not take place, by our doing: call and say so",
    },
)
"""For somebody whose visit is no more by our doing and whom no letter tells so, by what took it."""
CALL_ABOUT_TREATMENT: Final = (
    CALL_TREATMENT,
    "Nobody can see to treatment that is booked ({visits}, the first on {first}): call, then move or cancel",
)
"""For treatment of a lead that its evaluation closed."""
CHOOSE_PROGRAM: Final = ("choose_program", "A visit is agreed and the program is not known yet: choose it")
SETTLE_THERAPY: Final = "settle_therapy"
"""For a therapy that was asked beside another and that the program does not do."""
PROGRAM_OPEN: Final = "settle the program with them first"
PROGRAM_FULL: Final = "the program is full or closed and this cannot wait, so find room first"
REFUSED: Final = "The payer refused: decide whether to appeal with whoever ordered, and tell the family"
"""Why somebody decides about a lead whose evaluation the payer refused to authorize."""
REFUSED_BESIDE: Final = "the payer refused, so say what it costs before a time is given"
UNAUTHORIZED: Final = "not authorized yet, so tell them and ask beside it"
"""Said where the evaluation is booked before the payer has authorized it."""

WAITING: Final = ("keep_in_touch", "On the waitlist: say how it stands, and ask whether they still want it")
NO_WAY: Final = ("close_told", "They left no phone and allowed no e-mail, so nobody can ask them: close it")
"""Somebody who only came for something to read and wants to hear nothing."""
RULED: Final = "A person decided the outcome; their reason is on the timeline"

STAGE_ACTION: Final[dict[str, tuple[str, str]]] = {
    "discovery": ("confirm_needs", "Discovery: confirm who decides, what they need, how many, by when"),
    "proposal": ("send_proposal", "Proposal: write it, send it, and say when you call"),
    "agreement": ("agree_terms", "Agreement: settle what is open and get it signed"),
    "won": ("close_won", "Won: hand over to whoever starts it, then close"),
    "lost": ("close_lost", "Lost: say thank you, then close"),
}
"""What follows a stage of an organization's enquiry."""

FOLLOW_UPS: Final[dict[str, tuple[str, str]]] = {
    "reached_booked": (AWAITS, "A visit was agreed: close the lead once the evaluation is done"),
    "reached_callback_set": ("call_back", "A call back was agreed"),
    "reached_thinking": ("call_back", "They are thinking it over"),
    "reached_answered": ("decide", "The question was answered: decide"),
    "reached_declined": ("close_declined", "They declined: confirm it and close the lead"),
    "wrong_number": ("find_number", "The number is wrong: ask whoever referred, or write to them"),
    "disconnected": ("find_number", "The number is dead: ask whoever referred, or write to them"),
    "number_found": ("call_back", "Another number is here: call it"),
    "language_needed": ("arrange_interpreter", "They need an interpreter: arrange one, then call"),
    "arranged": ("call_back", "An interpreter is arranged: call with them"),
    "duplicate": ("close_duplicate", "Somebody found it to be the same as another lead: close it"),
    "reviewed": ("decide", "Reviewed: decide the outcome"),
    "two_patients": ("close_duplicate", "Each of the two has a lead of their own: close this one"),
    "told": ("close_told", "They were told: close the lead with the reason"),
    "told_referrer": ("close_told", "Whoever referred was told: close the lead with the reason"),
    "done": ("decide", "Done: decide what comes next"),
}
"""What follows a try, by what it ended in; after anything else nobody was reached and the tries go on."""

TASK_WORDS: Final[dict[str, str]] = {
    "review_red_flag": "Review the red flag",
    "call_to_book": "Call to book",
    "ask_question": "Ask the one question",
    "request_authorization": "Request the authorization",
    "correct_coverage": "Correct what the payer refused",
    "fix_enrollment": "Mend our data at the payer",
    "ask_other_coverage": "Ask for another coverage",
    "explain_not_covered": "Say what the plan does not pay",
    "ask_referral": "Ask for the referral the plan wants",
    "give_estimate": "Give the estimate of what it costs",
    "verify_by_hand": "Verify by phone or portal",
    "choose_program": "Choose the program",
    "decide_treatment": "Decide about the treatment",
    "offer_again": "Offer another time",
    "find_somebody": "Nobody here can do it: call",
    "call_about_treatment": "Call about the treatment",
    "call_called_off": "Call: their visit is called off",
    "booked_twice": "Booked twice: keep which?",
    "settle_therapy": "Settle the other therapy",
    "authorize_beside": "Request the authorization, beside the booking",
    "nudge_payer": "Ask the payer how the authorization stands",
    "request_treatment": "Request the authorization of treatment",
    "extend_authorization": "Ask for more visits",
    "decide_refusal": "The payer refused treatment: decide",
    "offer_waitlist": "Offer the waitlist",
    "offer_other_program": "Offer the other program",
    "offer_clinic": "Offer visits in the clinic instead",
    "offer_video": "Offer visits by video instead",
    "offer_home_visits": "Offer visits at home instead",
    "offer_school_visits": "Offer visits at school instead",
    "say_what_fits": "Say what of ours to offer",
    "tell_other_place": "Name the other place",
    "two_patients": "Two patients in one request?",
    "decide": "Decide the outcome",
    "sign_rules": "Read the rules, and sign or say what is wrong",
    "decide_again": "They answered: decide again",
    "keep_in_touch": "Ask when they want care",
    "call_when_wished": "Call when their day comes near",
    "explain_hold": "Tell them until when it waits",
    "call_organization": "Call the organization",
    "follow_up": "Try again",
    "await_visit": "See the visit through",
    "call_back": "Call back",
    "call_missed": "Call: they did not come",
    "call_missed_treatment": "Call: they did not come",
    "answer_visits": "Say what became of the visits",
    "close_told": "Close the lead",
    "close_declined": "Confirm that they declined",
    "close_duplicate": "Close the duplicate",
    "confirm_needs": "Confirm what the organization needs",
    "send_proposal": "Send the proposal",
    "agree_terms": "Agree on the terms",
    "close_won": "Won: close the enquiry",
    "close_lost": "Lost: close the enquiry",
    "close_deceased": "Somebody has died: close gently",
    "find_number": "Find another number",
    "arrange_interpreter": "Arrange an interpreter",
    "call_office": "Call the referring office as well",
    "send_letter": "Send a letter",
    "tell_partner": "Call or fax whoever referred",
    "await_answer": "Wait for an answer",
    "decide_silence": "Nobody was reached: decide",
    "request_papers": "Ask for the papers",
    "chase_papers": "Chase the papers",
    "papers_escalated": "Papers never came: decide",
    "review_unreached": "A clinician decides: nobody was reached",
    "close_do_not_contact": "Do not contact: close, or lift it",
    "ask_whom": "Ask for whom they asked",
    "compare_people": "Compare: one person or two?",
    "check_authority": "Find out who may decide",
    "states_otherwise": "Say whether what somebody unknown states holds",
    "other_ways": "Ask which phone or e-mail holds",
    "npi_of_another": "Find out who sent this",
    "restricted_wrote": "Read what a restricted person wrote",
    "glass_broken": "Look at who broke the glass",
    "send_plan": "Send the plan of care for signature",
    "chase_certification": "Chase the signature on the plan of care",
    "recertify": "Recertify the plan of care",
    "progress_report": "Write the progress report",
    "note_evaluation": "Note the day of the evaluation",
    "count_treatment": "Count the treatment days",
    "finish_call": "Finish the call",
    "finish_adding": "Finish adding the lead",
    "item_waits": "Look at what could not be read",
    "confirm_item": "Confirm what arrived",
    "ask_sender": "Ask the sender what could not be read",
    "review_item": "Look at the red flag in a document",
    "answer_text": "Answer the text message",
    "way_differs": "Find what a way in did not bring",
    "enter_in_emr": "Enter in the EMR",
    "mend_registration": "Mend what the EMR did not take",
    "message_unclear": "Find out whether the message arrived",
    "message_refused": "Reach them another way",
    "advance_failed": "For the engineer: this lead cannot be planned",
    **{f"{PROPOSAL}{action}": f"Approve: {words.lower()}" for action, words in actions().items()},
}

BY_MAIL: Final[dict[str, str]] = {
    "call_to_book": "Write to book",
    "call_organization": "Write to the organization",
    "call_back": "Write back",
}
"""What would be a call, for somebody of whom only an e-mail address is on file."""


def task_words(kind: str, *, phone: bool = True, email: bool = False) -> str:
    """A next thing in words; `phone`, `email`: whether one is on file."""
    if email and not phone and kind in BY_MAIL:
        return BY_MAIL[kind]
    return TASK_WORDS.get(kind, kind.replace("_", " "))
"""The words on screen for each kind of task."""
