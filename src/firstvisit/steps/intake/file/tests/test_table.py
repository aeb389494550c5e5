"""Files as programs and people really write them: what can be read is, what cannot is refused by its row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.file.table import DELIMITERS, Row, read_table


def rows(body: bytes) -> list[Row]:
    return list(read_table(body).rows())


def refusal(body: bytes) -> str:
    with pytest.raises(BadInput) as bad:
        read_table(body)
    assert [problem.field for problem in bad.value.problems] == ["file"]
    return bad.value.problems[0].message


@pytest.mark.parametrize("mark", list(DELIMITERS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_delimiter_and_an_encoding_are_found_out(mark: str, encoding: str) -> None:
    text = f"Name{mark}Note\nJosé{mark}1, 2; 3\n" if mark not in ",;" else f"Name{mark}Note\nJosé{mark}1\n"
    table = read_table(text.encode(encoding))
    assert (table.delimiter, table.headings) == (mark, ("Name", "Note"))
    assert next(iter(table.rows())).cells[0] == "José"


def test_windows_text_is_read_as_such_when_nothing_says_utf8() -> None:
    assert read_table("a,b\nPeña,1\n".encode("cp1252")).encoding == "cp1252"


def test_a_row_in_another_encoding_than_the_file_is_refused_alone() -> None:
    body = "a,b\nJosé,1\n".encode() + "Peña,2\n".encode("cp1252") + b"Kim,3\n"
    assert [(row.number, bool(row.fault)) for row in rows(body)] == [(2, False), (3, True), (4, False)]
    assert "another encoding" in rows(body)[1].fault


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    found = rows(b'a,b\n"open,1\nx,2\ny,3\n')
    assert [(row.number, row.cells) for row in found] == [(2, ()), (3, ("x", "2")), (4, ("y", "3"))]
    assert "never closed" in found[0].fault


def test_line_breaks_and_doubled_quotes_inside_quotes_belong_to_the_cell() -> None:
    [row, after] = rows(b'a,b\n"one\ntwo, ""three""",1\nx,2\n')
    assert row.cells == ('one\ntwo, "three"', "1")
    assert (after.number, after.line) == (3, 4)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"1,2,3", "3 cells and there are 2 headings"),
        (b"1", "1 cells and there are 2 headings"),
        (b"1,a\x00b", "NUL"),
        (b'"a"b,1', "closes in the middle"),
        (b"x" * 70_000 + b",1", "longer than"),
    ],
)
def test_rows_that_cannot_be_read_are_refused_by_name(line: bytes, said: str) -> None:
    first, second = rows(b"a,b\n" + line + b"\nx,2\n")
    assert said in first.fault and first.number == 2
    assert second.cells == ("x", "2")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"only\none\n", "Only one column"),
        (b"PK\x03\x04zip", "Excel"),
        (b"%PDF-1.7", "PDF"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16"),
    ],
)
def test_what_is_no_csv_file_is_refused_with_what_to_do(body: bytes, said: str) -> None:
    assert said in refusal(body)


def test_empty_rows_count_as_a_spreadsheet_counts_them() -> None:
    assert [row.number for row in rows(b"a,b\n\n1,2\n,\n3,4\n")] == [3, 5]


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n",;| '), max_size=20)


@settings(deadline=None)
@given(st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=8))
def test_whatever_a_csv_writer_writes_is_read_back(cells: list[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *cells])
    table = read_table(text.getvalue().encode(), delimiter=",")
    kept = [row for row in cells if any(cell.strip() for cell in row)]
    assert [row.cells for row in table.rows()] == kept


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(body: bytes) -> None:
    try:
        found = rows(body)
    except BadInput:
        return
    assert all(row.number >= 2 for row in found)
