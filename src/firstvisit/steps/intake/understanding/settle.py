"""From values as they were found to one record a patient, with evidence and what a person should look at. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from firstvisit.referral.record import Channel, Referral
from firstvisit.steps.intake.understanding import agreement, normal
from firstvisit.steps.intake.understanding.agreement import Settling
from firstvisit.steps.intake.understanding.confidence import THRESHOLD
from firstvisit.steps.intake.understanding.found import Found

WORD_LISTS: Final = ("disciplines", "documents", "availability")
"""Lists of fixed words: each word is an entry of its own."""
ENTRY_LISTS: Final = ("diagnoses", "events", "frequencies")
"""Lists whose entries have fields."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value for a person to look at: below the threshold, refused by its reader, or said otherwise elsewhere.

    `value` is what stands in the record or what was read in vain; `reason` says in words what is doubtful and never
    repeats the value; `place` and `quote` as in `Found`.
    """

    path: str
    value: object
    reason: str
    confidence: float
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Settled:
    """One patient: the record with every value that its reader takes, sure or not, and the doubts."""

    referral: Referral
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a document says: its patients in the order met, one at least, and the values they were settled from."""

    patients: tuple[Settled, ...]
    found: tuple[Found, ...] = ()
    sort: str = "referral"
    """What kind of thing it is: a word of `kinds.Sort`."""


def settle(
    found: Sequence[Found],
    *,
    channel: Channel,
    received_on: dt.date,
    item: str | None = None,
    threshold: float = THRESHOLD,
    sort: str = "referral",
) -> Understood:
    """One record a patient out of everything found in one item.

    Places that agree make a value surer, places that contradict each other less sure; a value its reader refuses
    becomes a doubt with the reader's reason and stays out of the record. Values below `threshold` are in the record
    and among the doubts. `received_on` bounds dates. Evidence stands under the record's paths, of a word in a list
    under its place in it ("disciplines.0"), and names the surest place.
    """
    by_patient: dict[int, list[Found]] = defaultdict(list)
    for each in found:
        by_patient[each.patient].append(each)
    numbers = sorted(by_patient) or [0]
    patients = tuple(
        _Record(channel, received_on, item, threshold).settled(by_patient[number]) for number in numbers
    )
    return Understood(patients, tuple(found), sort)


def sure(referral: Referral, threshold: float = THRESHOLD) -> Referral:
    """The record with only those values whose evidence is at or above `threshold`."""
    kept = _kept(referral.model_dump(exclude={"evidence", "channel", "consents"}), "", referral, threshold)
    evidence = {path: each for path, each in referral.evidence.items() if each.confidence >= threshold}
    return Referral.model_validate({**kept, "channel": referral.channel, "evidence": evidence})


