"""Which program the words speak of: the strongest wins and a tie is left open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from firstvisit.referral.program_words import weighed
from firstvisit.steps.intake.understanding.values.span import Span

_NEIGHBOURS: Final = {
    "fall_prevention": "geriatric", "geriatric": "fall_prevention", "early_language": "speech_language",
    "articulation": "speech_language", "orthopedic": "post_surgical", "post_surgical": "orthopedic",
    "voice": "speech_language", "fine_motor": "sensory_integration",
}  # fmt: skip
"""Programs between which a tie decides little: either leads to the same people."""
_ENOUGH: Final = 2.5


@dataclass(frozen=True, slots=True)
class Program:
    """A slug, how much more speaks for it than for the next (0 to 1), and the words that spoke loudest for it."""

    slug: str
    lead: float
    words: Span[str] | None


def program(text: str, *, codes: list[str], wanted: set[str], child: bool | None, old: bool) -> Program | None:
    """The program that `text` and diagnosis `codes` speak for, None where too little does. `wanted` are the therapies
    asked for; `child` whether the patient is one, None when nobody said; `old` 65 or more years."""
    scores, loudest = weighed(text, codes=codes, wanted=wanted, child=child, old=old)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < _ENOUGH:
        if child and ("OT" in wanted or "PT" in wanted or "SLP" in wanted):
            return Program("pediatric", 1.0, None)
        return None
    (slug, best), second = ranked[0], next((s for n, s in ranked[1:] if _NEIGHBOURS.get(n) != ranked[0][0]), 0.0)
    lead = min(1.0, (best - second) / best)
    if child and slug != "pediatric" and lead < 0.25:
        return Program("pediatric", 0.8, _span(loudest, slug))
    return Program(slug, lead, _span(loudest, slug))


def _span(loudest: Mapping[str, tuple[float, re.Match[str]]], slug: str) -> Span[str] | None:
    if slug not in loudest:
        return None
    match = loudest[slug][1]
    return Span(match.start(), match.end(), match[0])
