"""Which program the words speak of: weighed, so that the strongest wins and a tie is left open."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from firstvisit.steps.intake.understanding.values.span import Span

_FOR_CHILDREN: Final = frozenset(
    "fine_motor sensory_integration feeding early_language articulation school_based pediatric fluency speech_language".split()
)
_FOR_ADULTS: Final = frozenset(
    "geriatric work_conditioning ergonomics driving pelvic_health cognition home_safety".split()
)
_NEIGHBOURS: Final = {
    "fall_prevention": "geriatric", "geriatric": "fall_prevention", "early_language": "speech_language",
    "articulation": "speech_language", "orthopedic": "post_surgical", "post_surgical": "orthopedic",
    "voice": "speech_language", "fine_motor": "sensory_integration",
}  # fmt: skip
"""Programs between which a tie decides little: either leads to the same people."""
_OF_THE_DISCIPLINE: Final = {
    "OT": frozenset(
        "hand_therapy fine_motor sensory_integration feeding low_vision driving home_safety lymphedema wheelchair_seating "
        "neuro_rehab pediatric cognition school_based ergonomics work_conditioning geriatric post_surgical fall_prevention".split()
    ),
    "PT": frozenset(
        "orthopedic post_surgical vestibular neuro_rehab pelvic_health lymphedema fall_prevention geriatric pediatric "
        "work_conditioning ergonomics wheelchair_seating hand_therapy home_safety school_based screening".split()
    ),
    "SLP": frozenset(
        "early_language articulation speech_language fluency aac voice dysphagia cognition neuro_rehab feeding pediatric screening school_based".split()
    ),
}
_ENOUGH: Final = 2.5


@dataclass(frozen=True, slots=True)
class Program:
    """A slug, how much more speaks for it than for the next (0 to 1), and the words that spoke loudest for it."""

    slug: str
    lead: float
    words: Span[str] | None


@cache
def _table() -> tuple[dict[str, list[tuple[re.Pattern[str], float]]], dict[str, list[str]]]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("programs.toml").read_text("utf-8"))
    words = {
        slug: [(re.compile(rf"\b(?:{pattern})", re.IGNORECASE), float(weight)) for pattern, weight in rows]
        for slug, rows in data["words"].items()
    }
    return words, data["codes"]


def program(text: str, *, codes: list[str], wanted: set[str], child: bool | None, old: bool) -> Program | None:
    """The program that `text` and diagnosis `codes` speak for, None where too little does. `wanted` are the therapies
    asked for; `child` whether the patient is one, None when nobody said; `old` 65 or more years."""
    words, by_code = _table()
    scores: dict[str, float] = {}
    loudest: dict[str, tuple[float, Span[str]]] = {}
    for slug, rows in words.items():
        for pattern, weight in rows:
            if match := pattern.search(text):
                scores[slug] = scores.get(slug, 0.0) + weight
                if weight > loudest.get(slug, (0.0, None))[0]:
                    loudest[slug] = (weight, Span(match.start(), match.end(), match[0]))
    for slug, stems in by_code.items():
        hits = sum(any(code.startswith(stem) for stem in stems) for code in codes)
        if hits:
            scores[slug] = scores.get(slug, 0.0) + 2.5 * hits
    _weigh(scores, wanted, child, old)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < _ENOUGH:
        if child and ("OT" in wanted or "PT" in wanted or "SLP" in wanted):
            return Program("pediatric", 1.0, None)
        return None
    (slug, best), second = ranked[0], next((s for n, s in ranked[1:] if _NEIGHBOURS.get(n) != ranked[0][0]), 0.0)
    lead = min(1.0, (best - second) / best)
    if child and slug != "pediatric" and lead < 0.25:
        return Program("pediatric", 0.8, loudest.get(slug, (0.0, None))[1] if slug in loudest else None)
    return Program(slug, lead, loudest[slug][1] if slug in loudest else None)


def _weigh(scores: dict[str, float], wanted: set[str], child: bool | None, old: bool) -> None:
    """What does not fit the age or the therapy asked for counts little."""
    fits = set().union(*(_OF_THE_DISCIPLINE[each] for each in wanted)) if wanted else None
    for slug in scores:
        if fits is not None and slug not in fits:
            scores[slug] *= 0.3
        if (child and slug in _FOR_ADULTS) or (child is False and slug in _FOR_CHILDREN - {"fluency", "speech_language"}):
            scores[slug] *= 0.2
        if child is None and slug == "pediatric":
            scores[slug] *= 0.8
    if old and "fall_prevention" in scores:
        scores["fall_prevention"] += 1
    # A hand that was operated on is the hand therapists'; a stroke or a nerve disease goes before falling.
    if scores.get("hand_therapy", 0) >= 2.5:
        scores["post_surgical"] = scores.get("post_surgical", 0) * 0.5
        scores["orthopedic"] = scores.get("orthopedic", 0) * 0.5
    if scores.get("neuro_rehab", 0) >= 3:
        for slug in ("fall_prevention", "orthopedic", "vestibular", "speech_language"):
            if slug in scores:
                scores[slug] *= 0.5
    if scores.get("post_surgical", 0) >= 2.5:
        scores["orthopedic"] = scores.get("orthopedic", 0) * 0.6
