"""Who may decide the outcome of a lead against the plan, by site."""

from __future__ import annotations

from collections.abc import Iterable

from firstvisit.journey.case import Deciders
from firstvisit.practice.models import User

NEEDED = ("leads.see", "leads.work", "leads.overrule")


def deciders_at(sites: Iterable[str]) -> dict[str, Deciders]:
    """For each site the active accounts that may decide there, and their queues. Three questions, none without a
    site."""
    wanted = set(sites)
    if not wanted:
        return {}
    users = User.objects.filter(is_active=True, role__capabilities__contains=list(NEEDED))
    accounts = list(users.select_related("role").prefetch_related("sites", "queues"))
    return {site: _of(site, accounts) for site in wanted}


def _of(site: str, accounts: Iterable[User]) -> Deciders:
    everywhere: set[str] = set()
    own: set[str] = set()
    queues: set[str] = set()
    for user in accounts:
        slugs = {each.slug for each in user.sites.all()}
        if slugs and site not in slugs:
            continue
        (everywhere if user.may("leads.see_site") else own).add(str(user.id))
        queues |= {each.slug for each in user.queues.all()}
    return Deciders(frozenset(everywhere), frozenset(own), frozenset(queues))
