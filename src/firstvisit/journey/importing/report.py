"""What became of the rows of a run, as files: a report that names nobody, and the refused rows to mend."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from firstvisit.journey.importing.verbs import CAPABILITY, Checked
from firstvisit.kernel import audit
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.leads.queries import code
from firstvisit.practice.models import User
from firstvisit.steps.intake import imports
from firstvisit.steps.intake.file.mapping import from_json
from firstvisit.steps.intake.file.table import padded, read_table
from firstvisit.steps.intake.models import ImportRow, ImportRun

ENDS = {
    "ready": "would come in",
    "opened": "opened a lead",
    "joined": "joined an open lead",
    "repeated": "in already",
    "refused": "refused",
}
MEND = "What to mend"


def lines(run: ImportRun) -> Iterator[bytes]:
    """The report as CSV: row, line, what became of it, the lead's code, column and what to enter. It repeats
    nothing of any row; a heading that a spreadsheet would take for a formula is made harmless."""
    yield HEADINGS
    rows = ImportRow.objects.filter(run=run).select_related("lead").order_by("number")
    for row in rows.iterator(chunk_size=2000):
        lead = code(row.lead.number) if row.lead is not None else ""
        yield from _lines_of(row.number, row.line, row.end, lead, row.problems)


def checked_lines(row: Checked) -> bytes:
    """The lines of a row that was only checked, in the same report, below `HEADINGS`."""
    return b"".join(_lines_of(row.number, row.line, row.end, "", row.problems))


def _lines_of(
    number: int, line: int, end: str, lead: str, problems: Iterable[tuple[str, str]]
) -> Iterator[bytes]:
    for column, sentence in problems or [("", "")]:
        yield _line([str(number), str(line), ENDS[end], lead, column, sentence])


def leads_of(run: ImportRun, *, most: int) -> list[str]:
    """Codes of the leads that rows opened or joined, each once, in the order of the file; at most so many."""
    rows = ImportRow.objects.filter(run=run, lead__isnull=False).order_by("number")
    return [code(number) for number in dict.fromkeys(rows.values_list("lead__number", flat=True)[:most])]


def to_mend(run: ImportRun, *, by: User | None, actor: Actor) -> Iterator[bytes]:
    """The refused rows as they came, with the headings and what to mend, in UTF-8 with commas.

    Who asks is noted. NotAllowed without the right to import and to see identities; Conflict once the file was
    forgotten.
    """
    if by is not None and not (by.may(CAPABILITY) and by.may("identity.see")):
        raise NotAllowed("identity.see")
    if run.key.wrapped is None:
        raise Conflict("the file was forgotten; its refused rows cannot be given back")
    audit.note(actor, "refused_rows_taken", "import", [run.id])
    refused = ImportRow.objects.filter(run=run, end="refused").iterator(chunk_size=2000)
    return _to_mend(run, {row.number: row.problems for row in refused})


def checked_to_mend(
    run: ImportRun, refused: Mapping[int, Iterable[tuple[str, str]]], *, actor: Actor
) -> Iterator[bytes]:
    """The rows that a check would refuse, as `to_mend`: `refused` are the problems of each, by its number."""
    audit.note(actor, "refused_rows_taken", "import", [run.id])
    return _to_mend(run, refused)


def _to_mend(run: ImportRun, refused: Mapping[int, Iterable[tuple[str, str]]]) -> Iterator[bytes]:
    mapping = from_json(run.mapping)
    table = read_table(imports.file_of(run), encoding=mapping.encoding, delimiter=mapping.delimiter)
    why = {
        number: "; ".join(f"{column}: {sentence}" for column, sentence in problems)
        for number, problems in refused.items()
    }
    written = table.text.split("\n")
    yield "\ufeff".encode() + _line([MEND, *table.headings])
    for row in table.rows():
        if row.number in why:
            cells = padded(row, len(table.headings)) if row.cells else tuple(islice(written, row.line - 1, row.line))
            yield _line([why[row.number], *cells])


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would be a formula (OWASP, CSV injection), also behind
    space, for some cut it off. The import reads it without the apostrophe."""
    risky = cell[:1] in ("\t", "\r", "\n") or cell.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    return f"'{cell}" if risky else cell


HEADINGS = "\ufeff".encode() + _line(["Row", "Line", "What became of it", "Lead", "Column", "What to enter"])
"""The first line of a report."""