@dataclass
class _Record:
    """One record on its way."""

    channel: Channel
    today: dt.date
    item: str | None
    threshold: float
    stated: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, dict[str, Any]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    def settled(self, found: Iterable[Found]) -> Settled:
        by_path: dict[str, list[Found]] = defaultdict(list)
        for each in found:
            by_path[each.path].append(each)
        settled: dict[str, Settling] = {}
        for path, candidates in by_path.items():
            if path in WORD_LISTS:
                self.words(path, candidates)
            elif path in ENTRY_LISTS:
                self.entries(path, candidates)
            elif one := self.one(path, candidates):
                settled[path] = one
        agreement.cross_check(settled, self.today)
        for path, one in settled.items():
            self.keep(path, one)
        self.stated = _nested(self.stated)
        return Settled(
            Referral.model_validate({"channel": self.channel, "evidence": self.evidence, **self.stated}),
            tuple(self.doubts),
        )

    def one(self, path: str, candidates: Sequence[Found]) -> Settling | None:
        """The value of one field, out of every place that states it."""
        return agreement.settled_of(path, list(self.readable(path, candidates)))

    def readable(self, path: str, candidates: Sequence[Found]) -> Iterable[tuple[object, Found]]:
        """Candidates with their normalised values; what a reader refuses becomes a doubt."""
        for each in candidates:
            try:
                value = normal.normalised(path, each.value, self.today)
            except ValueError as error:
                self.doubt(path, each.value, str(error), each.confidence, each)
                continue
            if value is not None:
                yield value, each

    def words(self, path: str, candidates: Sequence[Found]) -> None:
        by_word: dict[object, list[tuple[object, Found]]] = defaultdict(list)
        for value, each in self.readable(path, candidates):
            by_word[value].append((value, each))
        kept = [one for pairs in by_word.values() if (one := agreement.settled_of(path, pairs))]
        if not kept:
            return
        self.stated[path] = tuple(one.value for one in kept)
        for n, one in enumerate(kept):
            self.note(f"{path}.{n}", one)
        least = min(kept, key=lambda one: one.confidence)
        self.evidence[path] = self.evidence[f"{path}.{kept.index(least)}"]

    def entries(self, path: str, candidates: Sequence[Found]) -> None:
        """Entries with fields; of one another where none of their fields contradicts the other's."""
        rows: list[dict[str, list[tuple[object, Found]]]] = []
        for each in sorted(candidates, key=lambda one: -one.confidence):
            row: dict[str, list[tuple[object, Found]]] = {}
            for name, value in each.value.items() if isinstance(each.value, dict) else ():
                for read, _ in self.readable(f"{path}.0.{name}", [_with(each, value)]):
                    row[name] = [(read, each)]
            if not row:
                continue
            same = next((other for other in rows if agreement.one_entry(path, other, row)), None)
            if same is None:
                rows.append(row)
                continue
            for name, pairs in row.items():
                same.setdefault(name, []).extend(pairs)
        done: list[dict[str, Any]] = []
        for row in rows:
            if path == "events" and "kind" not in row:
                continue
            entry = {}
            for name, pairs in row.items():
                if one := agreement.settled_of(f"{path}.0.{name}", pairs):
                    entry[name] = one.value
                    self.note(f"{path}.{len(done)}.{name}", one)
            done.append(entry)
        if done:
            self.stated[path] = tuple(done)

    def keep(self, path: str, one: Settling) -> None:
        self.stated[path] = one.value
        self.note(path, one)

    def note(self, path: str, one: Settling) -> None:
        confidence = round(min(max(one.confidence, 0.0), 1.0), 3)
        self.evidence[path] = {"item": self.item, "place": str(one.best.place), "confidence": confidence}
        if one.disagrees:
            self.doubt(path, one.value, one.disagrees, confidence, one.best)
        elif confidence < self.threshold:
            self.doubt(path, one.value, f"read by a weak sign: {one.best.rule}", confidence, one.best)

    def doubt(self, path: str, value: object, reason: str, confidence: float, at: Found) -> None:
        self.doubts.append(Doubt(path, value.isoformat() if isinstance(value, dt.date) else value, reason, confidence, str(at.place), at.quote))


def _with(found: Found, value: object) -> Found:
    return replace(found, value=value)


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """ "payers.0.kind" and "patient.phone" put into the shape of the record."""
    made: dict[str, Any] = {}
    payers: dict[int, dict[str, Any]] = {}
    for path, value in flat.items():
        head, _, rest = path.partition(".")
        if head == "payers":
            number, _, name = rest.partition(".")
            payers.setdefault(int(number), {})[name] = value
        elif rest:
            made.setdefault(head, {})[rest] = value
        else:
            made[path] = value
    if payers:
        made["payers"] = tuple(payers.get(number, {}) for number in range(max(payers) + 1))
    return made


def _kept(value: dict[str, Any], path: str, referral: Referral, threshold: float) -> dict[str, Any]:
    """The values of one part that are sure enough; parts and lists that lose everything are left out."""
    kept: dict[str, Any] = {}
    for name, each in value.items():
        where = f"{path}{name}"
        if isinstance(each, dict):
            if inner := _kept(each, f"{where}.", referral, threshold):
                kept[name] = inner
        elif isinstance(each, tuple):
            if entries := tuple(_sure_entries(each, where, referral, threshold)):
                kept[name] = entries
        elif each is not None and _sure(where, referral, threshold):
            kept[name] = each
    return kept


def _sure_entries(
    entries: tuple[Any, ...], path: str, referral: Referral, threshold: float
) -> Iterable[object]:
    for n, each in enumerate(entries):
        if isinstance(each, dict):
            inner = _kept(each, f"{path}.{n}.", referral, threshold)
            if inner and (path != "events" or "kind" in inner):
                yield inner
        elif _sure(f"{path}.{n}", referral, threshold):
            yield each


def _sure(path: str, referral: Referral, threshold: float) -> bool:
    evidence = referral.evidence.get(path)
    return evidence is None or evidence.confidence >= threshold
