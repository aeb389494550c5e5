"""The short form before a guide: first name, e-mail, when they want care, whether we may write. Pure.

What is kept is JSON: {"answers": {field: text}, "guide": {"title"}} and how they came.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from firstvisit.kernel.errors import Problem
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources.answers import LANGUAGES, read_answers, stated, unnamed

CONSENT: Final = "email-guide:1"
"""The wording beside the box."""
_FIELDS: Final = {
    "contact.name": "first_name",
    "contact.email": "email",
    "timing": "timing",
}


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read one download; always complete."""
    said: Mapping[str, Any] = json.loads(body)
    answers, language = stated(said["answers"]), str(said.get("language", "en"))
    problems = []
    if unnamed(answers.get("first_name")):
        problems.append(Problem("first_name", "Enter your first name."))
    if not answers.get("email"):
        problems.append(Problem("email", "Enter your e-mail address."))
    if "timing" not in answers:
        problems.append(Problem("timing", "Choose when you would like care."))
    mark = "" if language == "en" else f":{language}"
    given = "may_email" in answers
    record: dict[str, Any] = {
        "lead_kind": "patient",
        "contact": {
            "name": answers.get("first_name"),
            "email": answers.get("email"),
            "relationship": "self",
            "preferred_method": "email",
        },
        "timing": answers.get("timing"),
        "consents": [{"channel": "email", "given": given, "wording": CONSENT + mark}],
    }
    if language != "en":
        record["patient"] = {"language": LANGUAGES[language]}
    referral = read_answers(
        record,
        problems,
        on_form=_FIELDS,
        said=said,
        kind="guide",
        heard=said["guide"]["title"],
        today=today,
        programs=programs,
    )
    return Reading(referral)
