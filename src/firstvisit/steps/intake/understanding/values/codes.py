"""Diagnosis codes and provider numbers."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.reference import icd10cm
from firstvisit.steps.intake.understanding.values.span import Span, apart

_DOTTED: Final = re.compile(r"(?<![\w.-])([A-TV-Za-tv-z]\d[\dABab])\s?(?:\.|\s?(?:point|dot|punto)\s?)\s?((?:[\dA-Za-z][\s-]?){0,3}[\dA-Za-z])(?![\w])")
_CATEGORY: Final = re.compile(r"(?<![\w.-])([A-TV-Z]\d[\dAB])(?![\w.-])")
_UNDOTTED: Final = re.compile(r"(?<![\w.-])([A-TV-Z]\d[\dAB])([\dA-Z]{1,4})(?![\w.-])")
_CUE: Final = re.compile(r"(?:\bdx\b|diagnos\w*|icd|codes?\b|\bdx\.)[^.\n]{0,60}$", re.IGNORECASE)
_BEHIND_A_CODE: Final = re.compile(r"[A-TV-Z]\d[\dAB]\.[\dA-Z]{1,4}\s*(?:,|;|/|\+|&|and\b|y\b)\s*(?:also |and )?$")
"""What stands before a code without a dot that follows another one: "F80.2, F88"."""
_NPI: Final = re.compile(r"(?<![\d-])([12]\d{2}[ -]?\d{3}[ -]?\d{4})(?![\d-])")
_NPI_CUE: Final = re.compile(r"\bn\.?p\.?i\.?\b", re.IGNORECASE)


def diagnoses(text: str) -> list[Span[str]]:
    """ICD-10-CM codes of the packaged list in `text`: with their dot anywhere, without one only behind a word that
    announces codes."""
    found = []
    for match in _DOTTED.finditer(text):
        code = f"{match[1]}.{re.sub(r'[ -]', '', match[2])}".upper()
        if match[1][0].islower() and not _CUE.search(text[max(0, match.start() - 80) : match.start()]):
            continue  # "v11.4" is a version
        # "M54.50 and": a letter that belongs to the next word was taken along.
        while len(code) > 4 and not icd10cm.is_code(code):
            code = code[:-1]
        if len(code) > 4 and icd10cm.is_code(code):
            found.append(Span(match.start(), match.end(), code))
    for match in (*_UNDOTTED.finditer(text), *_CATEGORY.finditer(text)):
        code = f"{match[1]}.{match[2]}" if match.re is _UNDOTTED else match[1]
        before = text[max(0, match.start() - 80) : match.start()]
        if icd10cm.is_code(code) and (_CUE.search(before) or _BEHIND_A_CODE.search(before)):
            found.append(Span(match.start(), match.end(), code))
    return apart(found)


def npis(text: str) -> list[Span[str]]:
    """Ten digits announced as an NPI, whether or not their check digit is right: the record's reader says which is not."""
    found = []
    for match in _NPI.finditer(text):
        digits = re.sub(r"\D", "", match[1])
        announced = _NPI_CUE.search(text[max(0, match.start() - 25) : match.start()])
        if announced:
            found.append(Span(match.start(), match.end(), digits))
    return found


