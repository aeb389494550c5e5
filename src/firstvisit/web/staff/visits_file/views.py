"""An EMR's export of visits, sent by hand: what each row would do, then noted on a press."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from firstvisit.journey.booking import end_file
from firstvisit.journey.booking.end_rows import RowBecame
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.booking.ends import WORDS
from firstvisit.steps.booking.ends.rows import COLUMNS, guessed
from firstvisit.steps.intake.file.table import read_table
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui.words import Sign

ORDER: Final = ("noted", "unsure", "unread", "known", "nothing")
SIGNS: Final[dict[str, tuple[Sign, Sign]]] = {
    "noted": (Sign("yes", "will be noted"), Sign("yes", "noted")),
    "unsure": (Sign("late", "for the Inbox"), Sign("late", "in the Inbox")),
    "unread": (Sign("no", "cannot be read"), Sign("no", "could not be read")),
    "known": (Sign("", "known already"), Sign("", "known already")),
    "nothing": (Sign("", "nothing of ours"), Sign("", "nothing of ours")),
}
"""What becomes of a row, before and after the press."""
SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words."""

    row: int
    what: str
    sign: Sign
    code: str
    why: str


@require_http_methods(["GET", "POST"])
@screen(end_file.CAPABILITY)
def visits_file(request: HttpRequest) -> HttpResponse:
    """Send a file, look at what it would do, press."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            context = _noted(request) if "kept" in request.POST else _looked(request)
        except BadInput as bad:
            context, status = {"problem": " ".join(each.message for each in bad.problems), **_columns(request)}, 422
    return render(request, "staff/visits_file/visits_file.html", context, status=status)


def _looked(request: HttpRequest) -> dict[str, Any]:
    sent = request.FILES.get("file")
    if sent is None:
        raise BadInput([Problem("file", "Choose a file first.")])
    if (sent.size or 0) > end_file.MOST_BYTES:
        raise BadInput([Problem("file", f"The file is larger than {end_file.MOST_BYTES // 2**20} MB.")])
    rows, kept = end_file.look(
        sent.read(), sent.name or "", _mapping(request), by=staff(request), actor=actor_of(request), now=clock.now()
    )
    return {**_shown(request, rows, done=False), "kept": kept, "name": sent.name}


def _noted(request: HttpRequest) -> dict[str, Any]:
    rows = end_file.note(request.POST["kept"], by=staff(request), actor=actor_of(request), now=clock.now())
    return _shown(request, rows, done=True)


def _mapping(request: HttpRequest) -> dict[str, str] | None:
    """Heading to meaning, where the person said which column is which: of the others nothing is guessed."""
    said = {means: request.POST.get(f"column.{means}", "").strip() for means in COLUMNS}
    if not any(said.values()):
        return None
    return {heading: means for means, heading in said.items() if heading}


def _columns(request: HttpRequest) -> dict[str, Any]:
    """The headings of a file that was not understood, so that a person says which column is which."""
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > end_file.MOST_BYTES:
        return {}
    sent.seek(0)
    try:
        headings = read_table(sent.read()).headings
    except BadInput:
        return {}
    seems = guessed(headings)
    said = {means: request.POST.get(f"column.{means}", seems.get(means, "")) for means in COLUMNS}
    return {
        "headings": headings,
        "columns": [(means, words, said[means]) for means, words in COLUMNS.items()],
    }


def _how(row: RowBecame) -> str:
    """What became of a row; one that cannot be read goes nowhere: it is mended in the file."""
    return row.became.how if row.what else "unread"


def _shown(request: HttpRequest, rows: list[RowBecame], *, done: bool) -> dict[str, Any]:
    counts = Counter(map(_how, rows))
    first = sorted(rows, key=lambda row: (ORDER.index(_how(row)), row.row))
    leads = [row.became.lead.id for row in first[:SHOWN] if row.became.lead is not None]
    audit.note(actor_of(request), "viewed", "visits file", leads)
    return {
        "lines": [
            Line(
                row.row, WORDS.get(row.what, ""), SIGNS[_how(row)][done], row.became.code or "",
                row.became.why if _how(row) in ("unsure", "unread", "nothing") else "",
            )
            for row in first[:SHOWN]
        ],
        "counts": [(SIGNS[how][done].word, counts[how]) for how in ORDER],
        "more": max(0, len(rows) - SHOWN),
        "total": len(rows),
        "acts": counts["noted"] + counts["unsure"],
        "done": done,
    }  # fmt: skip
