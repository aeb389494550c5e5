"""The words of the request's pages, English; one table for each page. Another language is another set."""

from __future__ import annotations

from typing import Final

EMERGENCY: Final = "If this is an emergency call 911; thoughts of suicide: call or text 988."
"""The approved line. It stands above all else where the words of a request raise a red flag."""

EVERYWHERE: Final = {
    "skip": "Skip to the form",
    "danger": "In danger now? Call 911.",
    "suicide": "Thoughts of suicide: call or text 988.",
    "talk": "Rather talk?",
    "interpreters": "Interpreters are free.",
    "privacy": "How we protect what you tell us",
    "problems_one": "One thing needs mending.",
    "problems_many": "things need mending.",
    "wrong": "Needs mending: ",
    "trap": "Leave this field empty",
    "again": "Start again",
}
START: Final = {
    "title": "Ask for a first visit",
    "lead": "Two short steps, about two minutes.",
    "step": "Step 1 of 2.",
    "step_about": "Who it is for, how to reach you",
    "who": "Who needs care?",
    "name": "Your first and last name",
    "phone": "Your mobile phone",
    "email": "Your e-mail address",
    "reach_hint": "One of the two is enough",
    "next": "Next: what you need",
    "saved": "Step 1 is saved when you press Next, so we can call you even if you stop there. "
    "Nobody reads this form at night.",
}
WHO: Final = (("child", "My child"), ("me", "Me"), ("other", "Someone I care for"))
NEEDS: Final = {
    "title": "What you need",
    "step": "Step 2 of 2.",
    "saved": "Step 1 is saved. Leave blank what you do not know.",
    "concern": "What would you like help with?",
    "concern_hint": "In your own words, in any language",
    "program": "What is it about?",
    "not_sure": "Not sure",
    "therapy": "Which therapy?",
    "event": "Is there a date behind it?",
    "event_hint": "It decides how soon we see you",
    "event_kind": "Kind of date",
    "event_date": "Date",
    "times": "When could you come?",
    "half_days": "Half days",
    "part_of_day": "Part of day",
    "zip": "Home ZIP",
    "insurance": "Insurance, if any",
    "member_id": "Member number, if at hand",
    "insurance_note": "Insurance is for paperwork only. It never changes how soon we see you.",
    "language": "Language you like best",
    "date_hint": "Month, day, year, such as 02/08/2024",
    "send": "Send",
    "next_title": "What happens next",
    "next_reference": "You get a reference at once.",
    "next_interpreter": "with an interpreter if you like",
    "next_order": "We ask your doctor for the order, if one is needed. You need not chase it.",
}
PATIENT: Final = {
    "child": {"legend": "Your child", "first": "First name", "last": "Last name", "born": "Birth date"},
    "me": {"legend": "About you", "first": "", "last": "", "born": "Your birth date"},
    "other": {
        "legend": "The person you care for",
        "first": "First name",
        "last": "Last name",
        "born": "Birth date",
    },
}
THERAPIES: Final = (
    ("speech", "Speech"),
    ("occupational", "Occupational"),
    ("physical", "Physical"),
    ("", "Not sure"),
)
EVENT_KINDS: Final = (
    ("none", "No date"),
    ("surgery", "Surgery"),
    ("discharge", "Hospital discharge"),
    ("injury", "Injury"),
    ("onset", "When it began"),
    ("iep", "School meeting"),
    ("other", "Another date"),
)
LANGUAGES: Final = (
    ("", "English"),
    ("Spanish", "Español"),
    ("Hmong", "Hmoob"),
    ("American Sign Language", "American Sign Language"),
)
WEEK: Final = (
    ("mon", "Mon", "Monday"),
    ("tue", "Tue", "Tuesday"),
    ("wed", "Wed", "Wednesday"),
    ("thu", "Thu", "Thursday"),
    ("fri", "Fri", "Friday"),
)
HALVES: Final = (("am", "Morning", "morning"), ("pm", "Afternoon", "afternoon"))
DONE: Final = {
    "title": "We have your request",
    "title_flag": "Please read this first",
    "reference": "Your reference",
    "follows": "It is safely kept. Your reference follows in a few minutes; you need not send it again.",
    "next_title": "What happens next",
    "flag_next": "We put your request before a clinician. Do not wait for our call if it feels urgent.",
    "papers": "If a doctor's order is needed, we ask your doctor for it. You need not chase it.",
    "change": "Something to add or to correct? Call us and give the reference.",
    "another": "Ask for another person",
}
REFUSED: Final = {
    "trap": (
        "We could not accept this",
        "Something in this form looked as if a machine had filled it in. Nothing was stored. Please call us.",
    ),
    "often": (
        "Too many forms at once",
        "We received many forms from where you are. Please wait ten minutes, or call us.",
    ),
    "large": ("This is too long", "Please say it in fewer words, or call us. What you sent was not stored."),
    "unreadable": (
        "This could not be read",
        "It did not arrive as a form we know. Go back, load the page again, and send it once more.",
    ),
    "link": (
        "This page is no longer open",
        "For your safety this link works for one day. What you sent us before is saved. "
        "Call us, or start again.",
    ),
    "saving": (
        "Your request is being saved",
        "It reached us and is being saved at this moment. Wait a few seconds, go back, and press the "
        "button once more: it is never entered twice.",
    ),
}
