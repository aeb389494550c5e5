"""What a structured message says in words: the therapies it asks for, and why, with nothing dangerous cut off. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from firstvisit.referral import red_flags
from firstvisit.steps.intake.understanding.values import care

LONGEST: Final = 4000
"""Characters of the words that a record holds."""
LONGEST_DANGER: Final = 480
_SERVICES: Final = {
    "OT": r"(?i:\boccupational\b|\bhand therap)|\bOT\b",
    "PT": r"(?i:\bphysical (?:therap|rehab|medicine)|\bphysiotherap)|\bPT\b",
    "SLP": r"(?i:\bspeech|\blanguage patholog|\bswallow|\bdysphagia)|\b(?:ST\b(?!\.)|SLP\b)",
}
_CODES: Final = {"ot": "OT", "pt": "PT", "st": "SLP", "slp": "SLP"}
_NOT: Final = re.compile(
    r"(?i)^\W*(?:is |was |are |be )?"
    r"(?:not|no longer|contraindicated|declined|refused|deferred|completed|on hold|n/a)\b"
)
_BEFORE: Final = re.compile(
    r"(?i)(?:\b(?:for|needs?|order(?:ed|s)?|outpatient|begin|start|continue|recommend\w*|refer\w* to|and|or)\s+|"
    r"[/&+,]\s*)$"
)
_AFTER: Final = re.compile(
    r"(?i)^\s*(?:(?:/|&|\+|,?\s*and\b|,?\s*or\b)\s*(?:OT|PT|ST|SLP|speech|occupational|physical|treat|eval)|"
    r"[:-]?\s*(?:eval|and treat)|consult\b|order\b|referral\b|services\b|therapy\b|sessions?\b|visits?\b|for\b|"
    r"\d+\s*(?:x|times|/)|x\s*\d)"
)
_ENDS: Final = re.compile(r"^\s*(?:[.;,)/&+]|$)")
_ALONE: Final = re.compile(r"^\s*(?:[./;]|$)")
_LINK: Final = re.compile(r"(?i)\s*(?:/|&|\+|,|,?\s*and|,?\s*or)\s*")


def disciplines_in(services: Iterable[str], notes: Iterable[str]) -> list[str]:
    """The therapies that are asked for: those that the fields for a service name, else the one that the notes ask for;
    none where notes name several and plainly ask for none of them."""
    stated = [each.strip() for each in services if each.strip()]
    coded = {_CODES[each.lower()] for each in stated if each.lower() in _CODES}
    for name, shape in _SERVICES.items():
        if any(re.search(shape, each) for each in stated):
            coded.add(name)
    return [name for name in _SERVICES if name in coded] or _wanted("\n".join(notes))


def in_words(said: Iterable[str]) -> tuple[str, str]:
    """All that was said, each thing once, as far as a record holds it; and those words behind its end that cannot
    wait for anybody to read on, or that the sender's lines cut in two."""
    whole = "\n".join(dict.fromkeys(part.strip() for part in said if len(part.strip()) > 2))
    kept, whole = whole[:LONGEST], re.sub(r"\n(?=[a-z])", " ", whole)
    danger = set(red_flags.find(whole)) - set(red_flags.find(kept))
    found = list[str]()
    for flag in sorted(danger):
        words = next((each for each in _windows(whole) if flag in red_flags.find(each)), red_flags.RED_FLAGS[flag])
        if sum(map(len, found)) + len(words) < LONGEST_DANGER:
            found.append(words)
        else:
            found.insert(0, red_flags.RED_FLAGS[flag])
    return kept, "\n".join(found)[:LONGEST_DANGER]


def _wanted(text: str) -> list[str]:
    """The therapies that free words ask for. "Pt" and "PT" are patients as often as therapies, "St" is a saint."""
    groups = list[tuple[set[str], bool]]()
    end = -1
    for span in care.disciplines(text):
        word, before, after = text[span.start : span.end], text[: span.start], text[span.end :]
        if _NOT.match(after) or (word.upper() in ("PT", "ST") and not _is_therapy(before, after)):
            continue
        name, wanted = span.value
        if groups and _LINK.fullmatch(text, end, span.start):
            groups[-1] = (groups[-1][0] | {name}, groups[-1][1] or wanted)
        else:
            groups.append(({name}, wanted))
        end = span.end
    chosen = [names for names, wanted in groups if wanted] or [names for names, _ in groups]
    if any(wanted for _, wanted in groups) or len({frozenset(names) for names in chosen}) == 1:
        return [name for name in _SERVICES if any(name in names for names in chosen)]
    return []


def _is_therapy(before: str, after: str) -> bool:
    """Whether two capitals are a therapy here, by the words around them."""
    if _AFTER.match(after):
        return True
    return bool(_ALONE.match(after) if not before.strip() else _ENDS.match(after) and _BEFORE.search(before))


def _windows(text: str) -> list[str]:
    """The sentences of a text, by themselves and with the one before, none too long for a line."""
    parts = [part.strip()[:LONGEST_DANGER] for part in re.split(r"(?<=[.!?;])\s+|\n", text) if part.strip()]
    pairs = [f"{first} {second}"[:LONGEST_DANGER] for first, second in pairwise(parts)]
    return [*parts, *pairs]
