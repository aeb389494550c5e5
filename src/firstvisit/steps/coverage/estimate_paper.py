"""The PDF of an estimate as values for its layout (`documents/estimate.typ`). Pure.

A good faith estimate has what 45 CFR 149.610(c)(1) asks for: (i) patient, (ii) the main service and its day, (iii) the
items, (iv) codes and expected charges, (v) provider, NPI, TIN, state and place, (vi) what is scheduled separately, with
its note above it, and (vii) to (x) what has to be said below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from firstvisit.steps.coverage import estimate_words
from firstvisit.steps.coverage.estimate_words import Language, long_day, paper
from firstvisit.steps.coverage.estimating import Estimate
from firstvisit.steps.coverage.good_faith import Line, Provider
from firstvisit.steps.coverage.sentences import dollars

_DISCLAIMERS: Final = ("additional", "only_estimate", "dispute", "no_contract")


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on it besides the texts. `visit` is the day of the visit, None where none is agreed; `lines` the
    items of a good faith estimate; `unsigned` is what is said above a Spanish that nobody has signed."""

    code: str
    practice: str
    phone: str
    made: date
    patient: str
    birth: date | None
    discipline: str
    visit: date | None
    diagnoses: tuple[str, ...]
    provider: Provider
    good_faith: bool
    unsigned: str = ""


def values(
    what: Paper,
    lines: Mapping[Language, Sequence[Line]],
    made: Mapping[Language, Estimate],
    language: Language,
) -> dict[str, Any]:
    """What the layout reads. `lines` and `made` are by language: names of services differ. In a Spanish that nobody has
    signed the English stands behind it (45 CFR 92.201(c)(3))."""
    languages: tuple[Language, ...] = ("es", "en") if what.unsigned and language == "es" else (language,)
    title = "title_good_faith" if what.good_faith else "title_plan"
    return {
        "title": paper(title, language),
        "foot": f"{what.practice}, {what.code}",
        "copies": [_copy(what, lines[each], made[each], each, title) for each in languages],
    }


def _copy(
    what: Paper, lines: Sequence[Line], made: Estimate, language: Language, title: str
) -> dict[str, Any]:
    def say(key: str, **gaps: str) -> str:
        return paper(key, language, **gaps)

    facts = [
        (say("patient"), what.patient),
        *([(say("birth"), long_day(what.birth, language))] if what.birth else []),
        (say("primary"), say(f"primary_{what.discipline}")),
        (say("scheduled"), long_day(what.visit, language) if what.visit else say("not_scheduled")),
    ]
    if what.good_faith:
        facts.append((say("diagnoses"), ", ".join(what.diagnoses) or say("no_diagnoses")))
    return {
        "lang": language,
        "practice": what.practice,
        "reference": say("reference", code=what.code),
        "made": say("made", day=long_day(what.made, language)),
        "title": say(title),
        "note": what.unsigned if language == "es" else "",
        "facts": [{"label": label, "text": text} for label, text in facts],
        "says": [estimate_words.basis(made, language)],
        **(_items(lines, language) if what.good_faith else _steps(made, language)),
        "sections": _sections(what, language) if what.good_faith else [],
        "small": [
            *(
                [say(key) for key in _DISCLAIMERS]
                if what.good_faith
                else estimate_words.provisos(made, language)
            ),
            say("keep", phone=what.phone),
        ],
    }


def _items(lines: Sequence[Line], language: Language) -> dict[str, Any]:
    total = sum((line.charge for line in lines), Decimal(0))
    rows = [[line.code, line.name, str(line.units), dollars(line.charge)] for line in lines]
    return {
        "columns": ["narrow", "wide", "narrow", "narrow"],
        "right_from": 2,
        "heads": [paper(key, language) for key in ("code", "service", "units", "expected")],
        "rows": [*rows, ["", paper("total", language), "", dollars(total)]],
    }


def _steps(made: Estimate, language: Language) -> dict[str, Any]:
    least, most = estimate_words.columns(language)
    return {
        "columns": ["wide", "narrow", "narrow"],
        "right_from": 1,
        "heads": [paper("step", language), least, most],
        "rows": [[line.text, line.least, line.most] for line in estimate_words.lines(made, language)],
    }


def _sections(what: Paper, language: Language) -> list[dict[str, Any]]:
    provider = what.provider
    named = ((paper("npi", language), provider.npi), (paper("tax_id", language), provider.tax_id),
             (paper("location", language), provider.location))  # fmt: skip
    return [
        {"title": "", "lines": [paper("dearest", language)]},
        {
            "title": paper("provider", language),
            "lines": ["; ".join((provider.name, *(f"{label} {text}" for label, text in named)))],
        },
        {
            "title": paper("separate", language),
            "lines": [
                paper("separate_note", language, phone=what.phone),
                f"– {paper('separate_item', language)}",
            ],
        },
    ]
