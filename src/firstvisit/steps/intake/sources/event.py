"""A sign-up at an event of ours: by the QR form, or a line of the paper sheet that staff type in afterwards. Pure.

What is kept is JSON: {"answers": {field: text}, "event": {"slug", "name", "about"}} and how they came; for a line of
the sheet also `at`, the moment of the event, when they agreed to what the sheet says. `about` is the name of the
program the event was about. Whoever comes to it asks for nothing yet, and perhaps for somebody of another age: it is
told as how they came and never becomes the program they want.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from firstvisit.kernel.errors import Problem
from firstvisit.steps.intake.reading import Reading
from firstvisit.steps.intake.sources import form
from firstvisit.steps.intake.sources.answers import read_answers


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read one sign-up; always complete, for nobody will type the rest."""
    said: Mapping[str, Any] = json.loads(body)
    answers, event = said["answers"], said["event"]
    record = form.record_of(answers, str(said.get("language", "en")))
    if at := said.get("at"):
        record["consents"] = [{**consent, "at": at} for consent in record["consents"]]
    problems: list[Problem] = form.missing(answers)
    referral = read_answers(
        record,
        problems,
        on_form=form.FIELDS,
        said=said,
        kind="event",
        heard=", about ".join(part for part in (event["name"], event.get("about")) if part),
        today=today,
        programs=programs,
    )
    return Reading(referral)
