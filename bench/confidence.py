"""How often each rule of the readers of texts is right, beside how sure it says it is. Prints one JSON line.

    python bench/confidence.py [CORPUS] [--unseen] [--every 4]

CORPUS (../shared/corpus) holds email/, phone/ and web/ with their truth; score.py stands in ../shared/corpus. Documents
whose number is divisible by four (in tests/documents by three: --every 3) are kept unseen: they are measured only
with --unseen, and then as totals, without the rules.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document
from firstvisit.steps.intake.understanding import confidence, normal
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.settle import Settled

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
BINS = (0.0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.01)
SHOWN = {"payers.0": "payer", "disciplines": "discipline"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=CORPUS)
    parser.add_argument("--unseen", action="store_true")
    parser.add_argument("--every", type=int, default=4, help="which number divides those kept unseen")
    options = parser.parse_args()
    for needed in (options.corpus, CORPUS / "score.py"):
        if not needed.exists():
            print(json.dumps({"bench": "confidence", "not_measured": f"there is no {needed}"}))
            return
    scorer = _scorer(CORPUS / "score.py")
    rules: dict[str, list[bool]] = defaultdict(list)
    bins: dict[float, list[bool]] = defaultdict(list)
    documents = 0
    for path in _documents(options.corpus, options.unseen, options.every):
        truth = json.loads(Path(f"{path}.json").read_text("utf-8"))
        if truth.get("not_a_referral"):
            continue
        documents += 1
        today = dt.date.today()  # noqa: DTZ011
        understood = readers.read_whole(Document(path.name, "", path.read_bytes(), today))
        for found in understood.found:
            if found.patient == 0 and (right := _right(scorer, truth, found, today)) is not None:
                rules[found.rule].append(right)
        for sure, right in _settled(scorer, truth, understood.patients[0]):
            bins[max(edge for edge in BINS if edge <= sure)].append(right)
    print(json.dumps({
        "documents": documents,
        "part": "unseen" if options.unseen else "build",
        "stated": {f"{low:.2f}": _share(hits) for low, hits in sorted(bins.items())},
        "rules": {} if options.unseen else {
            name: {"stated": stated, **_share(rules.get(name, []))} for name, stated in confidence.RULES.items()
        },
    }))  # fmt: skip


def _share(hits: list[bool]) -> dict[str, Any]:
    return {"values": len(hits), "right": round(sum(hits) / len(hits), 3) if hits else None}


def _documents(corpus: Path, unseen: bool, every: int) -> Iterator[Path]:
    for channel in ("email", "phone", "web"):
        for path in sorted((corpus / channel).iterdir()):
            number = re.search(r"(\d+)", path.name)
            if path.suffix != ".json" and number and (int(number[1]) % every == 0) == unseen:
                yield path


def _settled(scorer: ModuleType, truth: dict[str, Any], settled: Settled) -> Iterator[tuple[float, bool]]:
    stated = settled.referral.model_dump(mode="json", exclude={"evidence"})
    for path, evidence in settled.referral.evidence.items():
        value: Any = stated
        for name in path.split("."):
            value = value[int(name)] if isinstance(value, list) else value[name]
        if not isinstance(value, list):
            right = _compare(scorer, truth, _shown(path), value)
            if right is not None:
                yield evidence.confidence, right


def _right(scorer: ModuleType, truth: dict[str, Any], found: Found, today: dt.date) -> bool | None:
    if isinstance(found.value, dict):
        return None
    try:
        value = normal.normalised(found.path, found.value, today)
    except ValueError:
        return None
    if value is None:  # what was found normalises to nothing
        return None
    return _compare(scorer, truth, _shown(found.path), str(value) if isinstance(value, dt.date) else value)


def _shown(path: str) -> str:
    """The path in the published schema: "payers.0.name" is "payer.name", "availability.3" is "availability"."""
    for ours, theirs in SHOWN.items():
        if path.startswith(ours):
            path = path.replace(ours, theirs, 1)
    return re.sub(r"\.\d+$", "", path)


def _compare(scorer: ModuleType, truth: dict[str, Any], field: str, value: Any) -> bool | None:
    """Whether a value is right as the scorer counts it; None for what it does not score here."""
    ignored = truth.get("_ignore") or []
    if field in ignored or field.split(".")[0] in ignored:
        return None
    accepted = (truth.get("_accept") or {}).get(field, [])
    if field in scorer.SETS:
        entered = scorer.norm_set(field, truth.get(field)) | scorer.norm_set(field, accepted)
        return bool(scorer.norm_set(field, [value]) <= entered)
    if field not in scorer.SCALARS:
        return None
    said, right = scorer.norm(field, value), scorer.norm(field, scorer.get(truth, field))
    if right is None and field.startswith("contact."):
        return None
    others = [scorer.norm(field, each) for each in accepted]
    return any(each is not None and scorer.same(field, each, said) for each in (right, *others))


def _scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
