"""What people type becomes the one form we keep, or a sentence that says what to type instead."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.referral import vocabulary as v

TODAY = dt.date(2026, 11, 21)


def test_an_npi_with_a_right_check_digit_is_kept_as_ten_digits() -> None:
    # 1234567893 is the example in CMS's description of the check digit.
    assert v.npi(" 1234 567-893 ") == "1234567893"
    assert v.npi_ok("1234567893")


@pytest.mark.parametrize("text", ["1234567890", "1234567894", "1243567893"])
def test_an_npi_with_a_wrong_digit_is_told_from_one_of_wrong_shape(text: str) -> None:
    with pytest.raises(ValueError, match="check digit"):
        v.npi(text)


@pytest.mark.parametrize("text", ["", "123456789", "12345678933", "3234567893", "123456789X", "١٢٣٤٥٦٧٨٩٣"])
def test_what_is_not_ten_digits_is_no_npi(text: str) -> None:
    assert not v.npi_ok(text)
    with pytest.raises(ValueError, match="ten digits"):
        v.npi(text)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_of_ten_last_digits_exactly_one_makes_an_npi(nine: str) -> None:
    assert sum(v.npi_ok(f"{nine}{last}") for last in range(10)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "6085550123", "608-555-0123", "(608) 555-0123", "608.555.0123", "+1 608 555 0123", "1-608-555-0123",
        "+16085550123", "608 - 555 - 0123", "(608)555-0123 ext. 12", "608-555-0123 x4",
        "608\u2011555\u20110123",
        " 608/555-0123 ",
    ],
)  # fmt: skip
def test_a_us_number_may_be_written_in_any_usual_way(text: str) -> None:
    assert v.e164(text) == "+16085550123"


@pytest.mark.parametrize(
    "text",
    [
        "", "call me", "555-0123", "123-45-6789", "108-555-0123", "608-155-0123", "911-555-0123",
        "608-911-0123", "60855501234567", "608-555-0123 or 608-555-0124", "+1 608 555 012", "+",
        "+999 12345", "٦٠٨٥٥٥٠١٢٣",
        "608-555-0123\x00", "1-800-FLOWERS",
    ],
)  # fmt: skip
def test_what_nobody_can_dial_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a phone number; enter"):
        v.e164(text)


def test_a_number_from_abroad_is_kept_with_its_country_code() -> None:
    assert v.e164("+44 20 7946 0958") == "+442079460958"
    assert v.e164("020 7946 0958", region="GB") == "+442079460958"


def test_reading_us_numbers_never_loads_the_metadata_of_the_world() -> None:
    code = (
        "import sys, firstvisit.referral.vocabulary as v; v.e164('(608) 555-0123'); "
        "sys.exit('phonenumbers' in sys.modules or 'zipcodes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_email_address_keeps_its_name_and_lowers_its_domain() -> None:
    assert v.email_address(" Rosa.Cruz+ot@Example.ORG ") == "Rosa.Cruz+ot@example.org"


@pytest.mark.parametrize(
    "text",
    [
        "", "rosa", "rosa@", "@example.org", "rosa@example", "a@b@example.org", "rosa cruz@example.org",
        ".rosa@example.org", "rosa..cruz@example.org", "rosa@-example.org", "rosa@example..org",
        "rosa@exam_ple.org",
        "rosa@example.org\nBcc: all@example.org", "x" * 65 + "@example.org", "rosa@" + "a." * 130 + "org",
        "rosé@example.org", "Rosa <rosa@example.org>",
    ],
)  # fmt: skip
def test_what_cannot_be_mailed_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address; enter"):
        v.email_address(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("m5450", "M54.50"), ("M54.50", "M54.50"), (" M54 ", "M54"), ("I10.", "I10"), ("g20.a1", "G20.A1")],
)
def test_a_diagnosis_code_gets_its_capitals_and_its_dot(text: str, code: str) -> None:
    assert v.icd10cm(text) == code


@pytest.mark.parametrize("text", ["", "back pain", "M54.50 low back pain", "724.2", "M5.450", "M54..50"])
def test_what_is_not_written_as_a_code_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match="not an ICD-10-CM code; enter"):
        v.icd10cm(text)


@pytest.mark.parametrize("text", ["M54.51X", "Z99.999", "U99", "S46.011Z"])
def test_a_code_that_is_not_in_the_list_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match="no such code"):
        v.icd10cm(text)


def test_a_zip_is_five_digits() -> None:
    assert v.zip5("53703") == v.zip5(" 53703-1234 ") == v.zip5("537031234") == "53703"
    for text in ("", "5370", "5370A", "K1A 0B1", "53703-12"):
        with pytest.raises(ValueError, match="five digits"):
            v.zip5(text)


def test_a_state_is_known_by_its_letters_and_by_its_name() -> None:
    assert v.us_state("wi") == v.us_state(" Wisconsin ") == "WI"
    assert v.us_state("new  york") == "NY"
    for text in ("", "XX", "Ontario", "W"):
        with pytest.raises(ValueError, match="two letters"):
            v.us_state(text)


@pytest.mark.parametrize("text", ["1968-07-21", "07/21/1968", "7/21/1968", "7-21-1968", " 1968-7-21 "])
def test_a_day_may_be_written_in_three_ways(text: str) -> None:
    assert v.birth_date(text, TODAY) == v.calendar_date(text, TODAY) == dt.date(1968, 7, 21)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("02/30/1990", "no such day"),
        ("1990-13-01", "no such day"),
        ("2/29/2025", "no such day"),
        ("0000-01-01", "no such day"),
        ("2026-11-22", "in the future"),
        ("11/20/1906", "more than 120 years ago"),
        ("7/21/68", "four digits"),
        ("July 21, 1968", "MM/DD/YYYY"),
        ("7/21-1968", "MM/DD/YYYY"),
        ("", "MM/DD/YYYY"),
        ("19680721", "MM/DD/YYYY"),
        ("1968-07-21T00:00:00", "MM/DD/YYYY"),
    ],
)
def test_each_impossible_birth_date_has_its_own_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        v.birth_date(text, TODAY)


def test_the_bounds_of_a_birth_date_belong_to_it() -> None:
    assert v.birth_date("2026-11-21", TODAY) == TODAY
    assert v.birth_date("1906-11-21", TODAY) == dt.date(1906, 11, 21)
    assert v.birth_date("1904-02-29", dt.date(2024, 2, 29)) == dt.date(1904, 2, 29)


def test_an_event_may_be_planned_but_not_for_another_age() -> None:
    assert v.calendar_date("2027-01-15", TODAY) == dt.date(2027, 1, 15)
    with pytest.raises(ValueError, match="5 years ahead"):
        v.calendar_date("2036-01-15", TODAY)
    with pytest.raises(ValueError, match="120 years ago"):
        v.calendar_date("1026-01-15", TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Rosa de la Cruz", "Rosa", "de la Cruz"),
        ("GONZALEZ, MARIA ELENA", "MARIA ELENA", "GONZALEZ"),
        ("John Smith Jr.", "John", "Smith Jr"),
        ("John Smith, Jr.", "John", "Smith Jr"),
        ("Smith, John, Jr", "John", "Smith Jr"),
        ("Smith Jr, John", "John", "Smith Jr"),
        ("Rosa", "Rosa", None),
        ("Dr. Anna Maria Lind, MD, FAAOS", "Anna Maria", "Lind"),
        ("Lind, Anna, MD", "Anna", "Lind"),
        ("Tran, Do", "Do", "Tran"),
        ("Kim Le", "Kim", "Le"),
        ("Ludwig van Dyke", "Ludwig", "van Dyke"),
        ("Siân O'Neill-Fontaine", "Siân", "O'Neill-Fontaine"),
        ("  Mai   Vang ", "Mai", "Vang"),
        ("Vang,", "Vang", None),
    ],
)
def test_a_full_name_is_split_by_plain_rules(text: str, first: str, last: str | None) -> None:
    assert v.person_name(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Rosa\nCruz", "one line"),
        ("Rosa\x07Cruz", "one line"),
        ("Rosa\u202eCruz", "one line"),
        ("Rosa\x00", "one line"),
        ("Rosa\ud800", "one line"),
        ("R" * 101, "at most 100"),
        ("12345", "at least one letter"),
        ("", "at least one letter"),
    ],
)
def test_what_cannot_be_a_name_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        v.person_name(text)


@given(st.text(max_size=120))
def test_a_name_is_split_or_refused_and_no_letter_is_invented(text: str) -> None:
    try:
        name = v.person_name(text)
    except ValueError:
        return
    assert name.first
    assert len(name.first) + len(name.last or "") <= len(v.name_part(text))


def test_free_text_is_composed_and_stripped_of_what_nobody_sees() -> None:
    assert v.free_text("  cafe\u0301\r\nline\ttwo\x07\u202e ", 100) == "café\nline two"
    assert v.free_text("one\rtwo\u2028three\u0085four", 100) == "one\ntwo\nthree\nfour"
    assert v.one_line("12 Oak Street\n Apt  4", 100) == "12 Oak Street Apt 4"


def test_free_text_that_is_too_long_or_no_text_is_refused() -> None:
    assert v.free_text("x" * 10, 10) == "x" * 10
    for text in ("x" * 11, "é" * 11, "x" * 10_000):
        with pytest.raises(ValueError, match="at most 10 characters"):
            v.free_text(text, 10)
    for text in ("a\x00b", "a\ud800b"):
        with pytest.raises(ValueError, match="cannot be kept"):
            v.free_text(text, 10)


@given(st.text())
def test_cleaned_text_is_clean_already(text: str) -> None:
    for clean in (v.free_text, v.one_line):
        try:
            once = clean(text, 1000)
        except ValueError:
            continue
        assert clean(once, 1000) == once
        assert "\x00" not in once and once.encode("utf-8", "strict") is not None
        assert "\r" not in once and "\t" not in once


READERS = [v.npi, v.e164, v.email_address, v.icd10cm, v.zip5, v.us_state, v.name_part]


@given(st.sampled_from(READERS), st.text() | st.from_regex(r"\+?[0-9 ()-]{5,20}"))
def test_a_reader_gives_its_own_form_or_a_sentence_without_the_value(
    reader: Callable[[str], str], text: str
) -> None:
    try:
        kept = reader(text)
    except ValueError as error:
        assert str(error).endswith(".")
        assert len(text) < 6 or text not in str(error)
    else:
        assert reader(kept) == kept


def test_the_programs_are_slugs_and_each_is_named_once() -> None:
    assert len(v.PROGRAM_SLUGS) == len(set(v.PROGRAM_SLUGS)) == 29
