"""What a draft would change, before anybody signs it: counts, leads to look at, and the same by group."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey.preview import DAYS, preview
from firstvisit.journey.preview.tally import GROUPED_BY, SMALLEST, Tally
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads import scope
from firstvisit.practice.models import PolicyVersion, User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.web.staff.rules.choosing import LEAD_KINDS
from firstvisit.web.staff.rules.tree import words_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words

SHOWN: Final = 6
"""Examples of one kind."""
FOUR_FIFTHS: Final = 0.8
KINDS: Final = {
    "owner": "another owner",
    "sooner": "due sooner",
    "later": "due later",
    "ruled": "the rules would say otherwise; a person\u2019s ruling stands",
}


@require_GET
@screen("practice.see")
def rules_preview(request: HttpRequest, number: int) -> HttpResponse:
    """Judge open leads and the last 90 days once more with a draft. Writes nothing."""
    version = PolicyVersion.objects.filter(number=number).first()
    user = staff(request)
    if version is None or not (user.may("practice.edit") or user.may("rules.sign")):
        raise NotAllowed("practice.edit")
    found = preview(version.sections, now=clock.now())
    counts = found.tally
    context = {
        "version": version,
        "counts": counts,
        "days": DAYS,
        "seconds": f"{found.seconds:.1f}",
        "closed": counts.leads - counts.open,
        "table": _table(counts),
        "examples": _examples(counts, user),
        "groups": _groups(counts, practice()),
        "smallest": SMALLEST,
        "outcome_changes": sum(n for (was, will), n in counts.moves.items() if was != will),
    }
    return render(request, "staff/rules/preview.html", context)


def _table(counts: Tally) -> list[dict[str, Any]]:
    """What becomes what, changes first, then what stays; the numbers add up to all leads."""
    moves = sorted(counts.moves.items(), key=lambda move: (move[0][0] == move[0][1], *map(_place, move[0])))
    return [
        {
            "was": OUTCOMES.get(was, was),
            "will": OUTCOMES.get(will, will),
            "n": n,
            "same": was == will,
            "id": f"{was}-{will}",
        }
        for (was, will), n in moves
    ]


def _place(outcome: str) -> int:
    known = list(OUTCOMES)
    return known.index(outcome) if outcome in known else len(known)


def _examples(counts: Tally, user: User) -> list[dict[str, Any]]:
    """Leads to look at, as codes, of those that the person may open."""
    numbers = {number for kind in counts.examples.values() for number in kind}
    mine = set(scope.leads_for(user).filter(number__in=numbers).values_list("number", flat=True))
    found: list[dict[str, Any]] = []
    for kind, leads in counts.examples.items():
        was, moved, will = kind.partition(">")
        title = f"{_short(was)} becomes {_short(will)}" if moved else KINDS[kind]
        shown = [number for number in leads if number in mine][:SHOWN]
        total = counts.moves[was, will] if moved else getattr(counts, kind)
        found.append(
            {
                "id": kind.replace(">", "-"),
                "title": title[:1].upper() + title[1:],
                "leads": [(f"L-{number}", reverse("lead", args=[f"L-{number}"])) for number in shown],
                "more": total - len(shown) if shown else 0,
            }
        )
    return sorted(found, key=lambda one: (">" not in one["id"], one["title"]))


def _short(outcome: str) -> str:
    return f"\u201c{OUTCOMES.get(outcome, outcome).rstrip('.')}\u201d"


def _groups(counts: Tally, shape: Practice) -> list[dict[str, Any]]:
    """For each way to group: the groups of eleven people or more, the share that books, and it against the best."""
    found = []
    for by, title in GROUPED_BY.items():
        groups = {name: n for (kind, name), n in counts.groups.items() if kind == by}
        shown = {name: n for name, n in groups.items() if n[0] >= SMALLEST}
        best = max((n[3] / n[0] for n in shown.values()), default=0)
        rows = []
        for name, (n, changed, before, after) in sorted(shown.items(), key=lambda one: -one[1][0]):
            ratio = (after / n) / best if best else 1.0
            rows.append(
                {
                    "name": _called(by, name, shape),
                    "n": n,
                    "changed": changed,
                    "before": round(100 * before / n),
                    "after": round(100 * after / n),
                    "of_best": f"{ratio:.2f}",
                    "low": ratio < FOUR_FIFTHS,
                }
            )
        found.append({"title": title, "rows": rows, "few": len(groups) - len(shown)})
    return found


def _called(by: str, name: str, shape: Practice) -> str:
    if not name:
        return "not stated"
    if by == "site" and name in shape.sites:
        return shape.sites[name].name
    if by == "program" and name in shape.programs:
        return shape.programs[name].name
    if by == "payer_kind":
        return words.PAYER_KINDS.get(name, words_of(name))
    return LEAD_KINDS.get(name, words_of(name))
