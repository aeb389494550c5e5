"""Two thousand people for the same hundred times, from 32 connections of several processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from firstvisit.practice import queries

pytestmark = pytest.mark.storm
WHOLE = os.environ.get("FIRSTVISIT_STORM") == "1"
PEOPLE, SLOTS, PROCESSES, THREADS = (2000, 100, 4, 8) if WHOLE else (40, 2, 2, 8)
MOST_MS = 500

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))
from claims import measured  # noqa: E402


def test_each_time_is_one_persons_and_everybody_else_is_offered_the_next(committed: psycopg.Connection[Any]) -> None:
    queries.forget()
    told = measured(PEOPLE, SLOTS, PROCESSES, THREADS)
    assert (told["booked"], told["nothing_left"]) == (SLOTS, PEOPLE - SLOTS), told
    assert told["errors"] == {}
    assert (told["deadlocks"], told["booked_twice"], told["times_taken_twice"]) == (0, 0, 0)
    if WHOLE:
        assert told["ms"]["p99"] < MOST_MS, told
