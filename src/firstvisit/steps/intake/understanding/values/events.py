"""Dated things that decide how soon somebody must be seen: surgery, discharge, injury, a school meeting, a stroke."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from firstvisit.steps.intake.understanding.values.dates import Day
from firstvisit.steps.intake.understanding.values.span import Span

_KINDS: Final = (
    ("discharge", r"discharg\w*(?! (?:summary|planner|plan\b|coordinator|papers|paperwork|notes|instructions|nurse|order))|(?:going|goes?|went|headed|heading) home|leav(?:es|ing) us|c[ao]m(?:es?|ing) out (?:of )?(?:the )?(?:rehab|hospital)|let(?:s|ting)? (?:him|her|me|them|us) (?:out|go home)\b|gets? out|getting out|coming home|comes home|came home|released from|\bd/?c(?:'d)?\b (?:date|on|from|home)|sent home|leaves? (?:the )?(?:hospital|rehab|snf|facility)|dado de alta|de alta\b|le dan de alta"),
    ("surgery", r"surger(?:y|ies)|operat(?:ed|ion)|repaired|replaced|replacement|released?\b(?= (?:right|left|on|\d))|\w*(?:ectomy|plasty|otomy|scopy|odesis)\b|scoped|scope\b|\btotal (?:knee|hip|shoulder)\b|\b[TR]?[TKHS][KHS][AR]\b|\bORIF\b|fusion|post[- ]?op\b|opened (?:up )?(?:my|his|her)|\bdos\b|date of surgery|implant\w*|reconstruct\w*|repair\b|new (?:knee|hip)\b|fixed (?:my|his|her|it)\b|opened (?:up )?(?:my|his|her)|put (?:a |an |in |some )?(?:plates?|pins?|rods?|screws?)|pr[oó]tesis|had (?:my|his|her|their|a|the) (?:[\w'-]+ ){1,4}(?:fixed|done|replaced)|cirurgia|tendon repair|cirug[ií]a|oper(?:ó|aron|ado|ada)\b|procedure|amputat\w*|c-section|transplant|bypass|(?:were|was|got|had (?:it|them)) pinned|pinned (?:it|them|on|my|his|her)|rebuilt|revised|sewed|stitched|(?:lymph )?nodes? (?:out|removed)"),
    ("injury", r"injur\w*|accident|\bfell\b|a fall\b|rear[- ]ended|collided|ca[ií]\b(?= d[ao]\b)|caiu\b|quebr(?:ei|ou)\b|crash\w*|collision|concussion|burn(?:ed|t)\b|broke\b|broken|fractur\w*|sprain\w*|strain(?:ed)?|popped|pulled|smashed|tore\b|torn|twisted|hurt\b|cut (?:my|his|her|two|a|the|through)|sever(?:ed|ing)|lacerat\w*|crushed|slipped|tripped|whiplash|\bDOI\b|date of (?:injury|accident|loss)|hit (?:by|my|his|her)|tackled|dislocat\w*|sliced|jammed|wreck|ruptur\w*|lesi[oó]n\w*|se cay[oó]|me ca[ií]|[tT]-boned|(?:came|went|flew|thrown|fell) off (?:a|the|my|his|her)|machuqu?[eéó]|golpe[óoé]\w*|quebr[óoé]\w*|torc[ií]\w*|accidente|quem[oó]|got hurt|slam(?:med)?\b|pinched|jammed|banged|rolled (?:my|his|her)|did something to|came off (?:a|an|the|my|his|her)|t-?boned|wiped out|took an? (?:spill|fall|tumble|\w+ to the)|(?:went|got caught|caught|pulled) in(?:to)? the (?:press|roller|saw|machine|blade|conveyor|auger|mower|door|gears?|belt)|went down (?:with|on|hard)|machuc\w+|lastim\w+|quebr\w+|golpe\w*"),
    ("iep", r"\biep\b|eligibility meeting|\bard\b meeting|504 meeting|annual review|triennial"),
    ("onset", r"stroke|\bCVA\b|diagnos\w* (?:in|on|with)|onset|symptoms (?:started|began)|started (?:on|in)|heart attack|derrame|brain bleed|bell'?s palsy"),
    ("birth", r"(?:she|I) gave birth|had (?:a|my|our) baby|delivered (?:on|my)|due date"),
)  # fmt: skip
_KIND: Final = tuple((kind, re.compile(rf"\b(?:{shape})", re.I)) for kind, shape in _KINDS)
_NOT_THEIRS: Final = re.compile(r"(?:\bno\b|without|avoid\w*|before (?:any|the)?|instead of|\bnot\b|n't|denie[sd]|prevent\w*|mother'?s|years? ago)\s*(?:\w+\s+){0,2}$", re.I)
_FURTHEST: Final = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A kind of event and the day that belongs to it, if one does."""

    kind: str
    day: Span[Day] | None


def events(text: str, days: list[Span[Day]], written_on: dt.date) -> list[Span[Told]]:
    """Events of `text` (one sentence, or one labelled line); each day goes to the kind of event nearest to it. `days` are
    the days of the text that nobody else claims."""
    words = []
    for kind, shape in _KIND:
        for match in shape.finditer(text):
            if _NOT_THEIRS.search(text[max(0, match.start() - 25) : match.start()]):
                continue
            words.append(Span(match.start(), match.end(), kind))
    # "Trigger finger surgery", "rotator cuff repaired after a fall": of overlapping words the first kind counts.
    found: list[Span[Told]] = []
    for day in days:
        near = [(_distance(word, day, text), word) for word in words if not _of_next_day(word, day, days)]
        near = [each for each in near if each[0] <= _FURTHEST]
        if near:
            word = min(near, key=lambda each: each[0])[1]
            found.append(Span(min(word.start, day.start), max(word.end, day.end), Told(word.value, day)))
    if not days:
        found += [Span(word.start, word.end, Told(word.value, None)) for word in words[:1]]
    return found


def _of_next_day(word: Span[str], day: Span[Day], days: list[Span[Day]]) -> bool:
    """Whether a word behind `day` leads up to another day: "cut on 9/26, repaired 9/28"."""
    return word.start >= day.end and any(0 <= other.start - word.end <= 6 for other in days if other is not day)


def _distance(word: Span[str], day: Span[Day], text: str) -> int:
    """Characters between a word and a day; a comma or a new clause between them counts as more, words in front as less."""
    gap = text[word.end : day.start] if word.end <= day.start else text[day.end : word.start]
    if word.start > day.start and re.search(r"(?i)\bafter\b|\bfollowing\b|\bfrom\b", gap):
        return len(gap) + 40  # "home on March 20th after a stroke": the day is the coming home's
    return len(gap) + 15 * len(re.findall(r"[;.]|\bbut\b|\band then\b", gap)) + (20 if word.start > day.start else 0)
