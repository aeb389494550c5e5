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

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question about a whole text: how probable each answer is, and the piece most looked at for it."""

    shares: dict[str, float]
    piece: int


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

    def vectors(self, pieces: Pieces) -> Vectors:
        """One vector a piece; where windows overlap their mean."""
        numbers = pieces.numbers
        whole = np.zeros((len(numbers), self._heads["looks"].shape[1]), np.float32)
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

    def answers(self, vectors: Vectors) -> dict[str, Answer]:
        """Every question about the whole with its answers; of a question with several right answers each stands for itself."""
        looked = _softmax(self._heads["looks"] @ vectors.T * SHARPNESS)
        gathered = np.concatenate([looked @ vectors, np.broadcast_to(vectors.mean(0), looked.shape[:1] + vectors.shape[1:])], 1)
        told = {}
        for n, (name, question) in enumerate(self._questions.items()):
            sums = self._heads[f"answer.{name}"] @ gathered[n] + self._heads[f"answer.{name}_bias"]
            shares = 1 / (1 + np.exp(-sums)) if question["several"] else _softmax(sums)
            told[name] = Answer(dict(zip(question["answers"], _rounded(shares), strict=True)), int(looked[n].argmax()))
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


def _softmax(sums: Vectors) -> Vectors:
    powers = np.exp(sums - sums.max(-1, keepdims=True))
    shares: Vectors = powers / powers.sum(-1, keepdims=True)
    return shares


def _gelu(values: Vectors) -> Vectors:
    """Hendrycks and Gimpel, 2016, by the hyperbolic tangent."""
    bent: Vectors = 0.5 * values * (1 + np.tanh(np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)))
    return bent
