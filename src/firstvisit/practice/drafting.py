"""Drafts of the rules: begun from what is live, changed section by section, dropped, brought up to date.

Several people may work on one draft: a change names the state of the draft it was made on, and one made on an
older state is refused, so that nobody overwrites what they never saw. Going live is `services.sign_policy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConfigurationError, Conflict, NotAllowed
from firstvisit.practice import authorship, policy, queries, revisions, signing
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.practice.policy import Ground

LONGEST_NOTE: Final = 500


class Overtaken(Conflict):
    """Somebody else changed the draft after it was opened."""


@transaction.atomic
def begin_draft(*, by: User, note: str = "", sections: Mapping[str, Any] | None = None) -> PolicyVersion:
    """A draft under the next number: the live rules, or these sections. One press too many makes no second: a draft
    that the same person began for the same on the same rules, and nobody changed since, is that draft. NotAllowed
    without `practice.edit`."""
    _need(by, "practice.edit")
    revisions.lock()
    live = queries.live_policy()
    full = live.as_json() if sections is None else policy.read(sections, 0).as_json()
    note = note.strip()[:LONGEST_NOTE]
    drafts = PolicyVersion.objects.filter(status=PolicyVersion.Status.DRAFT, drafted_by=by, edits=0)
    same = drafts.filter(base=live.number, note=note, sections=full).first()
    if same is not None:
        return same
    return new_draft(full, note=note, by=by)


@transaction.atomic
def change_draft(
    number: int, *, by: User, edits: int, changes: Mapping[str, Any], note: str | None = None
) -> PolicyVersion:
    """Replace whole sections of a draft, by name. The same again changes nothing.

    NotAllowed without `practice.edit`; Overtaken when the draft is no longer in state `edits`; Conflict for what is
    no draft; ConfigurationError with every problem of the sections, also what the practice cannot carry.
    """
    _need(by, "practice.edit")
    draft = _open_draft(number)
    _unmoved(draft, edits)
    sections = {**draft.sections, **changes}
    rules = policy.read(sections, number)
    stands = ground()
    if found := [problem for name in changes for problem in policy.unmet(rules, stands, name)]:
        raise ConfigurationError([f"rules, {problem.field}: {problem.message}" for problem in found])
    full = rules.as_json()
    kept = draft.note if note is None else note.strip()[:LONGEST_NOTE]
    if full == draft.sections and kept == draft.note:
        return draft
    if full != draft.sections:  # whoever only says what it is for has made none of it, and may still sign
        draft.changed_by, draft.changed_at = by, clock.now()
        draft.hands = authorship.written(draft.hands, _base(draft), draft.sections, full, str(by.id))
    draft.sections, draft.note, draft.edits = full, kept, draft.edits + 1
    draft.ready_by = draft.ready_at = None
    draft.save()
    return draft


@transaction.atomic
def drop_draft(number: int, *, by: User) -> PolicyVersion:
    """Put a draft aside for good; it stays to be seen among the versions."""
    _need(by, "practice.edit")
    draft = _open_draft(number)
    draft.status, draft.changed_by, draft.changed_at = PolicyVersion.Status.DROPPED, by, clock.now()
    draft.save(update_fields=["status", "changed_by", "changed_at"])
    return draft


@transaction.atomic
def return_to(number: int, *, by: User) -> PolicyVersion:
    """A draft that is an earlier version again, to be signed like any other. PolicyVersion.DoesNotExist."""
    earlier = PolicyVersion.objects.get(number=number)
    return begin_draft(by=by, note=f"Return to version {number}", sections=earlier.sections)


@transaction.atomic
def renew_draft(number: int, *, by: User) -> PolicyVersion:
    """A draft that other rules overtook, made anew on the live ones: what it changed is carried over, field by
    field; where both changed the same field the draft's value is taken. The old draft is dropped."""
    _need(by, "practice.edit")
    draft = _open_draft(number)
    before = _base(draft)
    live = queries.live_policy().as_json()
    sections = {name: dict(section) for name, section in live.items()}
    for name, section in policy.read(draft.sections, number).as_json().items():
        for field, value in section.items():
            if before[name].get(field) != value:
                sections[name][field] = value
    drop_draft(number, by=by)
    full = policy.read(sections, 0).as_json()
    hands = authorship.carried(draft.hands, live, full)
    anew = new_draft(full, note=draft.note, by=by, hands=hands)
    anew.edits = draft.edits + 1  # not the draft that somebody begins by pressing twice
    anew.save(update_fields=["edits"])
    return anew


