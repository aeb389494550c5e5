"""Import: a file of leads from its upload to the last row, and what came back to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstvisit.journey.importing import report, verbs
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.steps.intake import imports as files
from firstvisit.steps.intake.file.mapping import Mapping as Meant
from firstvisit.steps.intake.file.mapping import draft, from_json, not_said
from firstvisit.steps.intake.file.table import DELIMITERS, Table, padded, read_table
from firstvisit.steps.intake.file.targets import targets
from firstvisit.steps.intake.models import ImportRun
from firstvisit.steps.qualify.rules import OUTCOMES
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

Status = ImportRun.Status
SHOWN_RUNS: Final = 30
SHOWN_ROWS: Final = 3
SHOWN_LEADS: Final = 60
ORDER_WORDS: Final = {"": "Choose", "mdy": "month first", "dmy": "day first", "ymd": "year first"}

ENCODINGS: Final = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16", "latin-1": "Latin-1"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file on the mapping page."""

    number: int
    heading: str
    cells: tuple[str, ...]
    target: str
    is_date: bool
    order: str
    problem: str


@require_http_methods(["GET", "POST"])
@screen("leads.import")
def imports(request: HttpRequest) -> HttpResponse:
    """The files of late, and a form to send another."""
    problem, status = "", 200
    if request.method == "POST":
        sent = request.FILES.get("file")
        try:
            if sent is None:
                raise BadInput([Problem("file", "Choose a file first.")])
            run = verbs.upload(sent.read(), name=sent.name or "", by=staff(request), actor=actor_of(request))
            return HttpResponseRedirect(reverse("import", args=[run.id]), status=303)
        except BadInput as bad:
            problem, status = bad.problems[0].message, 422
    runs = ImportRun.objects.select_related("key", "made_by").order_by("-made_at")[:SHOWN_RUNS]
    site = site_of(request, staff(request))
    lines = [
        (run, files.name_of(run), words.moment(run.made_at, site.tz, clock.now()), verbs.told(run.counts))
        for run in runs
    ]
    return render(request, "staff/imports/imports.html", {"lines": lines, "problem": problem}, status=status)


@require_GET
@screen("leads.import")
def one(request: HttpRequest, run: UUID) -> HttpResponse:
    """One file, as far as it is."""
    return _page(request, _run(run))


@require_GET
@screen("leads.import")
def progress(request: HttpRequest, run: UUID) -> HttpResponse:
    """The line that follows a check or an import; 205 once there is something else to see."""
    found = _run(run)
    if found.status not in (Status.CHECKING, Status.IMPORTING):
        return HttpResponse(status=205)
    return render(request, "staff/imports/progress.html", _progress(found))


@require_POST
@screen("leads.import")
def verb(request: HttpRequest, run: UUID, verb: str) -> HttpResponse:
    """Name the columns, start, stop, go on, forget."""
    found, user, actor = _run(run), staff(request), actor_of(request)
    try:
        if verb == "map":
            stated = _stated(request, found)
            verbs.settle_mapping(found, stated, by=user)
            verbs.send_on(found)
        elif verb in ("start", "go-on"):
            new_today, _ = verbs.AGES.get(request.POST.get("age", ""), (None, ""))
            again = found.started_at is not None or "again" in request.POST
            verbs.begin(found, by=user, actor=actor, again=again, new_today=new_today)
            verbs.send_on(found)
        elif verb == "stop":
            verbs.stop(found, by=user, actor=actor)
        elif verb == "rename":
            verbs.unsettle(found, by=user)
        elif verb == "forget":
            if found.status in (Status.CHECKING, Status.IMPORTING):
                raise Conflict("the file is being worked on; stop it first")
            files.forget(found, actor=actor, at=clock.now())
        else:
            raise NotAllowed(verb)
    except BadInput as bad:
        typed = _stated(request, found) if verb == "map" else None
        return _page(request, _run(run), stated=typed, problems=bad.problems, status=422)
    except Conflict as error:
        return _page(request, _run(run), said=str(error), status=409)
    return HttpResponseRedirect(reverse("import", args=[found.id]), status=303)


@require_GET
@screen("leads.import")
def report_file(request: HttpRequest, run: UUID) -> HttpResponse:
    """Row, what became of it, column and what to enter; names nobody."""
    return _download(report.lines(_run(run)), "import-report.csv")


@require_GET
@screen("leads.import")
def refused_file(request: HttpRequest, run: UUID) -> HttpResponse:
    """The refused rows as they came, for who may see identities."""
    return _download(report.to_mend(_run(run), by=staff(request), actor=actor_of(request)), "refused-rows.csv")


