"""What was stated of a lead, put right by a person: added where nobody had asked, changed where it was wrong, taken out
where it was never so. The record, its evidence and the facts follow, and the lead is judged again by itself.

The patient's name, birth date and sex are put right on their own record too, which is still found by the old ones.
How to reach somebody and where they live is not corrected here: that goes through the door of every request, on the
call card.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from firstvisit.journey.deriving import derived
from firstvisit.journey.verbs import act_on
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, Conflict, Problem
from firstvisit.kernel.folding import folded
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral
from firstvisit.people.putting_right import put_right
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.referral import fields
from firstvisit.referral.merge import ACCIDENT, evidence_of
from firstvisit.referral.record import DAYS_OF_SURGERY, Evidence, Referral
from firstvisit.steps.intake.inbox.entering import typed

CAPABILITY: Final = "leads.work"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together: `head` is their part of the record ("" for those of the record itself), `many` that
    it is a list. `needs` is the capability without which nobody sees them."""

    title: str
    head: str
    leaves: tuple[str, ...]
    needs: str = "identity.see"
    many: bool = False

    def paths(self, entries: int = 0) -> list[str]:
        """Every path of it; of a list those of so many entries and of the next one."""
        if self.many:
            return [f"{self.head}.{number}.{leaf}" for number in range(entries + 1) for leaf in self.leaves]
        return [f"{self.head}.{leaf}" if self.head else leaf for leaf in self.leaves]


