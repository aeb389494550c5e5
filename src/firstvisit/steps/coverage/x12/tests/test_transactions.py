"""Whatever a sender does to its envelopes, its transactions are read, and what is wrong with them is said."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.steps.coverage.x12 import text
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261122*0900*^*00501*000000001*0*P*:~"
BODY = "ST*271*0001*005010X279A1~BHT*0022*11*1*20261122*0900~HL*1**20*1~NM1*PR*2*INVENTED*****PI*1~SE*5*0001~"
WHOLE = f"{ISA}GS*HB*PAYER*CLINIC*20261122*0900*7*X*005010X279A1~{BODY}GE*1*7~IEA*1*000000001~"


def read(data: str | bytes) -> tuple[list[Transaction], list[str]]:
    """The transactions and every fault that is said, theirs and the envelopes'."""
    found = list(transactions(io.BytesIO(data.encode() if isinstance(data, str) else data)))
    made = [each for each in found if isinstance(each, Transaction)]
    return made, [fault.said for each in found for fault in each.faults]


def names(transaction: Transaction) -> list[str]:
    return [transaction.elements(n)[0] for n in range(1, len(transaction.segments) + 1)]


FIVE = ["ST", "BHT", "HL", "NM1", "SE"]


@pytest.mark.parametrize(
    "written",
    [
        WHOLE,
        "\ufeff" + WHOLE,
        WHOLE.replace("~", "~\n"),
        WHOLE.replace("~", "~\r\n    "),
        WHOLE.replace("~", "\n"),
        WHOLE.replace("~", " \r\n"),
        WHOLE.replace("~", "'"),
        WHOLE.replace("~", "\x1c").replace("*", "\x1d"),
        WHOLE.replace("*", "|"),
        "\n\n  " + WHOLE,
        WHOLE.replace("PAYER          ", "PAYER").replace("          ", ""),  # an ISA that misses its width
        WHOLE.replace("*:~GS", "*~GS"),  # and one without a component separator
        WHOLE.removesuffix("~"),
    ],
    ids=["plain", "bom", "lines", "indented", "line feeds", "blanks", "quote", "control", "bars", "blank", "narrow",
         "no component", "open end"],
)  # fmt: skip
def test_one_transaction_is_read_however_it_is_written(written: str) -> None:
    made, faults = read(written)
    assert [names(each) for each in made] == [FIVE]
    assert (made[0].kind, made[0].control, made[0].group, made[0].interchange) == (
        "271",
        "0001",
        "7",
        "000000001",
    )
    assert made[0].complete and faults == []


def test_bytes_that_are_utf_16_or_latin_are_read() -> None:
    assert [names(each) for each in read(WHOLE.encode("utf-16"))[0]] == [FIVE]
    made, _ = read(WHOLE.replace("INVENTED", "PEÑA").encode("latin-1"))
    assert made[0].elements(4)[3] == "PEÑA"


@pytest.mark.parametrize("size", [1, 7, 64, 105, 106, 107])
def test_where_a_stretch_ends_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "STRETCH", size)
    made, faults = read(WHOLE + WHOLE.replace("~", "\n").replace("*", "|"))
    assert [names(each) for each in made] == [FIVE, FIVE] and faults == []


def test_without_isa_the_delimiters_are_guessed_and_that_is_said() -> None:
    for written in (
        BODY,
        BODY.replace("*", "|").replace("~", "\n"),
        "GS*HB*A*B*20261122*0900*7*X*005010X279A1~" + BODY + "GE*1*7~",
    ):
        made, faults = read(written)
        assert [names(each) for each in made] == [FIVE]
        assert made[0].complete and faults == [
            "There is no ISA; the delimiters were taken from the segments."
        ]


def test_without_st_and_se_there_is_a_transaction_all_the_same() -> None:
    made, _ = read(BODY.removeprefix("ST*271*0001*005010X279A1~").removesuffix("SE*5*0001~"))
    assert [names(each) for each in made] == [["BHT", "HL", "NM1"]]
    assert made[0].kind == "271" and made[0].complete


def test_where_no_envelope_says_what_it_is_its_segments_do() -> None:
    body = "HL*1**20*1~NM1*PR*2*INVENTED~"
    for segment, kind in (
        ("EB*1**30~", "271"),
        ("HCR*A4~", "278"),
        ("EQ*30~", "270"),
        ("DMG*D8*19800229~", ""),
    ):
        assert [each.kind for each in read(body + segment)[0]] == [kind]