@transaction.atomic
def say_ready(number: int, *, by: User, edits: int) -> PolicyVersion:
    """Whoever wrote the draft says that it may be signed as it stands; any further change takes that back.

    NotAllowed without `practice.edit`; Overtaken for another state than `edits`; Conflict without a note of what it
    is for, and for somebody who wrote none of it while its authors are here.
    """
    _need(by, "practice.edit")
    draft = _open_draft(number)
    _unmoved(draft, edits)
    if not draft.note:
        raise Conflict(f"nobody said what draft {number} is for; say it in a few words before it is signed")
    wrote = [one for one in signing.signing(draft).authors if one.is_active and one.may("practice.edit")]
    if wrote and by not in wrote:
        raise Conflict(f"{signing.names(wrote)} wrote this draft and says when it is ready")
    return mark_ready(draft, by)


@transaction.atomic
def take_back_ready(number: int, *, by: User) -> PolicyVersion:
    """The draft goes on being written."""
    _need(by, "practice.edit")
    draft = _open_draft(number)
    draft.ready_by = draft.ready_at = None
    draft.save(update_fields=["ready_by", "ready_at"])
    return draft


def mark_ready(draft: PolicyVersion, by: User | None) -> PolicyVersion:
    """A draft that its author handed over whole: signed in one go, or brought by files (by nobody in particular)."""
    draft.ready_by, draft.ready_at = by, clock.now()
    draft.save(update_fields=["ready_by", "ready_at"])
    return draft


def new_draft(
    sections: Mapping[str, Any], *, note: str, by: User | None, hands: authorship.Hands | None = None
) -> PolicyVersion:
    """A draft of just these full sections under the next number. The revision is locked."""
    live = queries.live_policy()
    standing = live.as_json()
    last = PolicyVersion.objects.order_by("number").values_list("number", flat=True).last() or 0
    if hands is None:
        hands = authorship.written({}, standing, standing, sections, str(by.id) if by else "")
    return PolicyVersion.objects.create(
        number=last + 1,
        sections=sections,
        status=PolicyVersion.Status.DRAFT,
        base=live.number,
        note=note,
        hands=hands,
        drafted_by=by,
        drafted_at=clock.now(),
    )


def ground() -> Ground:
    """The practice as it stands, the queues whose work an active account sees, who is in them and the leads of which
    sites they see."""
    practice = queries.practice_now()
    staffed: set[str] = set()
    members: dict[str, frozenset[str]] = {}
    sees: dict[str, frozenset[str]] = {}
    for user in User.objects.filter(is_active=True).select_related("role").prefetch_related("queues", "sites"):
        if not user.may("leads.work"):
            continue
        sites = {site.slug for site in user.sites.all()}
        for queue in user.queues.all():
            members[queue.slug] = members.get(queue.slug, frozenset()) | set(user.role.capabilities)
            sees[queue.slug] = sees.get(queue.slug, frozenset()) | (sites or set(practice.sites))
        if user.may("leads.see_site"):
            staffed |= {
                queue.slug for queue in practice.queues.values() if not sites or queue.site in (None, *sites)
            }
    return Ground(practice, frozenset(staffed | set(members)), members, sees)


def _open_draft(number: int) -> PolicyVersion:
    revisions.lock()
    draft = PolicyVersion.objects.filter(number=number, status=PolicyVersion.Status.DRAFT).first()
    if draft is None:
        raise Conflict(f"rules version {number} is no draft any more")
    return draft


def _base(draft: PolicyVersion) -> dict[str, Any]:
    """The sections that the draft was begun from, in full."""
    base = PolicyVersion.objects.filter(number=draft.base).first()
    return policy.read(base.sections if base else {}, draft.base).as_json()


def _unmoved(draft: PolicyVersion, edits: int) -> None:
    if draft.edits != edits:
        raise Overtaken(f"draft {draft.number} was changed by {_who(draft)} after you opened it")


def _who(draft: PolicyVersion) -> str:
    author = draft.changed_by or draft.drafted_by
    return author.name if author else "somebody"


def _need(user: User, capability: str) -> None:
    if not user.may(capability):
        raise NotAllowed(capability)
