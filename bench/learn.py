"""Learns from documents whose record is known what the signs around names, numbers, dates and organizations tell of
whose they are. Prints one JSON line.

    python bench/learn.py [FOLDER] [--write]

FOLDER (tests/documents) holds phone/, email/ and web/ with documents and their truth beside them. A number divisible
by three is never learned from: of those it prints how often the signs are right, by the share they state. With --write
`understanding/whose/weights.txt` is made anew; the same documents always give the same table.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.understanding import whose
from firstvisit.steps.intake.understanding.finding import Finding
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.whose import signs, weights
from firstvisit.steps.intake.understanding.whose.candidates import (
    KINDS,
    Candidate,
    Kind,
    candidates,
    name_words,
)

DOCUMENTS = Path(__file__).parents[1] / "tests" / "documents"
SHRINK = 1.0
"""How strongly a weight is drawn to nothing: about so many mentions must speak for it."""
SEEN_LEAST = 2
"""In so many mentions a sign must stand to be learned."""
LEAST = 0.03
"""A sign none of whose weights is larger is left out of the table."""
MOSTLY = 0.5
"""A mention is a person's where at least this share of its words is their name."""


@dataclass(frozen=True)
class Known:
    """A text with who writes it, as far as rules can tell, and its record."""

    told: Told
    writer: str
    truth: dict[str, Any]
    unseen: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DOCUMENTS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    known = list(documents(options.folder))
    told = learn([each for each in known if not each.unseen]) if options.write else {}
    told["unseen"] = report([each for each in known if each.unseen])
    print(json.dumps({"bench": "learn", **told}))


def documents(folder: Path) -> Iterator[Known]:
    """The longest text of every referral in `folder`."""
    for path in sorted(folder.glob("*/*")):
        truth = Path(f"{path}.json")
        number = re.search(r"\d+", path.name)
        if number is None or not truth.exists() or path.parent.name not in whose.CHANNELS:
            continue
        record = json.loads(truth.read_text("utf-8"))
        heard = [] if record.get("not_a_referral") else _listen(path)
        if heard:
            longest = max(heard, key=lambda finding: len(finding.told.words))
            yield Known(longest.told, longest.writing.writer, record, int(number[0]) % 3 == 0)


def _listen(path: Path) -> list[Finding]:
    """What was found in a text when its signs were to be weighed; read here to be heard, not in the process apart."""
    heard: list[Finding] = []
    weigh = whose.weigh
    whose.weigh = heard.append
    try:
        document = Document(path.name, "", path.read_bytes(), dt.date.today())  # noqa: DTZ011
        importlib.import_module(readers.READERS[kind_of(document)]).read(document)
    finally:
        whose.weigh = weigh
    return heard


def learn(known: list[Known]) -> dict[str, Any]:
    """Write the table; how many mentions and signs of each kind it was learned from."""
    lines = [
        "# What a sign weighs for each role, in log odds. Made by bench/learn.py from tests/documents; do not edit.",
        "# A line is kind, sign, and one weight a role in the order of weights.ROLES. No sign holds a value.",
    ]
    told: dict[str, Any] = {"documents": len(known)}
    for kind in KINDS:
        roles = weights.ROLES[kind]
        rows = [
            (around, roles.index(role_of(each, document.truth)))
            for document in known
            for each, around in _mentions(document, kind)
        ]
        names, learned = _fitted([around for around, _ in rows], [role for _, role in rows], len(roles))
        kept = [(name, row) for name, row in zip(names, learned.round(2), strict=True) if np.abs(row).max() >= LEAST]
        lines += ["\t".join([kind, name, *(f"{weight:g}" for weight in row)]) for name, row in kept]
        told[kind] = {"mentions": len(rows), "signs": len(kept)}
    weights.TABLE.write_text("\n".join(lines) + "\n", "utf-8")
    weights.table.cache_clear()
    weights.learned.cache_clear()
    return told


