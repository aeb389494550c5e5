"""From the bytes of a CSV file to its rows, whatever wrote it. Pure.

What cannot be read is refused by its row, and the rows around it stay whole: a quote that is never closed swallows
nothing but its own line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from firstvisit.kernel.errors import BadInput, Problem

MOST_BYTES: Final = 200 * 2**20
LONGEST_ROW: Final = 60_000
"""Characters of a row; the fields of a record have their own, lower limits."""
MOST_LINES: Final = 200
"""Lines that one row may run over, in quotes."""
MOST_COLUMNS: Final = 90
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_LOOKED_AT: Final = 50
_NOT_TEXT: Final = re.compile("[\udc80-\udcff]")
_OTHER_FILES: Final = {
    b"PK\x03\x04": "an Excel or OpenDocument file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "a text document",
}
_SAVE_AS: Final = "Open it in the program that made it and save it as “CSV UTF-8”."


class Row(NamedTuple):
    """One row: `number` as a spreadsheet shows it (the headings are row 1), `line` where it begins in the file.

    `cells` are as many as there are headings. `fault` says in a sentence why it cannot be read; then `cells` may be
    short of some.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: its text, how it is written, and its headings."""

    text: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """The rows below the headings, without empty ones, in the order of the file."""
        found = _records(self.text, self.delimiter)
        next(found)
        return map(self._checked, found)

    def _checked(self, row: Row) -> Row:
        if row.fault:
            return row
        wanted = len(self.headings)
        if len(row.cells) > wanted and any(cell.strip() for cell in row.cells[wanted:]):
            return row._replace(
                fault=f"This row has {len(row.cells)} cells and there are {wanted} headings; put quotes around the "
                f"cell that has a {DELIMITERS.get(self.delimiter, 'delimiter')} in it."
            )
        if len(row.cells) < wanted:
            return row._replace(
                fault=f"This row has {len(row.cells)} cells and there are {wanted} headings: it is cut off, or a cell "
                "has a line break and no quotes around it."
            )
        text = "".join(row.cells)
        if not text.isascii() and _NOT_TEXT.search(text):
            return row._replace(
                fault=f"This row is written in another encoding than the file, which is {self.encoding}; "
                "type its accented letters again and save the file as “CSV UTF-8”."
            )
        if "\x00" in text:
            return row._replace(fault="This row has a NUL character in it; delete the cell and type it again.")
        return row


def read_table(body: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """Find out how a file is written and read its headings. `encoding` and `delimiter` where somebody said so.

    BadInput, with the field "file", for what is no CSV file, is empty, or has headings that cannot be used.
    """
    text, used = _decoded(body, encoding)
    if not text.strip("\n\t ,;|\x00"):
        _refuse("The file is empty; export it again.")
    mark = delimiter or _delimiter(text)
    first = next(_records(text, mark), None)
    if first is None:
        raise BadInput([Problem("file", "The file is empty; export it again.")])
    if first.fault:
        _refuse(f"The headings cannot be read. {first.fault}")
    headings = tuple(" ".join(cell.split()) for cell in _without_empty_end(first.cells))
    if len(headings) < 2:
        _refuse(
            "Only one column was found. Separate the columns by commas, semicolons, tabs or vertical bars, with the "
            "headings in the first row."
        )
    if len(headings) > MOST_COLUMNS:
        _refuse(f"There are {len(headings)} columns; at most {MOST_COLUMNS} can be read.")
    if "\x00" in "".join(headings) or _NOT_TEXT.search("".join(headings)):
        _refuse(f"The headings have characters that are no text. {_SAVE_AS}")
    return Table(text, used, mark, headings)


def padded(row: Row, columns: int) -> tuple[str, ...]:
    """The row's cells, exactly as many as there are columns."""
    return (row.cells + ("",) * columns)[:columns]


def _refuse(sentence: str) -> None:
    raise BadInput([Problem("file", sentence)])


def _decoded(body: bytes, stated: str) -> tuple[str, str]:
    """The text with "\\n" as line end, and the encoding's name. Bytes that are no text become lone surrogates.

    One encoding for the whole file: UTF-8 wherever a single accented letter proves it; only a file without any
    such letter is read as Windows text (cp1252), where every byte but five means something.
    """
    for begins, what in _OTHER_FILES.items():
        if body.startswith(begins):
            _refuse(f"This is {what}, not a CSV file. {_SAVE_AS}")
    if len(body) > MOST_BYTES:
        _refuse(f"The file is larger than {MOST_BYTES // 2**20} MB; split it.")
    name = stated
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif not name and body[:2000].count(b"\x00") * 4 > len(body[:2000]):
        _refuse(f"The file is not written in bytes of text (it may be UTF-16 without a mark). {_SAVE_AS}")
    if name in ("", "utf-8"):
        text = body.decode("utf-8-sig", "surrogateescape")
        if not name and not text.isascii() and not _says_utf8(text):
            name, text = "cp1252", body.decode("cp1252", "surrogateescape")
        name = name or "utf-8"
    else:
        try:
            text = body.decode(name, "surrogateescape" if name == "cp1252" else "strict")
        except (UnicodeDecodeError, LookupError):
            _refuse(f"The file is not written in {name}. {_SAVE_AS}")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), name


