"""Whose a name, a telephone number, a date of birth or an organization is, told by all of its mentions together. Pure.

Rules (`people`, `find_reach`) read what stands behind a label or answers a question. In running words there are more ways to
name somebody than anybody can list; there the network that has read along (`learned`) says of each mention whose it is.
docs/why/0024 says how and why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firstvisit.referral.names import PersonName, person_name
from firstvisit.steps.intake.understanding import learned
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.found import Found, Place
from firstvisit.steps.intake.understanding.learned import opinions
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.people.naming import first_only, is_titled, without_title
from firstvisit.steps.intake.understanding.whose import candidates as possible
from firstvisit.steps.intake.understanding.whose.candidates import KINDS, Candidate, Kind

ROLES: Final[dict[Kind, tuple[str, ...]]] = {
    "name": ("patient", "contact", "referrer", "nobody"),
    "phone": ("patient", "contact", "referrer", "fax", "nobody"),
    "birth": ("patient", "nobody"),
    "house": ("referrer", "nobody"),
}
"""Whose something of a kind may be: the patient's, of whom to get back to, of who refers, or of nobody the record keeps.
`fax` is the referrer's fax, `house` an organization."""
_LEAST: Final = 0.5
"""The share from which one owner is more probable than all others together."""
_STATED: Final = 0.6
"""A rule that is so sure of a field leaves nothing to add to it."""
_AGAINST, _DOUBT = 0.1, 0.8
"""Under which share signs speak against what a rule says, and what that takes of its confidence."""
_ALMOST_NO: Final = 1e-6
_MOST: Final = 250
"""Candidates of a kind above which a text is a list of names, and no signs are weighed: each is held against all others."""


@dataclass(frozen=True, slots=True)
class Owned:
    """One person, number or date of a text with all its mentions, and how probable each role is, in the order of
    `ROLES`; `best` is the mention that says most of it."""

    kind: Kind
    words: frozenset[str]
    shares: tuple[float, ...]
    best: Candidate

    def share(self, role: str) -> float:
        """How probable it is that this is of `role`."""
        return self.shares[ROLES[self.kind].index(role)]


def within(candidate: Candidate) -> tuple[int, int]:
    """Where a candidate stands in the words of its passage."""
    if candidate.text == candidate.passage.text:
        return candidate.start, candidate.end
    return candidate.passage.view.back(candidate.start, candidate.end)


def owned(told: Told) -> list[Owned]:
    """Everything in a text that may be somebody's, each once, with whose it probably is."""
    return [each for kind in KINDS for each in _owned(told, kind)]


def _owned(told: Told, kind: Kind) -> list[Owned]:
    among = possible.candidates(told, kind)
    reading = learned.reading(told)
    if len(among) > _MOST or reading is None:
        return []
    shares = reading.roles(kind, [(each.nth, *within(each)) for each in among], len(ROLES[kind]))
    groups: list[tuple[set[str], list[int]]] = []
    for n, each in enumerate(among):
        group = next((group for group in groups if _one(each.words, group[0])), None)
        if group is None:
            groups.append((set(each.words), [n]))
        else:
            group[0].update(each.words)
            group[1].append(n)
    return [
        Owned(kind, frozenset(words), _mean([shares[n] for n in mentions]), max((among[n] for n in mentions), key=lambda c: len(c.words)))
        for words, mentions in groups
    ]


def _one(words: frozenset[str], known: set[str]) -> bool:
    """Whether two mentions are of one: a name of one word is whoever bears that word, of two words share two."""
    shared = len(words & known)
    return shared > 0 and (shared > 1 or 1 in (len(words), len(known)))


def _mean(shares: list[tuple[float, ...]]) -> tuple[float, ...]:
    """The geometric mean of what single mentions tell: none of them decides alone."""
    powers = [math.exp(sum(math.log(each[n] + _ALMOST_NO) for each in shares) / len(shares)) for n in range(len(shares[0]))]
    return tuple(each / sum(powers) for each in powers)


