"""What a person is asked of a reading: which values are doubtful, in which order, and what is left before filing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from firstvisit.steps.intake.inbox.arranging import Heirs, Pages, part_of
from firstvisit.steps.intake.inbox.values import Value
from firstvisit.steps.intake.policy import InboxRules
from firstvisit.steps.intake.understanding.found import Place

Level = Literal["doubtful", "likely", "clear"]
Verb = Literal["confirmed", "corrected", "not_stated", "unreadable"]

ORDER: Final = (
    "patient.last_name",
    "patient.first_name",
    "patient.date_of_birth",
    "patient.phone",
    "contact.name",
    "contact.relationship",
    "contact.phone",
    "contact",
    "events.kind",
    "events.date",
    "events",
    "timing",
    "disciplines",
    "service",
    "program",
    "diagnoses",
    "frequencies",
    "order_signed",
    "documents",
    "availability",
    "payers.name",
    "payers.kind",
    "payers.member_id",
    "payers",
    "ordering",
    "referrer.name",
    "referrer.credential",
    "referrer.role",
    "referrer.organization",
    "referrer",
    "patient.age_years",
    "patient.sex",
    "patient.street",
    "patient.city",
    "patient.state",
    "patient.postal_code",
    "patient",
    "concern",
)
"""Fields in the order in which somebody wants them: who it is, how to reach them, by when, for what, who pays."""
WANTED: Final = ("patient.last_name", "patient.first_name", "patient.date_of_birth", "patient.phone")
"""What every referral of a patient should say; what was not read of it is offered to be typed."""
_HALVES: Final = ("patient.last_name", "patient.first_name")
HALF: Final = "Only half of the name was read: type it, or say that it is not stated."
_ENTRY: Final = re.compile(r"\.\d+(?=\.|$)")
"""The number of an entry in a path."""
NEVER_SHOWN: Final = ("escalate", "escalate_reason", "not_a_referral", "lead_kind")
"""Said by the head of the page and settled by verbs, not as fields."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of a path of a part: the newest that was not taken back. `was` is what stood there then,
    `step` tells what was said later."""

    part: int
    path: str
    verb: Verb
    became: Any = None
    was: Any = None
    step: int = 0

    @property
    def value(self) -> Any:
        """What they said it is; None for what they called not stated or unreadable."""
        return self.became if self.verb == "corrected" else self.was if self.verb == "confirmed" else None


@dataclass(frozen=True, slots=True)
class Field:
    """One value as a person is asked about it. `answer` is None until they settled it; `ours` what is on file of the
    person where that differs; `place` None for what was not read."""

    path: str
    part: int
    value: Any
    level: Level
    answer: Verb | None = None
    place: Place | None = None
    quote: str = ""
    rule: str = ""
    confidence: float = 0.0
    alternatives: tuple[Any, ...] = ()
    doubt: str = ""
    ours: Any = None

    @property
    def key(self) -> str:
        """What a form and an address call it: "0.patient.phone"."""
        return f"{self.part}.{self.path}"

    @property
    def open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True, slots=True)
class Part:
    """One person's share: its pages in order and its fields, doubtful ones first."""

    number: int
    pages: tuple[int, ...]
    fields: tuple[Field, ...]

    @property
    def left(self) -> tuple[Field, ...]:
        """What must be answered before it may be filed."""
        return tuple(field for field in self.fields if field.open)

    def value(self, path: str) -> Any:
        """The value of a path as it stands, None where it is not stated."""
        return next(
            (f.value for f in self.fields if f.path == path and f.answer not in ("not_stated", "unreadable")), None
        )


def level_of(value: Value, rules: InboxRules) -> Level:
    """A reason to doubt, or a low confidence, makes a value doubtful however likely the rest of it is."""
    if value.doubt or value.confidence < rules.likely_at:
        return "doubtful"
    return "clear" if value.confidence >= rules.clear_at else "likely"


