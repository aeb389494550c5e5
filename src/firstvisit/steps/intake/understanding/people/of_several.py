"""Names, sex and last names of several patients that one call is about. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.people.naming import Naming
from firstvisit.steps.intake.understanding.values import names

_SEX_SAID: Final = re.compile(
    r"(?i)\b(?:(he|him|his|he's|boy|brother|son|gentleman|mr)|(she|her|hers|she's|girl|sister|daughter|lady|mrs|ms))\b"
)
_KIN: Final = re.compile(r"(?i)\b(?:boy|girl|son|daughter|sister|brother|mrs?|ms)\b")
_SIBLINGS: Final = re.compile(
    r"(?i)\b(?:same (?:last|family) name|twins?|brothers?|sisters?|siblings|sons|daughters|boys|girls|kids|children|too)\b"
)
_GUESSED: Final = 0.9


def named(naming: Naming) -> None:
    """Note each patient by the name they were first called."""
    for anchor in naming.told.anchors:
        name = names.trimmed(anchor.name)
        naming.note("patient", name, anchor.passage, anchor.start, anchor.start + len(name), "said of the patient")


def told(naming: Naming) -> None:
    """Sex by the words that are said of each, and the last name that brothers and sisters share."""
    finding, patients = naming.finding, range(naming.told.patients)
    for patient in patients:
        counts: dict[str, list[tuple[Passage, re.Match[str]]]] = {"male": [], "female": []}
        for passage in naming.told.passages:
            if passage.patient != patient or passage.about("referrer"):
                continue
            at = max(0, passage.text.find(naming.told.anchors[patient].name.split()[0]))
            for match in _SEX_SAID.finditer(passage.text, 0 if _KIN.search(passage.text[:at]) else at):
                counts["male" if match[1] else "female"].append((passage, match))
        male, female = len(counts["male"]), len(counts["female"])
        if max(male, female) > 2 * min(male, female):
            value = "male" if male > female else "female"
            passage, match = counts[value][0]
            finding.add("patient.sex", value, passage, match.start(), match.end(), "follows from")
    known = [each for patient in patients for each in finding.values("patient.last_name", patient)]
    if len({str(each.value) for each in known}) == 1 and _SIBLINGS.search(naming.told.words):
        shared = replace(known[0], confidence=min(known[0].confidence, _GUESSED), rule="follows from")
        finding.found += [replace(shared, patient=n) for n in patients if not finding.values("patient.last_name", n)]