def _says_utf8(text: str) -> bool:
    """Whether any letter beyond ASCII was read as UTF-8, or nothing in the file fails as UTF-8."""
    return not _NOT_TEXT.search(text) or any(
        ord(letter) > 127 and not 0xDC80 <= ord(letter) <= 0xDCFF for letter in re.findall("[^\x00-\x7f]", text)
    )


def _delimiter(text: str) -> str:
    """The mark that cuts the headings into most columns, if the first rows agree with it."""
    best, most = ",", (0, 0)
    for mark in DELIMITERS:
        found: list[int] = []
        for record in _records(text, mark):
            if not record.fault:
                found.append(len(_without_empty_end(record.cells)) if not found else len(record.cells))
            if len(found) >= _LOOKED_AT:
                break
        if not found or found[0] < 2:
            continue
        agreeing = sum(1 for count in found[1:] if count >= found[0])
        if (agreeing, found[0]) > most:
            best, most = mark, (agreeing, found[0])
        elif most == (0, 0):
            best = mark
    return best


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _records(text: str, delimiter: str) -> Iterator[Row]:
    """Every record of the file, empty ones left out but counted, as a spreadsheet counts them."""
    number, at, line, size = 0, 0, 1, len(text)
    quoted = _quoted(delimiter)
    while at < size:
        end = text.find("\n", at)
        end = size if end < 0 else end
        number += 1
        begins, one = line, text[at:end]
        at, line = end + 1, line + 1
        if len(one) > LONGEST_ROW:
            yield Row(number, begins, (), f"This row is longer than {LONGEST_ROW:,} characters; shorten it.")
            continue
        if '"' not in one:
            if one and not one.isspace():
                cells = tuple(one.split(delimiter))
                if any(cells):
                    yield Row(number, begins, cells)
            continue
        cut, open_quote = _cut(one, delimiter, quoted)
        ahead, lines = at, 1
        while open_quote and ahead < size and lines < MOST_LINES and len(one) <= LONGEST_ROW:
            end = text.find("\n", ahead)
            end = size if end < 0 else end
            more = text[ahead:end]
            one, ahead, lines = f"{one}\n{more}", end + 1, lines + 1
            if '"' in more:
                cut, open_quote = _cut(one, delimiter, quoted)
        if cut is None:
            # Only its first line is given up: whoever forgot a quote did not mean the rows that follow.
            yield Row(number, begins, (), _OPEN if open_quote or lines > 1 else _CLOSES)
            continue
        at, line = ahead, begins + lines
        if any(cell.strip() for cell in cut):
            yield Row(number, begins, cut)


_OPEN: Final = "A quote in this row is opened and never closed; close it, or write it twice to mean itself."
_CLOSES: Final = "A quote in this row closes in the middle of a cell; write quotes inside a cell twice."


def _quoted(delimiter: str) -> re.Pattern[str]:
    """A cell in quotes and what ends it."""
    return re.compile(f' *"([^"]*(?:""[^"]*)*)" *({re.escape(delimiter)}|\\Z)')


_CLOSED: Final = re.compile('"[^"]*(?:""[^"]*)*"(?!")')


def _cut(text: str, delimiter: str, quoted: re.Pattern[str]) -> tuple[tuple[str, ...] | None, bool]:
    """The cells, and whether a quote is still open at the end. None when a quote closes inside a cell."""
    cells: list[str] = []
    at, size = 0, len(text)
    while True:
        start = at
        while start < size and text[start] == " ":
            start += 1
        if start < size and text[start] == '"':
            found = quoted.match(text, at)
            if found is None:
                return None, _CLOSED.match(text, start) is None
            cells.append(found[1].replace('""', '"'))
            at = found.end()
            if not found[2]:
                return tuple(cells), False
        else:
            end = text.find(delimiter, at)
            if end < 0:
                cells.append(text[at:])
                return tuple(cells), False
            cells.append(text[at:end])
            at = end + 1