WHO: Final = ("first_name", "last_name", "date_of_birth", "sex")
"""Of the patient what their own record says too."""
_NAMES: Final = ("patient.first_name", "patient.last_name")
_BY_ITS_OWN_FORM: Final = ("authorization_number", "authorization_status")
"""Of these it is kept who said so (`authorizing`)."""
GROUPS: Final[tuple[Group, ...]] = (
    Group("Who the patient is", "patient", WHO),
    Group("Patient", "patient", ("preferred_name", "interpreter", "no_voicemail")),
    Group("Whoever speaks for them", "contact", ("preferred_method", "no_voicemail")),
    Group("What is wanted", "", ("disciplines", "timing", "not_before", "availability", "hours", "cause", "returning")),
    Group("Who may know", "", ("withhold_from_plan",), "insurance.see"),
    Group("For Medicare, and for the visit", "", ("home_health", "therapy_elsewhere", "access_needs"), "narrative.see"),
    Group("What happened, and when", "events", tuple(fields.EVENT), "narrative.see", many=True),
    Group("Diagnosis", "diagnoses", tuple(fields.DIAGNOSES), "narrative.see", many=True),
    Group("How often", "frequencies", tuple(fields.FREQUENCY), many=True),
    Group("Whoever ordered", "ordering", tuple(fields.CLINICIAN)),
    Group("Whoever refers", "referrer", ("extension", "credential", "role", "updates_by")),
    Group(
        "Coverage", "payers", tuple(leaf for leaf in fields.PAYER if leaf not in _BY_ITS_OWN_FORM),
        "insurance.see", many=True,
    ),
    Group("How they came", "attribution", tuple(fields.ATTRIBUTION)),
)  # fmt: skip
"""Everything that can be put right on a lead, in the order of the page."""
_NEEDED: Final = {"events": ("kind", "Say what happened on that day.")}
"""Of a list the field without which an entry says nothing."""
_ENTRY: Final = re.compile(r"([a-z]+)\.(\d+)\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a lead says, and the mark of this reading: who corrects it says which one they saw."""

    referral: Referral
    mark: str

    def groups(self, by: User) -> list[tuple[Group, list[str]]]:
        """The groups that somebody sees, each with its paths."""
        return [
            (group, group.paths(len(getattr(self.referral, group.head) or ()) if group.many else 0))
            for group in GROUPS
            if by.may(group.needs)
        ]

    def value(self, path: str) -> Any:
        """What stands at a path; None where nothing does."""
        found: Any = self.referral
        for name in path.split("."):
            if isinstance(found, tuple):
                found = found[int(name)] if int(name) < len(found) else None
            else:
                found = getattr(found, name, None)
        return found


def stated(lead: Lead) -> Stated:
    """What a lead says now."""
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return Stated(services.read(row), hashlib.sha256(bytes(row.sealed)).hexdigest())


def correct(lead: Lead, by: User, *, actor: Actor, texts: Mapping[str, str], mark: str) -> None:
    """Put right what was typed, by path: another value, a new one, or "" where it was never stated.

    `mark` is that of the reading that was seen. BadInput names every field that cannot be read; Conflict where the lead
    says something else by now; NotAllowed.
    """
    today = clock.now().date()

    def write(locked: Lead, now: datetime) -> None:
        before = stated(locked)
        if before.mark != mark:
            raise Conflict("what is known of this lead has changed since you opened it: open it again")
        offered = {path for _, paths in before.groups(by) for path in paths}
        values = _read({path: text for path, text in texts.items() if path in offered}, today)
        changed = {path: value for path, value in values.items() if value != _plain(before.value(path))}
        if not changed:
            return
        _still_named(before.referral, changed)
        whole = _with(before.referral, changed, Evidence(place=f"typed by {by.name}", confirmed_by=str(by.id)))
        who = [leaf for leaf in WHO if f"patient.{leaf}" in changed]
        if who:
            whole = _called_anew(before.referral, whole)
            if locked.patient is not None:
                put_right(locked.patient, whole, who)
        row = LeadReferral.objects.select_related("key").get(lead=locked)
        facts = services.facts_of_row(FactsRow.objects.get(lead=locked))
        services.replace_reading(locked, open_key(row.key), whole, derived(locked, whole, practice(), before=facts))
        services.noted(locked, "corrected", actor, at=now, data={"changed": sorted(_said(changed))})

    act_on(lead, by, CAPABILITY, write)


def _read(texts: Mapping[str, str], today: date) -> dict[str, Any]:
    """The values of what was typed; None where it was emptied."""
    found: dict[str, Any] = {}
    problems = []
    for path, text in texts.items():
        try:
            found[path] = typed(path, text, today) if text.strip() else None
        except ValueError as error:
            problems.append(Problem(path, str(error)))
    if problems:
        raise BadInput(problems)
    return found


def _still_named(before: Referral, changed: Mapping[str, Any]) -> None:
    """BadInput where a name is taken out: by it the patient is known again."""
    taken_out = [path for path in _NAMES if path in changed and changed[path] is None]
    if problems := [Problem(path, "Enter the right name; it is not taken out.") for path in taken_out]:
        raise BadInput(problems)


def _called_anew(before: Referral, whole: Referral) -> Referral:
    """Where the patient stands by their own name once more (they ask for themselves, they hold the plan), it is put
    right there too: else they would be taken for somebody else."""
    was, patient = before.patient, whole.patient
    if not (was.first_name and was.last_name):
        return whole
    first, middle, last = was.first_name, was.middle_name or "", was.last_name
    theirs = {folded(first + last), folded(first + middle + last), folded(last + first)}
    name = f"{patient.first_name} {patient.last_name}"
    more: dict[str, Any] = {}
    if whole.contact.relationship == "self" and folded(whole.contact.name or "") in theirs:
        more["contact"] = whole.contact.model_copy(update={"name": name})
    if whole.payers:
        own = {"subscriber_name": name}
        more["payers"] = tuple(
            payer.model_copy(update=own) if folded(payer.subscriber_name or "") in theirs else payer
            for payer in whole.payers
        )
    return whole.model_copy(update=more)


def _with(before: Referral, changed: Mapping[str, Any], evidence: Evidence) -> Referral:
    """The record with these values, each with this evidence; an entry of a list of which nothing is left goes."""
    plain = before.model_dump(mode="json", exclude={"evidence"})
    for path, value in changed.items():
        *parts, leaf = path.split(".")
        at: Any = plain
        for name, after in zip(parts, [*parts[1:], ""], strict=False):  # a field of the record itself has no parts
            if isinstance(at, list):
                at.extend({} for _ in range(int(name) + 1 - len(at)))
                at = at[int(name)]
            else:
                if at.get(name) is None:
                    at[name] = [] if after.isdigit() else {}
                at = at[name]
        at[leaf] = value
    places: dict[str, str] = {}
    for group in GROUPS:
        if group.many and plain[group.head] is not None:
            entries = enumerate(plain[group.head])
            left = [(n, entry) for n, entry in entries if any(value is not None for value in entry.values())]
            if group.head == "payers":  # who pays for an accident pays before any plan
                left.sort(key=lambda one: one[1].get("kind") not in ACCIDENT)
            _complete(group, left)
            places |= {f"{group.head}.{n}": f"{group.head}.{now}" for now, (n, _) in enumerate(left)}
            plain[group.head] = [entry for _, entry in left] or None
    whole = Referral.model_validate(plain)
    typed_here = {_moved(path, places): evidence for path, value in changed.items() if value is not None}
    kept = evidence_of(whole, before, before)
    if any(path.startswith("events.") for path in changed):
        kept.pop(DAYS_OF_SURGERY, None)  # whoever puts the events right has both days before them
    return whole.model_copy(update={"evidence": kept | typed_here})


def _complete(group: Group, entries: Iterable[tuple[int, dict[str, Any]]]) -> None:
    needed, words = _NEEDED.get(group.head, ("", ""))
    lacking = [n for n, entry in entries if needed and not entry.get(needed)]
    if problems := [Problem(f"{group.head}.{n}.{needed}", words) for n in lacking]:
        raise BadInput(problems)


def _moved(path: str, places: Mapping[str, str]) -> str:
    """Where a path stands once entries that are gone are closed up."""
    head, _, leaf = path.rpartition(".")
    return f"{places[head]}.{leaf}" if head in places else path


def _plain(value: Any) -> Any:
    """A value of the record as JSON would say it, to compare with what was typed."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _said(changed: Iterable[str]) -> set[str]:
    """Paths as the timeline says them: of an entry of a list the list."""
    return {found[1] if (found := _ENTRY.fullmatch(path)) else path for path in changed}
