"""What a model's values do to a reading: they fill what is empty and speak for or against what is doubtful. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from firstvisit.steps.intake.inbox.values import Value, WholeReading
from firstvisit.steps.intake.opinion.looking_up import Stands
from firstvisit.steps.intake.policy import InboxRules, SecondOpinion

RULE: Final = "second opinion"
"""The rule under which accuracy counts what a model read; beside a rule's own name where both read the same."""
ALONE: Final = "No rule of ours reads it. The model does, and these words stand in the document."
AGAINST: Final = "The model reads it otherwise."
ALIKE: Final = "The model reads the same."


def with_opinion(
    reading: WholeReading, found: Sequence[Stands], asks: SecondOpinion, rules: InboxRules
) -> WholeReading:
    """The reading with what the model found. Nothing that was read is taken away or overruled:

    - what nobody read becomes a doubtful value;
    - what our rules read otherwise stays as they read it, doubtful, with the model's as the other reading;
    - what our rules read the same, and doubted for a weak sign alone, is likely, never clear.
    """
    values = list(reading.values)
    for each in found:
        places = [n for n, value in enumerate(values) if value.path == each.path]
        if not places:
            values.append(_own(each, asks.confidence, ALONE))
            continue
        at = max(places, key=lambda n: values[n].confidence)
        best = values[at]
        if _plain(best.value) == _plain(each.value):
            sure = best.confidence if best.doubt else max(best.confidence, rules.likely_at)
            doubt = _both(best.doubt, ALIKE) if best.doubt else ""
            rule = f"{best.rule}, {RULE}" if best.rule else RULE
            values[at] = replace(best, confidence=sure, rule=rule[:60], doubt=doubt)
        else:
            others = tuple(dict.fromkeys((each.value, *best.alternatives)))
            values[at] = replace(best, doubt=_both(best.doubt, AGAINST), alternatives=others)
            values.append(_own(each, min(asks.confidence, best.confidence), AGAINST))
    return replace(reading, values=tuple(values))


def _own(each: Stands, confidence: float, doubt: str) -> Value:
    return Value(each.path, each.value, confidence, each.place, each.quote, RULE, doubt=doubt)


def _both(doubt: str, more: str) -> str:
    return f"{doubt} {more}".strip()


def _plain(value: Any) -> str:
    return str(value).strip().casefold()
