"""What somebody prefers, asked by a link in our letters: language, way, when they want care, best times. Pure.

A call or a text is preferred only with a number: that on file, or one that they give us here.

What is kept is JSON: {"answers": {field: text or list}, "about": {"patient": {...}, "contact": {...}}}; `about` is who
the link was sent to and about whom, so that the answers find the same people.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources.answers import read_answers, stated

CONSENT_TEXT: Final = "text-request:1"
NO_NUMBER: Final = "We have no phone number of yours: enter one, so that we can call or text you."
_FIELDS: Final = {
    "contact.preferred_method": "method",
    "contact.phone": "phone",
    "patient.language": "language",
    "timing": "timing",
    "availability": "times",
    "hours": "until",
}


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read the answers. Nobody waits for a receipt, and nothing of the request itself is completed by them."""
    said: Mapping[str, Any] = json.loads(body)
    answers, about = stated(said["answers"]), said["about"]
    patient, contact = dict(about.get("patient", {})), dict(about.get("contact", {}))
    if "language" in answers:
        patient["language"] = answers["language"]
    if "method" in answers:
        contact["preferred_method"] = answers["method"]
    if "phone" in answers:
        contact.setdefault("phone", answers["phone"])  # what is on file is changed by talking to us
    problems = []
    if "phone" not in contact and (answers.get("method") in ("phone", "sms") or "may_text" in answers):
        problems.append(Problem("phone", NO_NUMBER))
    record: dict[str, Any] = {"patient": patient, "contact": contact}
    if "timing" in answers:
        record["timing"] = answers["timing"]
    if "times" in answers:
        record["availability"] = answers["times"]
    if "hours" in answers:
        record["hours"] = answers["hours"]
    if "may_text" in answers:
        mark = "" if said.get("language", "en") == "en" else f":{said['language']}"
        record["consents"] = [{"channel": "sms", "given": True, "wording": CONSENT_TEXT + mark}]
    referral = read_answers(record, problems, on_form=_FIELDS, said=said, today=today, programs=programs)
    return Reading(referral, complete=False, quiet=True)