def weigh(finding: Finding) -> None:
    """Note whose names, numbers and dates are by their signs where no rule has said it, and doubt what rules read in running
    words where the signs speak against it. Of several patients rules alone tell."""
    if finding.told.patients == 1:
        everything = owned(finding.told)
        finding.found = [_doubted(each, finding, everything) for each in finding.found]
        _add(finding, [each for each in everything if each.kind != "house"])


def weigh_organization(finding: Finding) -> None:
    """Note the organization of who refers by its signs, where no rule has; what is known to insure is none."""
    refers = finding.writing.writer in ("professional", "organization") or finding.has("referrer.name")
    if finding.told.patients > 1 or finding.has("referrer.organization") or not refers:
        return
    insures = [str(each.value).lower() for each in finding.found if each.path.startswith("payers.") and each.path.endswith(".name")]
    houses = _owned(finding.told, "house")
    _add(finding, [each for each in houses if not any(name in each.best.value.lower() for name in insures)])


def _add(finding: Finding, everything: Sequence[Owned]) -> None:
    stated = {each.path for each in finding.found if each.confidence >= _STATED}
    placed = {str(each.value) for each in finding.found if each.confidence >= _STATED and each.path.endswith((".phone", ".fax"))}
    for kind in KINDS:
        for role in ROLES[kind][:-1]:
            each = max((one for one in everything if one.kind == kind), key=lambda one: one.share(role), default=None)
            if each is not None and each.share(role) >= _LEAST and each.best.value not in placed:
                finding.found += [
                    _found(path, value, each, role) for path, value in _values(finding, each, role) if path not in stated
                ]


def _doubted(found: Found, finding: Finding, everything: Sequence[Owned]) -> Found:
    kind, role = _WHOSE.get(found.path, (None, ""))
    if kind is None or found.rule in opinions.PLAIN:
        return found
    own = finding.writing.writer == "patient" and role in _SELF
    value = str(found.value)
    said = possible.name_words(value) if kind == "name" else frozenset((value.lower(),))
    shares = [
        sum(map(each.share, _SELF)) if own else each.share(role)
        for each in everything
        if each.kind == kind and not each.words.isdisjoint(said)
    ]
    return replace(found, confidence=found.confidence * _DOUBT) if shares and max(shares) < _AGAINST else found


_SELF: Final = ("patient", "contact")
_WHOSE: Final[dict[str, tuple[Kind, str]]] = {
    "patient.first_name": ("name", "patient"),
    "patient.last_name": ("name", "patient"),
    "contact.name": ("name", "contact"),
    "referrer.name": ("name", "referrer"),
}
"""Path to the kind of candidate and the role it stands for."""


def _values(finding: Finding, one: Owned, role: str) -> Iterable[tuple[str, str]]:
    """The paths and values of the record that an owner stands for."""
    both = finding.writing.writer == "patient"
    if one.kind == "birth":
        yield "patient.date_of_birth", one.best.value
    elif one.kind == "house":
        yield "referrer.organization", one.best.value
    elif one.kind == "phone":
        yield "referrer.fax" if role == "fax" else f"{role}.phone", one.best.value
        if both and role == "patient":
            yield "contact.phone", one.best.value
    elif role != "patient":
        yield f"{role}.name", without_title(one.best.value)
    else:
        parts = person_name(one.best.value)
        if parts.last is None and is_titled(one.best.passage.text, within(one.best)[0]):
            # "Mr. Alvarez" is a last name; of "Mrs. Okafor for my husband" it is the caller's own, and tells nothing of his.
            parts = PersonName(None, parts.first if both or not finding.has("contact.name") else None)
        if parts.first:
            yield "patient.first_name", first_only(parts.first)
        if parts.last:
            yield "patient.last_name", parts.last
            if both:
                yield "contact.name", f"{first_only(parts.first or '')} {parts.last}".strip()


def _found(path: str, value: str, one: Owned, role: str) -> Found:
    best = one.best
    start, end = within(best)
    place = Place(text=best.passage.where, span=(best.passage.start + start, best.passage.start + end))
    return Found(path, value, one.share(role), place, best.passage.text[start:end], "signs around it")
