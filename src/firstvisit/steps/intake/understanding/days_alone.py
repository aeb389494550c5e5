"""What happened on a day that is said alone: "I tore my meniscus. Left. September 12." Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import dates, events
from firstvisit.steps.intake.understanding.values.span import Span

_NEAR: Final = 3
"""Sentences of the same answer before a day that is said alone which may tell what happened then."""
_OF_A_DAY: Final = re.compile(r"(?i)\b(?:was|that|about|around|this|last|back|just|the|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b")


def kind_before(passages: Sequence[Passage], passage: Passage, day: Span[dates.Day], written_on: dt.date) -> str | None:
    """The kind of event that a day of `passage` belongs to: what was asked, or what the sentences right before tell; None
    where more than the day is said, or another day stands between."""
    asked = passage.about("event") or (passage.first and passage.question.rstrip().endswith("?") and not passage.asked)
    if asked and (told := events.events(passage.question, [], written_on)):
        return told[0].value.kind
    text = passage.view.text
    if re.search(r"[^\W\d_]{3,}", _OF_A_DAY.sub("", text[: day.start] + text[day.end :])):
        return None
    at = passages.index(passage)
    for before in reversed(passages[max(0, at - _NEAR) : at]):
        if before.question != passage.question or dates.days(before.view.text, written_on):
            return None
        if found := events.events(before.view.text, [], written_on):
            return found[0].value.kind
    return None
