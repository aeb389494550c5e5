"""Medicare's clocks and dollars, by table."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from firstvisit.steps.coverage import medicare
from firstvisit.steps.coverage.medicare import (
    Amount,
    Episode,
    episode_of,
    groups_of,
    may_certify,
    part,
    running,
)
from firstvisit.steps.coverage.medicare_points import Stated, points

EVALUATED = dt.date(2026, 11, 24)
NOTHING = Stated(False, False, None, None, None)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def told(*entries: tuple[str, dict[str, Any]]) -> Episode:
    return episode_of(
        [("evaluation_completed", {"on": EVALUATED.isoformat(), "part": "b"}), *((n, d) for n, d in entries)]
    )


def sent(on: str, *, order: bool) -> tuple[str, dict[str, Any]]:
    return "plan_sent", {"on": on, "order": order}


def signed(
    on: str, begins: str = "2026-11-24", days: int = 90, how: str = "signed"
) -> tuple[str, dict[str, Any]]:
    return "plan_certified", {"on": on, "how": how, "begins": begins, "days": days}


@pytest.mark.parametrize(
    ("names", "number", "which"),
    [
        (["Medicare"], "1EG4-TE5-MK73", "b"),
        (["Medicare"], None, "b"),
        (["Medicare Part B"], "", "b"),
        (["Medicare"], "H1234567", "unknown"),
        (["UnitedHealthcare Medicare Advantage"], "1EG4TE5MK73", "advantage"),
        (["Humana Gold Plus HMO"], None, "advantage"),
        (["Blue Medicare something"], None, "unknown"),
        ([None], None, "unknown"),
    ],
)
def test_an_advantage_plan_is_not_part_b(names: list[str | None], number: str | None, which: str) -> None:
    assert part(names, number) == which


@pytest.mark.parametrize(
    ("credential", "answer"),
    [
        ("MD", "yes"), ("M.D.", "yes"), ("DO, FAAPMR", "yes"), ("FNP-C", "yes"), ("APRN", "yes"), ("PA-C", "yes"),
        ("RN, CNS", "yes"), ("DPM", "own scope"), ("O.D.", "low vision"), ("DC", "no"), ("DDS", "no"),
        ("PT, DPT", None), ("DNP", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_who_may_certify_is_told_by_the_letters_behind_the_name(
    credential: str | None, answer: str | None
) -> None:
    assert may_certify(credential) == answer


@pytest.mark.parametrize(
    ("entries", "initial", "through"),
    [
        ((), None, None),
        ((sent("2026-11-26", order=False),), None, None),
        ((sent("2026-11-26", order=True),), "2026-11-26", "2027-02-21"),
        ((sent("2026-12-24", order=True),), "2026-12-24", "2027-02-21"),
        ((sent("2026-12-25", order=True),), None, None),
        ((sent("2026-11-26", order=False), signed("2026-12-10", days=60)), "2026-12-10", "2027-01-22"),
        ((signed("2026-12-01", how="verbal"),), None, None),
        ((signed("2026-11-24", days=60, how="verbal"), sent("2026-11-24", order=True)), "2026-11-24", "2027-01-22"),
        ((sent("2026-11-24", order=True), signed("2026-12-01", days=60)), "2026-12-01", "2027-01-22"),
        ((signed("2026-12-01", how="verbal"), signed("2026-12-09")), "2026-12-09", "2027-02-21"),
        ((signed("2026-12-01"), signed("2027-02-20", begins="2027-02-22")), "2026-12-01", "2027-05-22"),
    ],
)
def test_the_first_certification_is_signed_or_by_silence(
    entries: tuple[Any, ...], initial: str | None, through: str | None
) -> None:
    found = told(*entries)
    assert found.initial_on == (day(initial) if initial else None)
    assert found.covered_through == (day(through) if through else None)


def test_silence_counts_since_2025_alone() -> None:
    before = episode_of(
        [
            ("evaluation_completed", {"on": "2024-12-31", "part": "b"}),
            ("plan_sent", {"on": "2025-01-02", "order": True}),
        ]
    )
    assert not before.by_silence


def test_a_word_waits_for_its_signature() -> None:
    spoken = told(signed("2026-12-01", how="verbal"))
    assert spoken.verbal_waits is not None
    assert told(signed("2026-12-01", how="verbal"), signed("2026-12-03")).verbal_waits is None


def test_what_was_taken_back_was_never_said_and_a_day_put_right_keeps_the_rest() -> None:
    back = told(sent("2026-11-26", order=True), ("medicare_taken_back", {"what": "plan_sent"}))
    assert (back.sent_on, back.evaluated_on) == (None, EVALUATED)
    right = told(sent("2026-11-26", order=True), ("evaluation_completed", {"on": "2026-11-23", "part": "b"}))
    assert (right.sent_on, right.evaluated_on) == (day("2026-11-26"), day("2026-11-23"))
    anew = told(sent("2026-11-26", order=True), ("evaluation_completed", {"on": "2027-06-01", "part": "b"}))
    assert anew.sent_on is None


def amount(dollars: str, whose: Any = "elsewhere", group: Any = "pt_slp", on: str = "2026-11-20") -> Amount:
    return Amount(2026, group, whose, Decimal(dollars), "family", day(on))


@pytest.mark.parametrize(
    ("amounts", "total", "left", "above", "reviewed"),
    [
        ([], "0", "2480", False, False),
        ([amount("1000.50")], "1000.50", "1479.50", False, False),
        ([amount("1000"), amount("1480", "ours")], "2480", "0", False, False),
        ([amount("1000"), amount("1480.01", "ours")], "2480.01", "0", True, False),
        ([amount("2900"), amount("200", "ours")], "3100", "0", True, True),
        ([amount("9", on="2026-02-01"), amount("7", on="2026-05-01")], "7", "2473", False, False),
        ([amount("7", on="2026-05-01"), amount("9", on="2026-02-01")], "7", "2473", False, False),
        ([amount("2000", group="ot")], "0", "2480", False, False),
    ],
)
def test_the_running_total_of_a_year(
    amounts: list[Amount], total: str, left: str, above: bool, reviewed: bool
) -> None:
    found = running(2026, "pt_slp", amounts)
    assert (found.total, found.left, found.above, found.reviewed) == (
        Decimal(total), Decimal(left), above, reviewed,
    )  # fmt: skip


def test_a_year_whose_amount_is_not_published_says_so() -> None:
    found = running(2027, "ot", [])
    assert (found.threshold, found.left, found.above, found.review) == (None, None, None, Decimal(3000))
    assert running(2029, "ot", []).review is None


def test_nothing_said_of_therapy_elsewhere_is_not_nothing_used() -> None:
    assert not running(2026, "ot", []).known
    assert running(2026, "ot", [], none_elsewhere=True).known


def test_physical_and_speech_therapy_share_an_amount() -> None:
    assert groups_of(["PT"]) == groups_of(["SLP"]) == ("pt_slp",)
    assert groups_of(["OT"]) == ("ot",)
    assert groups_of(["OT", "PT"]) == groups_of([]) == ("pt_slp", "ot")


def state_of(episode: Episode, stated: Stated, today: str) -> dict[str, tuple[str, dt.date | None]]:
    return {each.name: (each.state, each.by) for each in points(episode, stated, day(today))}


def test_each_point_is_done_missing_or_not_known() -> None:
    empty = state_of(Episode(), NOTHING, "2026-11-24")
    assert {state for state, _ in empty.values()} == {"unknown"} and "Certified" not in empty
    said = state_of(Episode(), Stated(False, True, True, None, None), "2026-11-24")
    assert said["Order on file"][0] == "unknown"
    stood = state_of(told(), Stated(True, True, True, "MD", False), "2026-11-25")
    assert stood["Plan of care sent"] == ("missing", day("2026-12-24"))
    assert stood["Certified"] == ("missing", day("2026-12-24"))
    assert stood["Order on file"][0] == stood["Who certifies"][0] == stood["Home health"][0] == "done"
    open_plan = state_of(told(), Stated(False, True, False, "DC", True), "2026-11-25")
    assert [open_plan[name][0] for name in ("Order on file", "Who certifies", "Home health")] == [
        "missing"
    ] * 3


def test_a_lapsed_certification_and_a_due_report_are_missing() -> None:
    past = told(
        signed("2026-12-01", days=30),
        ("treatment_counted", {"on": "2026-12-20", "days": 10}),
    )
    found = state_of(past, NOTHING, "2026-12-30")
    assert found["Certified through"] == ("missing", day("2026-12-23"))
    assert found["Progress report"][0] == "missing"
    written = told(
        ("treatment_counted", {"on": "2026-12-20", "days": 10}),
        ("progress_reported", {"on": "2026-12-20", "days": 10}),
    )
    assert state_of(written, NOTHING, "2026-12-30")["Progress report"][0] == "done"


def test_of_an_advantage_plan_it_is_said_what_does_not_apply() -> None:
    found = points(Episode(part="advantage"), NOTHING, EVALUATED)
    assert [each.name for each in found] == ["Which Medicare"]
    assert "not Part B" in found[0].said


def test_every_fact_has_its_source() -> None:
    assert (medicare.longest_interval(), medicare.report_every()) == (90, 10)
