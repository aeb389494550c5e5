"""Names of patient, contact and referrer, and what is said of the patient: birth, age, sex, language. Pure."""

from __future__ import annotations

from firstvisit.steps.intake.understanding.cast import noted, sexed
from firstvisit.steps.intake.understanding.cast.noted import Talk
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.people import (
    answered,
    born,
    labelled,
    mentioned,
    of_several,
    sex,
    spoken_of,
    undersigned,
)
from firstvisit.steps.intake.understanding.people.naming import Naming


def find(finding: Finding, talk: Talk | None = None) -> None:
    """Note the people of a text. What stands behind labels goes before answers, and both before running words; those of a
    `talk` are found by all that is said of each."""
    naming = Naming(finding)
    of_several.named(naming)
    if talk is None:
        labelled.labelled(naming)
        answered.answered(naming)
        mentioned.mentioned(naming)
        undersigned.undersigned(naming)
        answered.spelled_alone(naming)
        answered.last_name(naming)
    else:
        noted.note(finding, talk)
    for passage in finding.told.passages:
        born.birth(naming, passage)
        born.confirmed(naming, passage)
    born.only_day(naming)
    for passage in finding.told.passages:
        born.age(naming, passage)
    if len(finding.told.anchors) > 1:
        of_several.told(naming)
    elif talk is not None:
        sexed.sex(finding, talk.cast.patient[0] if talk.cast.patient else None)
    else:
        sex.sex(naming)
    spoken_of.language(naming)
    if talk is None:
        spoken_of.relationship(naming)
