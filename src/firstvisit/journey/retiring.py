"""What still needs a site or a queue that is not, or would no longer be, part of the practice.

A lead at a site that is gone cannot be shown, planned or closed, so nothing that open work stands on may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Count, Model, Q

from firstvisit.leads.models import Lead, Task
from firstvisit.practice import queries
from firstvisit.steps.routing.policy import Routing

OPEN_LEAD = Q(closed_at__isnull=True)
OPEN_TASK = Q(status="open")


def needed(retired: Iterable[str]) -> list[str]:
    """A sentence for each of these retired entries ("site marquette", "queue partners") that is needed."""
    gone: dict[str, set[str]] = {"site": set(), "queue": set()}
    for name in retired:
        word, _, slug = name.partition(" ")
        gone.setdefault(word, set()).add(slug)
    return [
        *(f"site {slug} has {work}: close them or keep the site" for slug, work in _at_sites(gone["site"])),
        *(
            f"queue {slug} has {work}: hand them over or keep the queue"
            for slug, work in _in_queues(gone["queue"])
        ),
        *_named_by_rules(gone["queue"]),
    ]


def stranded() -> list[str]:
    """A sentence for each site with open work that is not part of the practice."""
    known = set(queries.practice_now().sites)
    named = {
        *Lead.objects.filter(OPEN_LEAD).values_list("site", flat=True),
        *Task.objects.filter(OPEN_TASK).values_list("site", flat=True),
    }
    return [f"site {slug} is not there and has {work}" for slug, work in _at_sites(named - known)]


def _at_sites(slugs: set[str]) -> Iterator[tuple[str, str]]:
    return _work(slugs, _counts(Lead, OPEN_LEAD, "site"), _counts(Task, OPEN_TASK, "site"))


def _in_queues(slugs: set[str]) -> Iterator[tuple[str, str]]:
    queue = "owner_queue__slug"
    return _work(slugs, _counts(Lead, OPEN_LEAD, queue), _counts(Task, OPEN_TASK, queue))


def _counts(model: type[Model], still_open: Q, by: str) -> dict[str, int]:
    rows = model._default_manager.filter(still_open).values_list(by).annotate(n=Count("pk")).order_by()
    return dict(rows)


def _work(slugs: set[str], leads: dict[str, int], tasks: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Each slug with work in words. A lead brings tasks of its own; only without one are they told."""
    for slug in sorted(slugs):
        if count := leads.get(slug):
            yield slug, f"{count} open lead{'s' if count > 1 else ''}"
        elif count := tasks.get(slug):
            yield slug, f"{count} open task{'s' if count > 1 else ''}"


def _named_by_rules(slugs: set[str]) -> Iterator[str]:
    routing = queries.live_policy().section(Routing)
    named = {route.queue for route in routing.routes} | {routing.fallback_queue}
    for slug in sorted(slugs & named):
        yield f"queue {slug} is named by the live rules (routing): change the rules first or keep the queue"
