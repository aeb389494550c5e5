"""Teaches the network of `understanding/learned` with documents whose record is known. Prints one JSON line.

    python bench/learn.py [FOLDER ...] [--write] [--epochs N]

Each FOLDER (tests/documents) holds phone/, email/ and web/ with documents and their truth beside them, and passages/
with single passages, a line each, that answer the questions they name. A number or line that three divides is never
learned from: of those it prints how often the network is right, by the share it states. With
--write the network is taught anew (an hour on two cores) and stands in `understanding/learned` afterwards. That takes
what nobody needs who only reads: `pip install -r requirements/learn.in`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firstvisit.kernel.folding import folded
from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.readers.kind import kind_of
from firstvisit.steps.intake.understanding import learned, texts, whose
from firstvisit.steps.intake.understanding.learned import network, opinions
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.whose.candidates import KINDS, Candidate, candidates, name_words

DOCUMENTS = Path(__file__).parents[1] / "tests" / "documents"
MOSTLY = 0.5
"""A mention is a person's where at least this share of its words is their name."""


@dataclass(frozen=True)
class Known:
    """A text with its record and everything in it that may be somebody's."""

    name: str
    told: Told
    truth: dict[str, Any]
    unseen: bool
    among: list[Candidate]
    about: frozenset[str] | None = None
    """Of a single passage the questions that it answers; None for a whole document, whose record answers all."""

    def answer(self, question: str) -> list[str] | None:
        """What the record answers to a question, of several right answers each; None where it leaves it open. What is
        no referral answers the flags alone, and what is about several patients what holds for all of them."""
        if self.about is not None and question not in self.about:
            return None
        of_all = question in network.FLAGS or (question == "lead_kind" and self.referral)
        return answer_of(question, self.truth) if of_all or (self.referral and self.of_one) else None

    @property
    def referral(self) -> bool:
        return not self.truth.get("not_a_referral")

    @property
    def of_one(self) -> bool:
        """Whether it is about one patient: of several the record's first says too little."""
        return self.told.patients == 1 and not self.truth.get("additional_records")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="*", default=[DOCUMENTS])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--epochs", type=int, default=8)
    options = parser.parse_args()
    known = [each for folder in options.folder for each in (*documents(folder), *passages(folder))]
    told: dict[str, Any] = {"documents": len(known)}
    if options.write:
        from teaching.taught import teach

        began = time.monotonic()
        teach([each for each in known if not each.unseen], options.epochs)
        network.shipped.cache_clear()
        told["seconds"] = round(time.monotonic() - began)
    unseen = [each for each in known if each.unseen]
    told |= {"unseen": len(unseen), "roles": roles(unseen)}
    told |= {"answers": answers(each for each in unseen if each.about is None)}
    told |= {"of_passages": answers(each for each in unseen if each.about is not None)}
    print(json.dumps({"bench": "learn", **told}))


def documents(folder: Path) -> Iterator[Known]:
    """The longest text of every document in `folder` that has a record beside it."""
    for path in sorted(folder.glob("*/*")):
        truth = Path(f"{path}.json")
        number = re.search(r"\d+", path.name)
        if number is None or not truth.exists() or path.parent.name not in learned.CHANNELS:
            continue
        if heard := _listen(path):
            told = max(heard, key=lambda each: len(each.words))
            among = [each for kind in KINDS for each in candidates(told, kind)]
            yield Known(path.name, told, json.loads(truth.read_text("utf-8")), int(number[0]) % 3 == 0, among)


