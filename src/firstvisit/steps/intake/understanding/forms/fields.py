"""A page's fields: each label with its value, and whose it is. Pure."""

from __future__ import annotations

from firstvisit.steps.intake.understanding.forms import tables
from firstvisit.steps.intake.understanding.forms.answers import without_answers
from firstvisit.steps.intake.understanding.forms.beside import value_of, values_stand_across
from firstvisit.steps.intake.understanding.forms.blocks import blocks, offices
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.lines import Lines
from firstvisit.steps.intake.understanding.forms.owners import owned
from firstvisit.steps.intake.understanding.forms.pieces import pieces_of
from firstvisit.steps.intake.understanding.forms.sections import is_heading, sections
from firstvisit.steps.intake.understanding.forms.under import labels_stand_under
from firstvisit.steps.intake.understanding.layout import Run, Sheet


def fields_of(sheet: Sheet) -> tuple[list[Field], list[Run]]:
    """The labelled fields of a page, and the runs that no label took."""
    page = Lines(sheet, without_answers(pieces_of(sheet), sheet.wide))
    page.blocks = blocks(page)
    page.sections = sections(page)
    page.under = labels_stand_under(page)
    page.across = values_stand_across(page)
    fields: list[Field] = _tables(page)
    for number, line in enumerate(page.lines):
        for place, piece in enumerate(line):
            if piece.key is None or piece.at is None or id(piece) in page.taken:
                continue
            if is_heading(page, piece):
                continue
            value = value_of(page, number, place, piece)
            boxes = any(run.ticked is not None for run in value)
            kept = tuple(run for run in value if run.words and run.ticked is not False)
            fields.append(
                Field(
                    piece.key,
                    piece.label,
                    piece.near,
                    kept,
                    "",
                    piece.at,
                    page.sheet.page.number,
                    boxes,
                    piece.colon,
                )
            )
    fields += offices(page)
    rest = [
        piece.run
        for line in page.lines
        for piece in line
        if piece.key is None and id(piece) not in page.taken and piece.run.words
    ]
    return owned(page, fields), rest


def _tables(page: Lines) -> list[Field]:
    """The fields of a table of patients, if the page has one."""
    for table in (tables.rows, tables.columns):
        patients, taken = table(page.lines)
        if patients:
            page.taken |= taken
            return [
                Field(cell.key, cell.label, 1.0, (cell.run,), "", cell.at, page.sheet.page.number, of=number)
                for number, cells in enumerate(patients)
                for cell in cells
            ]
    return []
