"""Tesseract, where the machine has it (Debian and Ubuntu: apt install tesseract-ocr). Run as a program of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from firstvisit.steps.intake.pages import limits
from firstvisit.steps.intake.pages.page import Box, Word

if TYPE_CHECKING:
    from firstvisit.steps.intake.pages.clean import Grey

_WORD = 5
"""Level of a line of its table that stands for a word; the others stand for blocks, paragraphs and lines."""


@cache
def program() -> str | None:
    """Where Tesseract is; None where it is not installed."""
    return shutil.which("tesseract")


def read(grey: Grey) -> list[list[Word]]:
    """The words of an upright page, line by line. Segmentation 3 (whole pages) reads forms better than 6."""
    path = program()
    if path is None:
        raise FileNotFoundError("Tesseract is not installed.")
    height, width = grey.shape
    picture = b"P5 %d %d 255\n" % (width, height) + grey.tobytes()
    done = subprocess.run(
        [path, "stdin", "stdout", "--psm", "3", "--oem", "1", "--dpi", "200", "-l", "eng", "tsv"],
        input=picture,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Threads of its own gain a tenth and cost whoever else works on this machine.
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        timeout=limits.LOOKING_SECONDS,
        check=True,
    )
    lines: dict[tuple[str, ...], list[Word]] = {}
    for line in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) == 12 and int(cells[0]) == _WORD and cells[11].strip():
            left, top, wide, high = (int(cell) for cell in cells[6:10])
            box = Box(left / width, top / height, (left + wide) / width, (top + high) / height)
            word = Word(cells[11].strip(), box, max(0.0, float(cells[10])) / 100)
            lines.setdefault(tuple(cells[1:5]), []).append(word)
    return list(lines.values())
