"""A ZIP code is a place with a point and a zone, and distances are great circles in miles."""

import subprocess
import sys

import pytest
import zipcodes

from firstvisit.reference import zips


def test_a_zip_is_a_place_with_a_point_and_a_zone() -> None:
    madison = zips.place("53703")
    assert madison is not None
    assert (madison.city, madison.state, madison.zone) == ("Madison", "WI", "America/Chicago")
    assert madison.latitude == pytest.approx(43.08, abs=0.05)
    assert madison.longitude == pytest.approx(-89.38, abs=0.05)


def test_the_last_four_digits_do_not_matter() -> None:
    assert zips.place("53703-1234") == zips.place("53703")


@pytest.mark.parametrize("text", ["", "5370", "ABCDE", "00000", "٥٣٧٠٣", "53 03"])
def test_other_text_is_no_place(text: str) -> None:
    assert zips.place(text) is None


def test_a_military_address_has_neither_point_nor_zone() -> None:
    post = zips.place("09002")
    assert post is not None
    assert (post.state, post.latitude, post.longitude, post.zone) == ("AE", None, None, None)


def test_madison_and_marquette_are_some_250_miles_apart() -> None:
    madison, marquette = zips.place("53703"), zips.place("49855")
    assert madison is not None and marquette is not None
    assert marquette.zone == "America/Detroit"
    apart = zips.miles(madison, marquette)
    assert apart == pytest.approx(252, abs=8)
    assert apart == zips.miles(marquette, madison)
    assert zips.miles(madison, madison) == 0


def test_a_distance_to_nowhere_is_unknown() -> None:
    madison, post = zips.place("53703"), zips.place("09002")
    assert madison is not None and post is not None
    assert zips.miles(madison, post) is None


def test_importing_the_loader_loads_no_data() -> None:
    code = "import sys, firstvisit.reference.zips as z; sys.exit('_blob' in vars(z._PLACES))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("city", "state", "contradicts"),
    [
        ("Madison", "WI", False),
        ("madison", None, False),
        ("Fitchburg", "WI", False),  # its neighbour: people write where they live
        ("Green Bay", "WI", True),
        ("Green Bay", None, True),
        (None, "CA", True),
        (None, None, False),
        ("Nowhere at all", "WI", False),  # nobody can say
    ],
)
def test_a_city_or_state_far_from_the_zip_contradicts_it(
    city: str | None, state: str | None, contradicts: bool
) -> None:
    found = zips.contradicted("53703", city, state)
    assert (found is not None and found.city == "Madison") == contradicts


def test_an_unknown_zip_contradicts_nothing() -> None:
    assert zips.contradicted("99999", "Madison", "WI") is None


def test_the_file_says_what_the_package_says_that_it_was_made_of() -> None:
    rows = zipcodes.list_all()
    for row in rows[::40]:
        found = zips.place(row["zip_code"])
        assert found is not None
        assert (found.city, found.state) == (row["city"], row["state"])
        stated = None if float(row["lat"]) == 0 else float(row["lat"])
        assert found.latitude == stated
        assert found.zone == (row["timezone"] if "/" in (row["timezone"] or "") else None)


@pytest.mark.parametrize("state", ["WI", "MI", "TX"])
def test_other_names_of_a_place_fit_it_as_well(state: str) -> None:
    named = [row for row in zipcodes.filter_by(state=state) if row["acceptable_cities"]]
    assert len(named) > 50
    for row in named[::7]:
        for name in row["acceptable_cities"]:
            assert zips.contradicted(row["zip_code"], name.upper(), state) is None


def test_the_first_look_up_of_a_process_is_no_wait() -> None:
    code = (
        "import time, firstvisit.reference.zips as z; z.miles; at = time.process_time();"
        "z.place('53703'); z.contradicted('53703', 'Green Bay', 'WI'); print(time.process_time() - at)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert float(done.stdout) < 0.1, "seconds of the processor"