def passages(folder: Path) -> Iterator[Known]:
    """Every line of `folder`/passages/*.jsonl: a passage, what was asked before, and its answers by question."""
    for path in sorted(folder.glob("passages/*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            said = json.loads(line)
            passage = Passage(said.pop("text"), 0, question=said.pop("question", None) or "")
            told = Told(said.pop("channel", "phone"), dt.date.today(), (passage,))  # noqa: DTZ011
            truth: dict[str, Any] = {}
            for question, answer in said.items():
                *parts, leaf = question.split(".")
                part = truth
                for name in parts:
                    part = part.setdefault(name, {})
                part[leaf] = answer
            yield Known(f"{path.name}:{number}", told, truth, number % 3 == 0, [], frozenset(said))


def _listen(path: Path) -> list[Told]:
    """The texts of a document as they come to be understood; read here to be heard, not in the process apart, and
    by rules alone: a network that is yet to be taught need not fit the code that will load it."""
    heard: list[Told] = []
    understand, reading = texts.understand, learned.reading

    def listening(told: Told, *rest: Any) -> Any:
        heard.append(told)
        return understand(told, *rest)

    texts.understand, learned.reading = listening, lambda told: None
    try:
        document = Document(path.name, "", path.read_bytes(), dt.date.today())  # noqa: DTZ011
        importlib.import_module(readers.READERS[kind_of(document)]).read(document)
    finally:
        texts.understand, learned.reading = understand, reading
    return heard


def role_of(candidate: Candidate, truth: dict[str, Any]) -> str:
    """Whose a mention is by the record; what is the contact's and the patient's is the patient's."""
    *roles, nobody = whose.ROLES[candidate.kind]
    if candidate.kind == "name":
        shares = {role: len(candidate.words & _names(truth, role)) / len(candidate.words) for role in roles}
        best = max(roles, key=lambda role: shares[role])
        return best if shares[best] >= MOSTLY else nobody
    leaf = {"birth": "date_of_birth", "house": "organization"}.get(candidate.kind, candidate.kind)
    for role in roles:
        field = "referrer.fax" if role == "fax" else f"{role}.{leaf}"
        if any(_alike(candidate, value) for value in values_of(truth, field)):
            return role
    return nobody


def _names(truth: dict[str, Any], role: str) -> set[str]:
    if role == "patient":
        fields = ["patient.first_name", "patient.last_name", "patient.preferred_name"]
    else:
        own = role == "contact" and (truth.get("contact") or {}).get("relationship") == "self"
        fields = [] if own else [f"{role}.name"]
    return {word for field in fields for value in values_of(truth, field) for word in name_words(value)}


def _alike(candidate: Candidate, value: str) -> bool:
    if candidate.kind in ("phone", "birth"):
        return re.sub(r"\D", "", candidate.value)[-10:] == re.sub(r"\D", "", value)[-10:]
    one, other = folded(candidate.value), folded(value)
    return one in other or other in one


def values_of(truth: dict[str, Any], field: str) -> list[str]:
    """Everything that is right for a field, of all patients of the document."""
    part, _, name = field.partition(".")
    said = [(record.get(part) or {}).get(name) for record in (truth, *(truth.get("additional_records") or []))]
    accepted = (truth.get("_accept") or {}).get(field) or []
    return [str(each) for each in (*said, *(accepted if isinstance(accepted, list) else [accepted])) if each]


def answer_of(question: str, truth: dict[str, Any]) -> list[str] | None:
    """What the record answers to a question, of several right answers each; None where the record leaves it open."""
    if question in (truth.get("_ignore") or []) or question.split(".")[0] in (truth.get("_ignore") or []):
        return None
    value: Any = truth
    for name in question.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if question in network.FLAGS:
        return [str(bool(value))]
    if isinstance(value, list):
        return [str(each) for each in value]
    return [opinions.NOTHING if value in (None, "") else str(value)]


def roles(known: list[Known]) -> dict[str, Any]:
    """Of everything owned in unseen documents how often the most probable role is its own, by the share stated."""
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for document in known:
        for each in whose.owned(document.told) if document.referral and document.of_one and document.among else ():
            share = max(each.shares)
            role = whose.ROLES[each.kind][each.shares.index(share)]
            if role != whose.ROLES[each.kind][-1]:
                hits[each.kind][f"{int(share * 10) / 10:.1f}"].append(role_of(each.best, document.truth) == role)
    return {kind: _shown(by_share) for kind, by_share in hits.items()}


def answers(known: Iterable[Known]) -> dict[str, Any]:
    """Of the answers given in unseen documents how many the record gives too, by the share stated."""
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for document in known:
        reading = learned.reading(document.told)
        for question, answer in reading.answers.items() if reading else ():
            right = document.answer(question)
            if right is None:
                continue
            also = (document.truth.get("_accept") or {}).get(question) or []
            right = [*right, *(also if isinstance(also, list) else [also])]
            for value, share in answer.shares.items():
                if share >= opinions.LEAST and value not in (opinions.NOTHING, "False"):
                    hits[question][f"{int(share * 10) / 10:.1f}"].append(value in right)
    return {question: _shown(by_share) for question, by_share in hits.items()}


def _shown(by_share: dict[str, list[bool]]) -> dict[str, Any]:
    return {
        share: {"stated": len(right), "right": round(sum(right) / len(right), 2)}
        for share, right in sorted(by_share.items())
    }


if __name__ == "__main__":
    main()