def _download(lines: Iterator[bytes], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _run(run: UUID) -> ImportRun:
    # Without its document: a page that follows a large file would fetch the whole of it every few seconds.
    return get_object_or_404(ImportRun.objects.select_related("key", "made_by"), id=run)


def _page(
    request: HttpRequest,
    run: ImportRun,
    *,
    stated: Mapping[str, Any] | None = None,
    problems: list[Problem] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    site = site_of(request, staff(request))
    values: dict[str, Any] = {
        "run": run,
        "name": files.name_of(run),
        "made": words.moment(run.made_at, site.tz, clock.now()),
        "told": verbs.told(run.counts),
        "said": said[:1].upper() + said[1:],
        "forgotten": run.key.wrapped is None,
        "sees": staff(request).may("identity.see"),
        **_progress(run),
    }
    if run.status == Status.MAPPING and run.key.wrapped is not None:
        audit.note(actor_of(request), "viewed", "import", [run.id])
        values |= _mapping(request, run, stated, problems)
    if run.status in (Status.CHECKED, Status.IMPORTING, Status.DONE, Status.STOPPED):
        found = run.checked.get("outcomes", {})
        values |= _ages(run, problems)
        values["outcomes"] = [(OUTCOMES.get(outcome, outcome), count) for outcome, count in found.items()]
    if run.started_at is None and (before := verbs.repeats(run)) is not None:
        values["repeats"] = before
        values["before"] = words.moment(before.made_at, site.tz, clock.now()), verbs.told(before.counts)
    if run.started_at is not None:
        values["leads"] = report.leads_of(run, most=SHOWN_LEADS)
        values["more_leads"] = run.counts.get("opened", 0) + run.counts.get("joined", 0) > SHOWN_LEADS
    return render(request, "staff/imports/import.html", values, status=status)


def _ages(run: ImportRun, problems: list[Problem] | None) -> dict[str, Any]:
    """What can be said of the people of a checked file, each with what follows; of one that has begun, what was."""
    said = [
        (value, label, [*verbs.told_clocks(run.checked, new_today=new), verbs.told_letters(run.checked, new_today=new)])
        for value, (new, label) in verbs.AGES.items()
        if run.new_today in (None, new)
    ]
    return {"ages": said, "age_wrong": next((one.message for one in problems or () if one.field == "age"), "")}


def _mapping(
    request: HttpRequest, run: ImportRun, stated: Mapping[str, Any] | None, problems: list[Problem] | None
) -> dict[str, Any]:
    """The columns with their first cells, what each means, and what is still wrong."""
    table = read_table(files.file_of(run))
    if stated is None:
        mapping = from_json(run.mapping) if run.mapping else draft(table, {})[0]
        found = draft(table, {"columns": mapping.columns, "dates": mapping.dates})[1]
    else:
        mapping, found = draft(table, stated)
        found = problems or found
    sees = staff(request).may("identity.see")
    rows = [padded(row, len(table.headings)) for row in islice(table.rows(), SHOWN_ROWS) if not row.fault]
    said = {problem.field: problem.message for problem in found}
    return {
        "columns": _columns(table, mapping, rows if sees else [], said),
        "targets": [(target.name, target.label) for target in targets().values()],
        "orders": ORDER_WORDS,
        "problems": [
            (_anchor(table, problem.field), problem.message)
            for problem in found
        ],
        "written": f"{ENCODINGS.get(table.encoding, table.encoding)}, cells apart by a {DELIMITERS[table.delimiter]}",
        "not_said": not_said(mapping),
        "tried": stated is not None,
    }


def _columns(
    table: Table, mapping: Meant, rows: list[tuple[str, ...]], said: Mapping[str, str]
) -> list[Column]:
    known = targets()
    found = []
    for number, heading in enumerate(table.headings):
        target = mapping.columns.get(heading, "")
        is_date = target in known and known[target].kind in ("date", "moment")
        problem = said.get(f"columns.{heading}") or said.get(f"dates.{heading}") or ""
        cells = tuple(row[number][:60] for row in rows)
        order = mapping.dates.get(heading, "")
        found.append(Column(number, heading, cells, target, is_date, order, problem))
    return found


def _anchor(table: Table, field: str) -> str:
    """The id of the control that a problem is about."""
    part, _, heading = field.partition(".")
    if heading in table.headings:
        return f"{'d' if part == 'dates' else 'c'}-{table.headings.index(heading)}"
    return "main"


def _stated(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """What was chosen on the mapping page, by headings."""
    headings = read_table(files.file_of(run)).headings
    orders = {heading: request.POST.get(f"d-{n}", "") for n, heading in enumerate(headings)}
    return {
        "columns": {heading: request.POST.get(f"c-{n}", "") for n, heading in enumerate(headings)},
        "dates": {heading: order for heading, order in orders.items() if order},
    }


def _progress(run: ImportRun) -> dict[str, Any]:
    checking = run.status == Status.CHECKING
    at = run.checked.get("row", 0) if checking else run.position
    return {
        "run": run,
        "at": max(0, at - 1),
        "rows": run.rows,
        "doing": "Checked" if checking else "In",
        "told": verbs.told(run.counts),
    }
