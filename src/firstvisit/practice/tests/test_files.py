"""A practice as a folder: everything wrong is said at once, and what is written is read back the same."""

from __future__ import annotations

import dataclasses
import re
import shutil
import tomllib
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.practice import toml_writer
from firstvisit.practice.capabilities import CAPABILITIES
from firstvisit.practice.files import SAMPLE, STARTER, PracticeFiles, read_folder, write_folder
from firstvisit.practice.shape import (
    Holiday,
    NotOffered,
    Opening,
    OtherPlace,
    Program,
    Resource,
    VendorAgreement,
)

OFFERED = """hand_therapy post_surgical orthopedic work_conditioning ergonomics vestibular neuro_rehab
    pelvic_health lymphedema geriatric fall_prevention home_safety pediatric fine_motor sensory_integration
    feeding school_based early_language articulation speech_language fluency aac voice dysphagia cognition
    screening""".split()
NOT_OFFERED = ("driving", "wheelchair_seating", "low_vision")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample practice, to be spoiled."""
    shutil.copytree(SAMPLE, tmp_path / "practice")
    return tmp_path / "practice"


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read_folder(folder)
    return raised.value.problems


def test_the_sample_offers_every_program_senders_ask_for_but_three() -> None:
    practice = read_folder(SAMPLE).practice()
    assert set(OFFERED) <= set(practice.program_by_any_slug)
    for slug in NOT_OFFERED:
        assert slug not in practice.program_by_any_slug
        assert any(slug in place.programs for place in practice.places.values())


def test_the_sample_has_an_account_for_every_role_and_a_second_signature_for_the_managers_drafts() -> None:
    files = read_folder(SAMPLE)
    roles = {role.slug: set(role.capabilities) for role in files.roles}
    assert {member.role for member in files.staff} == set(roles)
    assert "practice.edit" in roles["manager"] and "rules.sign" not in roles["manager"]
    assert roles["owner"] == set(CAPABILITIES) - {"identity.mask"}
    assert not roles["administrator"] & {"leads.see", "identity.see", "narrative.see", "insurance.see"}
    assert not roles["partner_liaison"] & {"narrative.see", "insurance.see"}


def test_the_sample_gives_made_up_phone_numbers_only() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in SAMPLE.rglob("*.toml"))
    numbers = re.findall(r"\(\d{3}\) \d{3}-\d{4}", text)
    assert numbers and all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", number) for number in numbers)


@pytest.mark.parametrize("folder", [SAMPLE, STARTER])
def test_what_is_written_is_read_back_the_same(folder: Path, tmp_path: Path) -> None:
    files = read_folder(folder)
    write_folder(files, tmp_path)
    assert read_folder(tmp_path) == files


def test_a_folder_written_again_loses_what_is_no_longer_said(tmp_path: Path) -> None:
    write_folder(read_folder(SAMPLE), tmp_path)
    write_folder(read_folder(STARTER), tmp_path)
    assert read_folder(tmp_path) == read_folder(STARTER)


words = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
openings = st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1])
mondays = st.integers(0, 2000).map(lambda weeks: date.fromordinal(date(2001, 1, 1).toordinal() + 7 * weeks))


@settings(max_examples=40, deadline=None)
@given(
    name=words,
    source=words,
    opening=openings,
    closed=mondays,
    miles=st.floats(0.1, 500),
    retention=st.integers(1, 100),
)
def test_any_words_hours_and_numbers_survive_the_folder(
    name: str, source: str, opening: tuple[time, time], closed: date, miles: float, retention: int
) -> None:
    files = read_folder(SAMPLE)
    assert files.identity is not None
    site = type(files.sites[0]).model_validate(
        {
            **files.sites[0].model_dump(),
            "name": name,
            "area_miles": miles,
            "hours": {"mon": (Opening(opens=opening[0], closes=opening[1]),), "sun": ()},
            "holidays": (Holiday(on=closed, name=name),),
        }
    )
    changed = dataclasses.replace(
        files,
        identity=type(files.identity).model_validate(
            {**files.identity.model_dump(), "legal_name": name, "retention_years": retention}
        ),
        sites=(site, *files.sites[1:]),
        payers=(
            type(files.payers[0]).model_validate({**files.payers[0].model_dump(), "source": source}),
            *files.payers[1:],
        ),
        rules={"anything": {name: [{source: miles}, [], {}], "nested": {source: {"deep": [name, 3, True]}}}},
    )
    with TemporaryDirectory() as folder:
        write_folder(changed, Path(folder))
        assert read_folder(Path(folder)) == changed


days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@settings(max_examples=40, deadline=None)
@given(
    text=words,
    signed=st.none() | days,
    later=st.none() | st.integers(0, 3000),
    status=st.sampled_from(["open", "waitlist", "closed"]),
    until=st.none() | days,
    opening=openings,
    purposes=st.lists(st.sampled_from(["email", "sms", "fax", "model"]), min_size=1, unique=True),
)
def test_scope_map_agreements_and_own_hours_survive_the_folder(
    text: str,
    signed: date | None,
    later: int | None,
    status: str,
    until: date | None,
    opening: tuple[time, time],
    purposes: list[str],
) -> None:
    files = read_folder(SAMPLE)
    ends = None if signed is None or later is None else date.fromordinal(signed.toordinal() + later)
    said = {"slug": "vendor", "vendor": text, "purposes": purposes, "signed_on": signed, "valid_until": ends}
    agreement = VendorAgreement.model_validate({**said, "note": text, "contact": text})
    full = {"status": status, "status_until": until if status != "open" else None, "status_reason": text}
    program = Program.model_validate(files.programs[0].model_dump() | full)
    hours = {"sat": (Opening(opens=opening[0], closes=opening[1]),), "sun": ()}
    clinician = Resource.model_validate(files.resources[0].model_dump() | {"hours": hours})
    place = OtherPlace.model_validate(files.places[0].model_dump() | {"note": text, "area_zips": ("53703",)})
    declined = NotOffered(slug="aquatic", name=text, accepts=("pool",), text=text, places=(place.slug,))
    changed = dataclasses.replace(
        files,
        programs=(program, *files.programs[1:]),
        resources=(clinician, *files.resources[1:]),
        places=(place, *files.places[1:]),
        not_offered=(*files.not_offered, declined),
        agreements=(agreement,),
        rules={},
    )
    with TemporaryDirectory() as folder:
        write_folder(changed, Path(folder))
        assert read_folder(Path(folder)) == changed


plain = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(), plain, max_size=5))
def test_every_table_is_read_back_by_the_standard_library(table: dict[str, object]) -> None:
    assert tomllib.loads(toml_writer.table(table)) == table


def test_what_toml_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_writer.table({"empty": None})


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "programs.toml",
            "minutes = 60",
            "minutes = 0",
            "programs.toml, hand_tendon_repair, minutes: must be",
        ),
        ("programs.toml", "minutes = 60", "", "programs.toml, hand_tendon_repair, minutes: is missing"),
        ("programs.toml", "minutes = 60", "minuets = 60", "hand_tendon_repair, minuets: is not a field here"),
        ("programs.toml", "last_day = 5", "last_day = 0", "hand_tendon_repair, windows 1, last_day: must be"),
        ("programs.toml", "first_day = 3", "first_day = 6", "windows 1, last_day: 5 is before first_day 6"),
        ("programs.toml", 'sites = ["madison"]', 'sites = ["lodi"]', "sites: there is no site 'lodi'"),
        (
            "programs.toml",
            'skills = ["cht"]',
            'skills = ["chtt"]',
            "no clinician of its disciplines at madison",
        ),
        ("programs.toml", 'sites = ["madison"]', 'sites = ["marquette"]', "at marquette has 'cht'"),
        (
            "programs.toml",
            'instead = "hand_tendon_repair"',
            'instead = "x"',
            "instead: there is no program 'x'",
        ),
        ("programs.toml", 'fact = "event_kind"', 'fact = "language"', "fact: 'language' may not be tested"),
        ("programs.toml", 'icd_prefixes = ["S66"', 'icd_prefixes = ["s66"', "icd_prefixes: 's66'"),
        (
            "programs.toml",
            'slug = "hand_therapy"',
            'slug = "hand_tendon_repair"',
            "stands there more than once",
        ),
        (
            "programs.toml",
            'accepts = ["hand"',
            'accepts = ["voice"',
            "accepts: 'voice' is a program of its own",
        ),
        ("programs.toml", "[[program]]", "[[programme]]", "programs.toml, programme: is not known here"),
        ("programs.toml", "minutes = 60", "minutes = ", "programs.toml: is not TOML: "),
        (
            "sites.toml",
            "America/Chicago",
            "America/Madison",
            "sites.toml, madison, zone: 'America/Madison' is no",
        ),
        ("sites.toml", "on = 2026-07-03", "on = 2026-07-04", "is a Saturday, when the site is closed anyway"),
        (
            "sites.toml",
            "on = 2026-07-03",
            'on = "fri"',
            "sites.toml, madison, holidays 4, on: must be a valid date",
        ),
        ("sites.toml", 'opens = "13:00"', 'opens = "11:00"', "marquette, hours, mon: 11:00 is before 12:00"),
        ("sites.toml", 'opens = "08:00"', 'opens = "18:00"', "opens 18:00:00 is not before closes 17:30:00"),
        ("sites.toml", 'opens = "08:00"', 'opens = "08:00Z"', "times are written without an offset"),
        (
            "roles.toml",
            '"leads.work"',
            '"leads.wrok"',
            "roles.toml, intake, capabilities: there is no capability",
        ),
        (
            "staff.toml",
            'role = "intake"',
            'role = "desk"',
            "staff.toml, dana@cedarstreet.example.org, role: there",
        ),
        ("staff.toml", '"partners"]', '"partner"]', "queues: there is no queue 'partner'"),
        (
            "staff.toml",
            '"priya_raman"',
            '"anna_lindqvist"',
            "'anna_lindqvist' belongs to more than one account",
        ),
        (
            "staff.toml",
            "reggie@",
            "Dana@",
            "staff.toml, dana@cedarstreet.example.org: stands there more than once",
        ),
        (
            "queues.toml",
            'site = "madison"',
            'site = "lodi"',
            "queues.toml, front_desk_madison, site: there is no",
        ),
        (
            "payers.toml",
            '"Northfield",',
            '"medicare",',
            "payers.toml, northfield_health, also_called: 'medicare'",
        ),
        (
            "clinicians.toml",
            '"great_lakes_comp"',
            '"lakes"',
            "clinicians.toml, anna_lindqvist, payers: there is no",
        ),
        ("sites.toml", '"49829"', '"00000"', "sites.toml, marquette, area_zips: there is no ZIP code 00000"),
        ("sites.toml", '"(608) 555-0140"', '"555-0140"', "sites.toml, madison, phone: "),
        ("sites.toml", "latitude = 43.0775", "latitude = 430.775", "madison, latitude: 430.775 is not between"),
        (
            "not_offered.toml",
            '["four_lakes_seating"]',
            '["four_lakes"]',
            "not_offered.toml, wheelchair_seating, places: there is no other place 'four_lakes'",
        ),
        (
            "not_offered.toml",
            'slug = "driving"',
            'slug = "voice"',
            "not_offered.toml, voice, slug: 'voice' is a program we offer",
        ),
        (
            "agreements.toml",
            "valid_until = 2028-02-15",
            "valid_until = 2025-02-15",
            "agreements.toml, lakeside_mail: valid_until: is before signed_on",
        ),
        ("agreements.toml", '["email"]', '["mail"]', "agreements.toml, lakeside_mail, purposes 1: must be"),
        ("programs.toml", "minutes = 60", 'minutes = 60\nequipment = ["hoist"]', "has 'hoist'"),
        (
            "programs.toml",
            "minutes = 60",
            "minutes = 60\nstatus_until = 2026-12-01",
            "programs.toml, hand_tendon_repair: status_until: an open program has no end",
        ),
        ("identity.toml", '"madison"', '"lodi"', "identity.toml, home_site: there is no site 'lodi'"),
        (
            "programs.toml",
            'fact = "setting", equals = "school"',
            'fact = "asked_program", equals = "Spanish"',
            "exclusions 1, equals: 'Spanish' is nothing that asked program can be; there are ",
        ),
        ("programs.toml", 'equals = "school"', 'equals = "scool"', "there are clinic, home, school, telehealth"),
        ("programs.toml", 'equals = "H81"', 'equals = "H81.1"', "'H81.1' is no category of a diagnosis"),
        ("programs.toml", 'fact = "setting", equals = "school"', 'fact = "in_area", equals = "no"', "are yes, no"),
    ],
)
def test_a_problem_names_file_entry_and_field(
    folder: Path, file: str, old: str, new: str, sentence: str
) -> None:
    spoil(folder, file, old, new)
    told = [re.sub(r", line \d+(?=[,:])", "", problem, count=1) for problem in problems(folder)]
    assert any(sentence in problem for problem in told), told


@pytest.mark.parametrize(
    ("file", "old", "new", "stands"),
    [
        ("sites.toml", 'zone = "America/Detroit"', 'zone = "America/Nowhere"', "America/Nowhere"),
        ("programs.toml", "minutes = 60", "minutes = 0", "minutes = 0"),
        ("sites.toml", "on = 2026-09-07", "on = 2026-09-06", "2026-09-06"),
        ("queues.toml", 'site = "madison"', 'site = "lodi"', '"lodi"'),
        ("identity.toml", '"madison"', '"lodi"', '"lodi"'),
        ("programs.toml", "minutes = 60", "minutes = ", "minutes = \n"),
        ("programs.toml", "minutes = 60", "", "[[program]]"),
        ("rules/routing.toml", 'queue = "partners"}', 'queue = "partners", soon = 1}', "soon = 1"),
    ],
)
def test_a_problem_names_the_line(folder: Path, file: str, old: str, new: str, stands: str) -> None:
    spoil(folder, file, old, new)
    line = (folder / file).read_text("utf-8").partition(stands)[0].count("\n") + 1
    assert [problem for problem in problems(folder) if problem.startswith(f"{file}, line {line}")], problems(folder)


def test_a_point_and_a_zone_left_out_are_those_of_the_zip_code(folder: Path) -> None:
    for line in ("latitude = 46.5786\n", "longitude = -87.4545\n", 'zone = "America/Detroit"\n'):
        spoil(folder, "sites.toml", line, "")
    marquette = read_folder(folder).sites[1]
    assert marquette.zone == "America/Detroit"
    assert (round(marquette.latitude), round(marquette.longitude)) == (47, -87)


def test_bad_toml_is_told_with_its_line(folder: Path) -> None:
    (folder / "queues.toml").write_text("[[queue]]\nslug = \n", encoding="utf-8")
    assert "line 2" in problems(folder)[0]


def test_a_mark_before_the_text_is_no_part_of_it(folder: Path) -> None:
    for file in folder.glob("*.toml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_folder(folder) == read_folder(SAMPLE)


def test_a_byte_that_is_no_text_is_told_once_with_its_line_and_nothing_that_follows_from_it(folder: Path) -> None:
    places = folder / "places.toml"
    before = places.read_bytes()
    places.write_bytes(before + b'# caf\xe9\n')
    with pytest.raises(ConfigurationError) as told:
        read_folder(folder)
    [said], line = told.value.problems, len(before.splitlines()) + 1
    assert said.startswith(f"places.toml, line {line}: ") and "UTF-8" in said and "Error" not in said


def test_all_problems_are_told_at_once(folder: Path) -> None:
    spoil(folder, "programs.toml", "minutes = 60", "minutes = 0")
    spoil(folder, "sites.toml", "America/Detroit", "America/Marquette")
    spoil(folder, "staff.toml", 'role = "intake"', 'role = "desk"')
    (folder / "place.toml").write_text("", encoding="utf-8")
    said = problems(folder)
    assert len(said) == 4
    assert {problem.split(",")[0].split(":")[0] for problem in said} == {
        "place.toml", "sites.toml", "programs.toml", "staff.toml",
    }  # fmt: skip


def test_a_faulty_entry_is_not_also_reported_by_those_that_name_it(folder: Path) -> None:
    spoil(folder, "sites.toml", 'state = "WI"', 'state = "Wisconsin"')
    assert len(problems(folder)) == 1


def test_sites_without_an_identity_are_told(folder: Path) -> None:
    (folder / "identity.toml").unlink()
    assert problems(folder) == ["identity.toml: is missing, and the practice has sites"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "is not a folder" in problems(tmp_path / "nowhere")[0]


def test_an_empty_folder_says_nothing(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == PracticeFiles()
