"""The network: pieces of a text in, what it makes of each candidate and of each question about the whole out. Pure.

A small encoder (MiniLM, six layers of 384; Wang et al., 2020), taught by `bench/learn.py` on documents whose record is known,
gives every piece a vector that holds what stands around it. Of a candidate (a name, a number) its vectors are weighed for
whose it is; for each question about the whole the vectors are gathered by where the network looks for the answer.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from firstvisit.steps.intake.understanding.learned.words import Pieces

HERE: Final = Path(__file__).parent
ENCODER, HEADS, QUESTIONS = HERE / "encoder.onnx", HERE / "heads.npz", HERE / "questions.json"
WINDOW, STEP = 510, 384
"""Pieces the encoder takes at once, and how far apart the windows of a longer text begin."""
SHARPNESS: Final = 2.0
"""How sharply a question looks at the pieces nearest to it; as taught."""
BEGIN, END = 101, 102
"""The vocabulary's marks around what the encoder takes."""

FLAGS: Final = ("not_a_referral", "escalate")
"""Questions that every document answers, referral or not."""

MARKS: Final = (
    "patient.first_name",
    "patient.last_name",
    "contact.name",
    "referrer.name",
    "referrer.organization",
    "payer.name",
    "patient.city",
)
"""Fields whose values the network marks where they stand in the text."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question about a whole text: how probable each answer is, and the piece most looked at for each."""

    shares: dict[str, float]
    pieces: dict[str, int]


class Network:
    """The encoder and its heads; loading takes a quarter of a second. One thread at a time."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._encoder: Any = onnxruntime.InferenceSession(os.fspath(ENCODER), options, providers=["CPUExecutionProvider"])
        with np.load(HEADS) as heads:
            self._heads: dict[str, Vectors] = {name: heads[name].astype(np.float32) for name in heads.files}
        self._questions: dict[str, Any] = json.loads(QUESTIONS.read_text("utf-8"))
        self._size: int = self._heads["role.name.inner"].shape[0]

    def vectors(self, pieces: Pieces) -> Vectors:
        """One vector a piece; where windows overlap their mean."""
        numbers = pieces.numbers
        whole = np.zeros((len(numbers), self._size), np.float32)
        times = np.zeros((len(numbers), 1), np.float32)
        for start in windows(len(numbers)):
            window = np.array([[BEGIN, *numbers[start : start + WINDOW], END]], np.int64)
            seen = self._encoder.run(None, {"ids": window})[0][0, 1:-1]
            whole[start : start + len(seen)] += seen
            times[start : start + len(seen)] += 1
        return (whole / np.maximum(times, 1)).astype(np.float32)

    def roles(self, kind: str, vectors: Vectors, places: list[range]) -> list[tuple[float, ...]]:
        """How probable each role is for candidates of one kind that stand at `places`."""
        mean = vectors.mean(0)
        rows = np.stack([np.concatenate([vectors[at.start], vectors[at.start : at.stop].mean(0), mean]) for at in places])
        hidden = _gelu(rows @ self._heads[f"role.{kind}.inner"].T + self._heads[f"role.{kind}.inner_bias"])
        return [_rounded(row) for row in _softmax(hidden @ self._heads[f"role.{kind}.outer"].T + self._heads[f"role.{kind}.outer_bias"])]

    def marks(self, vectors: Vectors) -> Vectors:
        """For each piece how probable it is that it belongs to a value of each of `MARKS`; the last share is that of none."""
        return _softmax(vectors @ self._heads["marks"].T + self._heads["marks_bias"])

    def answers(self, vectors: Vectors) -> dict[str, Answer]:
        """Every question about the whole with its answers. Of a question with several right answers each stands for itself,
        and one piece that speaks for it is enough."""
        mean = vectors.mean(0)
        told = {}
        for name, question in self._questions.items():
            weights, bias, look = self._heads[f"answer.{name}"], self._heads[f"answer.{name}_bias"], self._heads[f"look.{name}"]
            if question["several"]:
                spoken = vectors @ look.T
                shares = 1 / (1 + np.exp(-(_gathered(spoken) + weights @ mean + bias)))
                most = spoken.argmax(0).tolist()
            else:
                looked = _softmax(look @ vectors.T * SHARPNESS)
                shares = _softmax(weights @ np.concatenate([looked @ vectors, mean]) + bias)
                most = [int(looked.argmax())] * len(shares)
            answers = question["answers"]
            told[name] = Answer(dict(zip(answers, _rounded(shares), strict=True)), dict(zip(answers, most, strict=True)))
        return told


@cache
def shipped() -> Network:
    """The one that ships; loaded when the first text is read."""
    return Network()


def windows(pieces: int) -> range:
    """Where the windows of so many pieces begin; the last one reaches their end."""
    return range(0, 1 if pieces <= WINDOW else pieces - WINDOW + STEP, STEP)


def _rounded(shares: Vectors) -> tuple[float, ...]:
    """Shares as two runs of the same text both give them: the last bits hang on where memory lies."""
    return tuple(round(float(share), 3) for share in shares)


def _gathered(spoken: Vectors) -> Vectors:
    """What the pieces say together for each answer: about as much as the one that says most (log of the sum of powers)."""
    most = spoken.max(0)
    together: Vectors = most + np.log(np.exp(spoken - most).sum(0))
    return together


def _softmax(sums: Vectors) -> Vectors:
    powers = np.exp(sums - sums.max(-1, keepdims=True))
    shares: Vectors = powers / powers.sum(-1, keepdims=True)
    return shares


def _gelu(values: Vectors) -> Vectors:
    """Hendrycks and Gimpel, 2016, by the hyperbolic tangent."""
    bent: Vectors = 0.5 * values * (1 + np.tanh(np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)))
    return bent
