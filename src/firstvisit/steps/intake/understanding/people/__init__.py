"""Names of patient, contact and referrer, and what is said of the patient: birth, age, sex, language. Pure."""

from __future__ import annotations

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


def find(finding: Finding) -> None:
    """Note the people of a text. What stands behind labels goes before answers, and both before running words."""
    naming = Naming(finding)
    of_several.named(naming)
    labelled.labelled(naming)
    answered.answered(naming)
    mentioned.mentioned(naming)
    undersigned.undersigned(naming)
    answered.spelled_alone(naming)
    answered.last_name(naming)
    for passage in finding.told.passages:
        born.birth(naming, passage)
        born.confirmed(naming, passage)
    born.only_day(naming)
    for passage in finding.told.passages:
        born.age(naming, passage)
    of_several.told(naming) if finding.told.anchors else sex.sex(naming)
    spoken_of.language(naming)
    spoken_of.relationship(naming)