def parts_of(
    values: Sequence[Value],
    *,
    read: Pages,
    now: Pages,
    answers: Iterable[Answer],
    rules: InboxRules,
    ours: Mapping[tuple[int, str], Any] | None = None,
    heirs: Heirs | None = None,
) -> tuple[Part, ...]:
    """The parts of an item as they stand: values by their pages, settled by answers, doubtful first.

    `read` is whose each page was when it was read, `now` whose it is. `ours` is what is on file of the person that a
    part seems to be about, by (part, path). `heirs` says into whom a part went that is no more: what was
    answered for it is theirs, and doubtful where it is not what stands there, until they are answered for again.
    """
    answers = list(answers)
    found: dict[tuple[int, str], list[Value]] = defaultdict(list)
    for value in values:
        if value.path not in NEVER_SHOWN:
            found[part_of(value, read, now), value.path].append(value)
    numbers = set(now.values()) | {part for part, _ in found} or {0}
    said = {(answer.part, answer.path): answer for answer in answers if answer.part in numbers}
    heirlooms: dict[tuple[int, str], Answer] = {}
    for answer in answers:
        heir, step = (heirs or {}).get(answer.part, (-1, 0))
        mine = said.get((heir, answer.path))
        stands = answer.value is not None and (mine is None or mine.step < step)
        if answer.part not in numbers and heir in numbers and stands:
            heirlooms[heir, answer.path] = answer
    fields = [
        _joined(_field(part, path, several, said.get((part, path)), rules, (ours or {}).get((part, path))), heirlooms)
        for (part, path), several in found.items()
    ]
    moved = {(path, _plain(value.value)) for (_, path), several in found.items() for value in several}
    for part, path in {**said, **heirlooms}.keys() - found.keys():
        answer = said.get((part, path)) or heirlooms[part, path]
        if answer.verb == "confirmed" and (path, _plain(answer.was)) in moved:
            continue  # it stands with whoever has its page now
        fields.append(_joined(_unread(part, path, answer), heirlooms))
    return tuple(
        Part(
            number,
            tuple(sorted(page for page, part in now.items() if part == number)),
            tuple(sorted((f for f in fields if f.part == number), key=_rank)),
        )
        for number in sorted(numbers)
    )


def with_halves(part: Part) -> Part:
    """A part with the half of its patient's name that was not read where the other one was: nobody is filed by half a
    name unless somebody says that no more is stated."""
    here = [field for field in part.fields if field.path in _HALVES]
    if len(here) != 1 or here[0].place is None or not part.value(here[0].path):
        return part  # whoever typed one half heard or saw no more
    other = next(path for path in _HALVES if path != here[0].path)
    half = Field(other, part.number, None, "doubtful", doubt=HALF)
    return replace(part, fields=tuple(sorted((*part.fields, half), key=_rank)))


def _field(
    part: int, path: str, several: list[Value], answer: Answer | None, rules: InboxRules, ours: Any
) -> Field:
    """One field of what was read for it: the surest, and where places disagree the others as alternatives."""
    best = max(several, key=lambda value: value.confidence)
    others = [value.value for value in several if value.value != best.value]
    alternatives = tuple(dict.fromkeys((*map(_hashable, others), *map(_hashable, best.alternatives))))
    doubt = best.doubt or ("Two places say different things." if others else "")
    if answer is not None and answer.verb == "confirmed" and answer.was is not None and (
        _plain(answer.was) != _plain(best.value)
    ):
        alternatives = tuple(dict.fromkeys((_hashable(answer.was), *alternatives)))
        answer, doubt = None, "It reads otherwise now than when it was confirmed."
    differs = ours is not None and _plain(ours) != _plain(best.value)
    weighed = replace(best, doubt=doubt or ("On file it is different." if differs else ""))
    return Field(
        path=path,
        part=part,
        value=answer.became if answer is not None and answer.verb == "corrected" else best.value,
        level=level_of(weighed, rules),
        answer=answer.verb if answer is not None else None,
        place=best.place,
        quote=best.quote,
        rule=best.rule,
        confidence=best.confidence,
        alternatives=alternatives,
        doubt=weighed.doubt,
        ours=ours if differs else None,
    )


def _unread(part: int, path: str, answer: Answer) -> Field:
    """A field of what was answered and is not read there: typed, or confirmed when it still was."""
    if answer.verb == "confirmed":
        doubt = "It was confirmed before, and is not read here any more."
        return Field(path, part, answer.was, "doubtful", doubt=doubt)
    return Field(path, part, answer.became, "doubtful", answer.verb)


def _joined(field: Field, heirlooms: Mapping[tuple[int, str], Answer]) -> Field:
    """The field with what was answered of it for somebody whose pages are theirs now."""
    other = heirlooms.get((field.part, field.path))
    if other is None or (field.answer == other.verb and _plain(field.value) == _plain(other.value)):
        return field
    if _plain(other.value) == _plain(field.value):
        return replace(field, answer=field.answer or other.verb)
    doubt = "It was answered otherwise for the pages that were joined."
    choices = tuple(dict.fromkeys((_hashable(other.value), *field.alternatives)))
    return replace(field, answer=None, level="doubtful", doubt=doubt, alternatives=choices)


def _rank(field: Field) -> tuple[int, int, str]:
    level = {"doubtful": 0, "likely": 1, "clear": 2}[field.level]
    plain = _ENTRY.sub("", field.path)
    near = [n for n, prefix in enumerate(ORDER) if plain == prefix or plain.startswith(f"{prefix}.")]
    return level, min(near, default=len(ORDER)), field.path


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> str:
    return str(_hashable(value)).strip().casefold()
