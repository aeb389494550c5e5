"""A row of an imported file, as it was kept: {"row": number, "cells": {heading: text}, "record": {...}}.

How a file becomes rows, and a row this record, is in `steps.intake.file`.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date

from firstvisit.steps.intake.file.rows import record_of
from firstvisit.steps.intake.reading import Reading


def parse(body: bytes, today: date, programs: Collection[str]) -> Reading:
    """Read one kept row again; always complete."""
    return Reading(record_of(json.loads(body)["record"], today=today, programs=programs))
