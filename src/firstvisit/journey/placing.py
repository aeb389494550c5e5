"""For which program of ours a lead is, at which site and in which setting, where that is another than was asked for, or
none was: a person chooses it, or the family agrees to what fits. What was asked stays beside it in the reading; from
then on the lead is judged as chosen and goes on by itself, at the site where the program is."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, get_args

from firstvisit.journey.deriving import chosen_for, derive_again, derived
from firstvisit.journey.flags import PROGRAM, SETTING
from firstvisit.journey.queries import judged_now
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.seal import open_key
from firstvisit.leads import scope, services
from firstvisit.leads.facts import Facts
from firstvisit.leads.models import FactsRow, Lead, LeadReferral, Ruling
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Program
from firstvisit.referral.record import Referral, Setting
from firstvisit.steps.qualify.elsewhere import far_away, may_be_chosen, site_for
from firstvisit.steps.qualify.facts import Chosen
from firstvisit.steps.qualify.policy import Judging
from firstvisit.steps.qualify.rules import Judgement, judge

SETTINGS: Final[tuple[Setting, ...]] = get_args(Setting)


class Destination(NamedTuple):
    """The site (slug) at which a lead would be; `said` that it must be kept with the choice, as it does not follow from
    where they live."""

    slug: str
    said: bool


def choices(lead: Lead, referral: Referral | None = None, *, now: datetime) -> dict[str, str]:
    """The programs that a person may choose for an open lead, slugs to names (with the site to which it would move,
    where that is another): the one that fits first, then those of the therapy that was asked. `referral` is its
    reading, where that is open already."""
    if lead.kind == "organization" or lead.closed_at is not None:
        return {}
    stands, shape = _standing(lead, referral or _reading(lead), now), practice()
    instead, names = stands.judgement.instead, {}
    fits = instead.program if instead is not None else None
    for program in sorted(may_be_chosen(stands.judgement.checks, shape), key=lambda each: each != fits):
        site = _destination(stands, program).slug
        far = far_away(program, stands.judgement.checks, shape)
        there = f"{program.name}, at {shape.sites[site].name}{far}"
        moved = there if site != lead.site else program.name
        names[program.slug] = f"{there}: ask whether they would come" if far else moved
    return names


def settings(lead: Lead, referral: Referral, *, now: datetime) -> dict[Setting, Judgement]:
    """The settings that a person may choose for an open lead of some program, each with what the lead would be judged
    there."""
    facts = lead.facts
    if lead.kind == "organization" or lead.closed_at is not None or facts.program is None:
        return {}
    shape, judging, before = practice(), policy().section(Judging), services.facts_of_row(facts)
    chosen = chosen_for(lead.id)
    return {
        each: judge(
            derived(lead, referral, shape, before=before, chosen=chosen._replace(setting=each)), shape, judging, now
        )
        for each in SETTINGS
        if each != facts.setting
    }


def agreed(locked: Lead, by: User, *, actor: Actor, at: datetime, words: str) -> None:
    """They agreed to what of ours fits: the locked lead is for that program, or that setting, from now on. Where
    another answer has made what they asked for fit meanwhile, nothing changes."""
    fits, said = judged_now(locked, now=at).instead, words or "They agreed to it"
    if fits is None:
        return
    if fits.setting is not None:
        place_in(locked, by, actor=actor, setting=fits.setting, words=said, at=at)
    else:
        place(locked, by, actor=actor, program=fits.program.slug, site=fits.site, words=said, at=at)


def place(
    locked: Lead, by: User, *, actor: Actor, program: str, words: str, at: datetime, site: str | None = None
) -> None:
    """The locked lead is for this program until a person chooses another, at the site that was said with it, else where
    they would come to it."""
    stands = _standing(locked, _reading(locked), at)
    to = _destination(stands, practice().programs[program])
    if site is not None and site != to.slug:
        to = Destination(site, said=True)
    value = {"program": program, **({"site": to.slug} if to.said else {})}
    chosen = stands.chosen._replace(program=program, site=value.get("site"))
    _choose(locked, by, PROGRAM, value, chosen, actor=actor, words=words, at=at)


def place_in(locked: Lead, by: User, *, actor: Actor, setting: Setting, words: str, at: datetime) -> None:
    """The locked lead is for this setting until a person chooses another."""
    chosen = chosen_for(locked.id)._replace(setting=setting)
    _choose(locked, by, SETTING, {"setting": setting}, chosen, actor=actor, words=words, at=at)


def _choose(
    locked: Lead, by: User, what: str, value: dict[str, str], chosen: Chosen, *, actor: Actor, words: str, at: datetime
) -> None:
    """Keep what was chosen, and the facts that follow. Where they are at another site, so is the lead: it goes to
    whoever has that site's leads, unless its owner works there too, and both sites stand in what was kept."""
    before, left = services.facts_of_row(FactsRow.objects.get(lead=locked)), locked.site
    to = _derived(locked, before, chosen).site
    if to != left:
        value = {**value, "from": left, "to": to}
    services.rule(lead=locked, what=what, value=value, reason=words, by=by, actor=actor, at=at)
    derive_again(locked)
    if to != left and not _works_at(locked, to):
        Ruling.objects.filter(lead=locked, what="owner", withdrawn_at__isnull=True).update(withdrawn_at=at)
        Lead.objects.filter(id=locked.id).update(assigned_user=None, assigned_queue=None, assigned_at=None)


def _works_at(lead: Lead, site: str) -> bool:
    """Whether its owner works with the leads of a site."""
    if lead.owner_user is not None:
        return scope.works_at(lead.owner_user, site)
    queue = practice().queues.get(lead.owner_queue.slug) if lead.owner_queue is not None else None
    return queue is None or queue.site in (None, site)


class _Standing(NamedTuple):
    """A lead as it stands: reading, facts, what was chosen for it, and what it is judged."""

    lead: Lead
    reading: Referral
    facts: Facts
    chosen: Chosen
    judgement: Judgement


def _standing(lead: Lead, reading: Referral, now: datetime) -> _Standing:
    facts = services.facts_of_row(FactsRow.objects.get(lead=lead))
    return _Standing(lead, reading, facts, chosen_for(lead.id), judged_now(lead, now=now))


def _destination(stands: _Standing, program: Program) -> Destination:
    """Where a lead goes with a program. What its own site does not have, the nearest to it has; else where they live
    decides, but nobody who lives in the area of its own site is sent to another one by it, unless the lead came here
    with a choice before. Who would come to the site that has what they asked for, though it is far, comes there."""
    lead, shape = stands.lead, practice()
    if program is stands.judgement.checks.program:
        return Destination(site_for(program, stands.judgement.checks, shape), said=True)
    without = stands.chosen._replace(program=program.slug, site=None)
    free = derived(lead, stands.reading, shape, before=stands.facts, chosen=without).site
    if free == lead.site:
        return Destination(free, said=False)
    if lead.site not in program.sites:
        return Destination(site_for(program, stands.judgement.checks, shape), said=True)
    stays = stands.chosen.site is None and stands.facts.in_area is not False
    return Destination(lead.site, said=True) if stays else Destination(free, said=False)


def _reading(lead: Lead) -> Referral:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return services.read(row, open_key(row.key))


def _derived(locked: Lead, before: Facts, chosen: Chosen) -> Facts:
    return derived(locked, _reading(locked), practice(), before=before, chosen=chosen)