def _mentions(document: Known, kind: Kind) -> Iterator[tuple[Candidate, frozenset[str]]]:
    among = candidates(document.told, kind)
    yield from zip(among, signs.signs_of(document.told, document.writer, among), strict=True)


def role_of(candidate: Candidate, truth: dict[str, Any]) -> str:
    """Whose a mention is by the record; what is the contact's and the patient's is the patient's."""
    *roles, nobody = weights.ROLES[candidate.kind]
    if candidate.kind == "name":
        shares = {role: len(candidate.words & _names(truth, role)) / len(candidate.words) for role in roles}
        best = max(roles, key=lambda role: shares[role])
        return best if shares[best] >= MOSTLY else nobody
    leaf = {"birth": "date_of_birth", "house": "organization"}.get(candidate.kind, candidate.kind)
    for role in roles:
        field = "referrer.fax" if role == "fax" else f"{role}.{leaf}"
        if any(_alike(candidate, value) for value in _values(truth, field)):
            return role
    return nobody


def _names(truth: dict[str, Any], role: str) -> set[str]:
    if role == "patient":
        fields = ["patient.first_name", "patient.last_name", "patient.preferred_name"]
    else:
        own = role == "contact" and (truth.get("contact") or {}).get("relationship") == "self"
        fields = [] if own else [f"{role}.name"]
    return {word for field in fields for value in _values(truth, field) for word in name_words(value)}


def _alike(candidate: Candidate, value: str) -> bool:
    if candidate.kind in ("phone", "birth"):
        return re.sub(r"\D", "", candidate.value)[-10:] == re.sub(r"\D", "", value)[-10:]
    one, other = folded(candidate.value), folded(value)
    return one in other or other in one


def _values(truth: dict[str, Any], field: str) -> list[str]:
    """Everything that is right for a field, of all patients of the document."""
    part, _, name = field.partition(".")
    said = [(record.get(part) or {}).get(name) for record in (truth, *(truth.get("additional_records") or []))]
    accepted = (truth.get("_accept") or {}).get(field) or []
    return [str(each) for each in (*said, *(accepted if isinstance(accepted, list) else [accepted])) if each]


def _fitted(rows: list[frozenset[str]], roles: list[int], classes: int) -> tuple[list[str], NDArray[np.float64]]:
    """Multinomial logistic regression whose weights are drawn to nothing, by Adam (Kingma and Ba, 2015)."""
    counted = Counter(sign for row in rows for sign in row)
    names = sorted(sign for sign, count in counted.items() if count >= SEEN_LEAST)
    number = {name: n for n, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)), dtype=np.float32)
    for n, row in enumerate(rows):
        matrix[n, [number[sign] for sign in row if sign in number]] = 1
    wanted = np.eye(classes)[roles]
    at = np.zeros((len(names), classes))
    mean, square = np.zeros_like(at), np.zeros_like(at)
    for n in range(1, 251):
        sums = matrix @ at
        powers = np.exp(sums - sums.max(1, keepdims=True))
        slope = (matrix.T @ (powers / powers.sum(1, keepdims=True) - wanted) + SHRINK * at) / len(rows)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        at = at - 0.05 * (mean / (1 - 0.9**n)) / (np.sqrt(square / (1 - 0.999**n)) + 1e-8)
    return names, at


def report(known: list[Known]) -> dict[str, Any]:
    """Of everything owned in unseen documents how often the most probable role is its own, by the share stated."""
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for document in known:
        for each in whose.owned(document.told, document.writer):
            roles = weights.ROLES[each.kind]
            share = max(each.shares)
            role = roles[each.shares.index(share)]
            if role != roles[-1]:
                hits[each.kind][f"{int(share * 10) / 10:.1f}"].append(role_of(each.best, document.truth) == role)
    return {
        kind: {
            share: {"stated": len(right), "right": round(sum(right) / len(right), 2)}
            for share, right in sorted(by_share.items())
        }
        for kind, by_share in hits.items()
    }


if __name__ == "__main__":
    main()
