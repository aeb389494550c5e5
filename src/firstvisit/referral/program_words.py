"""Which program words speak of: each row that occurs weighs for it, so that the strongest wins. Pure.

The words are general clinical vocabulary (`program_words.toml`). The readers name a program by them; whoever judges
sees by the same words that a service was asked for that the practice does not offer.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOR_CHILDREN: Final = frozenset(
    "fine_motor sensory_integration feeding early_language articulation school_based pediatric fluency "
    "speech_language".split()
)
_FOR_ADULTS: Final = frozenset(
    "geriatric work_conditioning ergonomics driving pelvic_health cognition home_safety".split()
)
_OF_THE_DISCIPLINE: Final = {
    "OT": frozenset(
        "hand_therapy fine_motor sensory_integration feeding low_vision driving home_safety lymphedema "
        "wheelchair_seating neuro_rehab pediatric cognition school_based ergonomics work_conditioning geriatric "
        "post_surgical fall_prevention".split()
    ),
    "PT": frozenset(
        "orthopedic post_surgical vestibular neuro_rehab pelvic_health lymphedema fall_prevention geriatric pediatric "
        "work_conditioning ergonomics wheelchair_seating hand_therapy home_safety school_based screening".split()
    ),
    "SLP": frozenset(
        "early_language articulation speech_language fluency aac voice dysphagia cognition neuro_rehab feeding "
        "pediatric screening school_based".split()
    ),
}
NAMES_IT: Final = 5
"""From this weight words are the service's own name, and no complaint that it may be about."""


@cache
def _table() -> tuple[dict[str, list[tuple[re.Pattern[str], float]]], dict[str, list[str]]]:
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("program_words.toml").read_text("utf-8"))
    words = {
        slug: [(re.compile(rf"\b(?:{pattern})", re.IGNORECASE), float(weight)) for pattern, weight in rows]
        for slug, rows in data["words"].items()
    }
    return words, data["codes"]


def weighed(
    text: str, *, codes: list[str], wanted: set[str], child: bool | None, old: bool
) -> tuple[dict[str, float], dict[str, tuple[float, re.Match[str]]]]:
    """How much speaks for each program, by its slug, and its loudest words with their weight. `wanted` are the
    therapies asked for; `child` whether the patient is one, None when nobody said; `old` 65 or more years."""
    words, by_code = _table()
    scores: dict[str, float] = {}
    loudest: dict[str, tuple[float, re.Match[str]]] = {}
    for slug, rows in words.items():
        for pattern, weight in rows:
            if match := pattern.search(text):
                scores[slug] = scores.get(slug, 0.0) + weight
                if slug not in loudest or weight > loudest[slug][0]:
                    loudest[slug] = (weight, match)
    for slug, stems in by_code.items():
        hits = sum(any(code.startswith(stem) for stem in stems) for code in codes)
        if hits:
            scores[slug] = scores.get(slug, 0.0) + 2.5 * hits
    _weigh(scores, wanted, child, old)
    return scores, loudest


def may_be_named(text: str, slug: str) -> bool:
    """Whether any of a program's own names occurs: cheap, before everything is weighed."""
    return any(weight >= NAMES_IT and pattern.search(text) for pattern, weight in _table()[0].get(slug, ()))


def _weigh(scores: dict[str, float], wanted: set[str], child: bool | None, old: bool) -> None:
    """What does not fit the age or the therapy asked for counts little."""
    fits = set().union(*(_OF_THE_DISCIPLINE[each] for each in wanted)) if wanted else None
    for slug in scores:
        if fits is not None and slug not in fits:
            scores[slug] *= 0.3
        of_children = slug in _FOR_CHILDREN - {"fluency", "speech_language"}
        if (child and slug in _FOR_ADULTS) or (child is False and of_children):
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