def test_a_second_interchange_has_its_own_delimiters() -> None:
    other = WHOLE.replace("*", "|").replace("~", "'").replace(":", ">")
    made, faults = read(WHOLE + "\n" + other)
    assert [each.delimiters.element for each in made] == ["*", "|"] and faults == []


def test_somebody_called_isa_begins_no_interchange() -> None:
    made, faults = read(WHOLE.replace("INVENTED*", "GARCIA*ISA*00*M*00*"))
    assert len(made) == 1 and names(made[0]) == FIVE and faults == []


def test_counts_and_numbers_that_do_not_agree_are_said_and_nothing_is_lost() -> None:
    wrong = (
        WHOLE.replace("SE*5*0001", "SE*9*0002")
        .replace("GE*1*7", "GE*3*8")
        .replace("IEA*1*000000001", "IEA*2*5")
    )
    made, faults = read(wrong)
    assert [names(each) for each in made] == [FIVE] and not made[0].complete
    assert faults == [
        "SE01 says 9 segments; there are 5.", "SE02 says 0002; it began as 0001.",
        "GE01 says 3 transactions; there are 1.", "GE02 says 8; it began as 7.",
        "IEA01 says 2 groups; there are 1.", "IEA02 says 5; it began as 000000001.",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=len(WHOLE) - 1))
def test_a_file_that_breaks_off_never_looks_whole(cut: int) -> None:
    made, faults = read(WHOLE[:cut])
    ends = WHOLE.index("SE*5")
    for each in made:
        assert not each.complete or cut > ends, "a transaction without its end must not pass for whole"
    if WHOLE.index("GS*") < cut < WHOLE.index("IEA"):
        assert faults


def test_a_segment_that_breaks_off_in_the_middle_is_named() -> None:
    made, faults = read(WHOLE[: WHOLE.index("NM1*PR") + 10])
    assert made[0].cut_off == 4 and not made[0].complete
    assert "The file ends in the middle of a segment." in faults


def test_an_end_that_is_missing_is_said_where_the_next_one_begins() -> None:
    made, faults = read(WHOLE.replace("SE*5*0001~GE*1*7~IEA*1*000000001~", "") + WHOLE)
    assert [each.complete for each in made] == [False, True]
    assert "Interchange 000000001 has no IEA: its end is missing." in faults


def test_text_around_interchanges_is_said() -> None:
    made, faults = read("An example of an answer:\n\n" + WHOLE + "\nwith kind regards\n")
    assert [names(each) for each in made] == [FIVE]
    assert faults == [
        "Text that is no X12 stands before the first segment.",
        "Text that is no segment stands between transactions.",
    ]


def test_lines_that_lack_their_terminator_and_lines_that_were_wrapped() -> None:
    lacking = WHOLE.replace("~HL", "\nHL")
    assert [names(each) for each in read(lacking)[0]] == [FIVE]
    made, _ = read(WHOLE[:106] + "\n".join(WHOLE[106:][at : at + 33] for at in range(0, len(WHOLE), 33)))
    assert [names(each) for each in made] == [FIVE]


def test_what_is_no_x12_gives_no_transaction() -> None:
    for written in (
        "",
        "   \n",
        "<html><body>502 Bad Gateway</body></html>",
        '{"error": "no"}',
        "\x00\xff\xfe" * 50,
    ):
        assert read(written)[0] == []


def test_a_flood_of_line_ends_is_passed_over() -> None:
    made, _ = read("ST*271*0001" + "\n" * 500_000 + "x")
    assert [names(each)[:1] for each in made] == [["ST"]]


def chunks(size: int) -> Iterator[bytes]:
    yield (ISA + "GS*HB*A*B*20261122*0900*7*X*1~").encode()
    for _ in range(size):
        yield b"x" * 100_000


def test_a_segment_without_an_end_is_given_up() -> None:
    made, faults = read(b"".join(chunks(30)))
    assert made == [] and "A segment does not end; nothing behind it was read." in faults


@settings(deadline=None)
@given(st.text(alphabet="ISAGSTEB*~:\n^0123456789 HL", max_size=300))
def test_nothing_that_is_sent_raises(written: str) -> None:
    read(written)
    read(ISA + written)
