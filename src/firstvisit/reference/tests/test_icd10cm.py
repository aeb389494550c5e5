"""The packaged list of ICD-10-CM codes answers as the published one does."""

import gzip
import hashlib
import tomllib

import pytest

from firstvisit.reference import icd10cm
from firstvisit.reference.lines import DATA, SortedLines


@pytest.mark.parametrize(
    "code", ["M54", "M54.5", "M54.50", "M5450", "S46.011D", "Z47.1", "I10", "C7A", "G20.A1", "QA0.0101"]
)
def test_a_published_code_is_known_with_its_dot_or_without(code: str) -> None:
    assert icd10cm.is_code(code)


@pytest.mark.parametrize(
    "code", ["", "M", "M54.", "M.54", "M54.5.0", "m54.50", "M54.59X", "Z99.999", "A00-A09", "É54", "1"]
)
def test_other_text_is_no_code(code: str) -> None:
    assert not icd10cm.is_code(code)


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("S62.501A", "right"), ("S62.502A", "left"), ("M75.101", "right"), ("M17.0", "both"), ("M54.50", None),
        ("S62.509A", None), ("I50.1", None), ("T81.500A", None), ("Z99.999", None), ("M75", None),
    ],
)  # fmt: skip
def test_a_code_says_its_side(code: str, side: str | None) -> None:
    assert icd10cm.side_of(code) == side


def test_every_line_of_the_file_is_found_again() -> None:
    codes = SortedLines("icd10cm.txt.gz")
    lines = gzip.decompress(codes.path.read_bytes()).decode().split("\n")
    assert len(lines) > 90_000
    for line in [*lines[:50], *lines[::97], *lines[-50:]]:
        code, _, rest = line.partition("\t")
        assert codes.find(code) == rest


def test_every_data_file_is_the_one_its_source_entry_describes() -> None:
    sources = tomllib.loads((DATA / "SOURCES.toml").read_text())
    assert set(sources) == {path.name for path in DATA.glob("*.gz")}
    for name, entry in sources.items():
        packed = (DATA / name).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == entry["sha256"]
        assert len(packed) < 1_000_000
        assert entry["as_of"].year >= 2026
        assert entry["source"]
