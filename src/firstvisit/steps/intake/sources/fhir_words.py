"""What a FHIR delivery says in words of one patient: notes, observations, answers, narratives. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final

from firstvisit.referral import red_flags
from firstvisit.steps.intake.sources.fhir_bundle import Bundle, Resource, every, points

_TEXTS: Final = {
    "DiagnosticReport": ("conclusion",), "ClinicalImpression": ("description", "summary"), "CarePlan": ("description",),
    "DocumentReference": ("description",),
}  # fmt: skip
"""Members in which resources say something in words, beside their notes."""
_DEEPEST: Final = 10


def words_of(bundle: Bundle, request: Resource, patient: Resource) -> list[str]:
    """What is said of a request: its notes, those of the Task about it, and what is observed, answered and written of
    its patient. Narratives repeat what the fields say, and count only where they tell of danger."""
    said = [*notes(request), text_of(request, "patientInstruction")]
    said += [text_of(reason, "text") for reason in every(request, "reasonCode")]
    narratives = [request]
    for task in bundle.of("Task"):
        if bundle.at(task.get("focus"), task) is request:
            said += [text_of(task, "description"), *notes(task), *words_in(task.get("reasonCode"))[:1]]
            said += [text_of(each, "valueString") for each in every(task, "input")]
            narratives.append(task)
    named = [*every(request, "supportingInfo"), *every(request, "reasonReference")]
    beside = [bundle.at(each, request) for each in named]
    for each in bundle.all:
        given = any(each is other for other in beside) and not is_of_another(bundle, each, "subject", patient)
        if each is not request and (given or is_about(bundle, each, "subject", patient)):
            said += _written(each)
            narratives.append(each)
    return [*said, *(told for each in narratives for told in _narratives(each) if red_flags.find(told))]


def is_about(bundle: Bundle, resource: Resource, member: str, patient: Resource) -> bool:
    """Whether a resource says that it is about this patient."""
    return points(resource.get(member)) and bundle.at(resource.get(member), resource) == patient


def is_of_another(bundle: Bundle, resource: Resource, member: str, patient: Resource) -> bool:
    """Whether a resource says that it is about somebody else, or about whom we cannot know."""
    return points(resource.get(member)) and not is_about(bundle, resource, member, patient)


def notes(resource: Resource) -> list[str]:
    """The annotations of a resource."""
    return [text_of(note, "text") for note in every(resource, "note")]


def text_of(resource: Resource, name: str) -> str:
    """A member that is a text; "" for anything else."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def words_in(concept: object) -> list[str]:
    """What a concept is called: its text, and the displays and codes of its codings."""
    if not isinstance(concept, Mapping):
        return []
    codings = every(concept, "coding")
    said = [concept.get("text"), *(each.get("display") for each in codings), *(each.get("code") for each in codings)]
    return [str(each) for each in said if each]


def first_word(concept: object) -> str:
    """The best of what a concept is called."""
    return next(iter(words_in(concept)), "")


def _written(resource: Resource) -> list[str]:
    """What a resource about a patient says in words of its own. Another request says it for itself."""
    kind = str(resource.get("resourceType"))
    if kind in ("ServiceRequest", "Task", "Condition"):
        return []
    said = [text_of(resource, name) for name in _TEXTS.get(kind, ())]
    if kind == "Observation":
        parts = (resource, *every(resource, "component"))
        said += [line for part in parts for line in _answered(part, part.get("code"))]
    if kind == "Communication":
        said += [text_of(part, "contentString") for part in every(resource, "payload")]
    if kind == "QuestionnaireResponse":
        said += _items(resource, 0)
    if kind == "Flag":
        said.append(first_word(resource.get("code")))
    return [*said, *notes(resource)]


def _answered(part: Resource, asked: object) -> Iterator[str]:
    """What was observed or answered in words, with what was asked ("Saddle numbness: yes")."""
    answer = text_of(part, "valueString")
    concept, yes = part.get("valueCodeableConcept"), part.get("valueBoolean")
    coding = part.get("valueCoding")
    answer = answer or first_word(concept) or first_word({"coding": [coding]} if coding else None)
    if isinstance(yes, bool):
        answer = "yes" if yes else "no"
    question = asked if isinstance(asked, str) else first_word(asked)
    if answer:
        yield f"{question.rstrip('?: ')}: {answer}" if question else answer


def _items(holder: Resource, depth: int) -> list[str]:
    """The answers of a questionnaire, those below others too."""
    found = list[str]()
    for item in every(holder, "item") if depth < _DEEPEST else ():
        for answer in every(item, "answer"):
            found += [*_answered(answer, item.get("text")), *_items(answer, depth + 1)]
        found += _items(item, depth + 1)
    return found


def _narratives(resource: Resource) -> Iterator[str]:
    """The narrative of a resource and of its sections, without its markup."""
    for part in (resource, *every(resource, "section")):
        narrative = part.get("text")
        if isinstance(narrative, Mapping) and (markup := text_of(narrative, "div")):
            yield _plain(markup)


def _plain(markup: str) -> str:
    lines = re.sub(r"</?(?:br|p|li|tr|div|h\d)\b[^>]*>", "\n", markup)
    words = unescape(re.sub(r"<[^>]*>", " ", lines))
    return "\n".join(line for each in words.splitlines() if (line := " ".join(each.split())))
