"""RapidOCR: text lines found and read by small networks that come with the package and run without a network.

It always is there. Its own way to turn single lines is off: it turned typed lines on their heads (docs/why).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from firstvisit.steps.intake.pages.page import Box, Word

if TYPE_CHECKING:
    from firstvisit.steps.intake.pages.clean import Grey

_FINDING = 0.6
"""Lines are found on a smaller picture (time goes with its area) and read from the full one."""
_LEAST_SURE = 0.3
"""Lines below this are scribbles and specks."""


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Global.text_score": _LEAST_SURE,
            "Global.return_word_box": True,
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_side_len": 32,
        }
    )


def upside_down(pieces: list[Grey]) -> float:
    """How many of these pieces of lines stand on their heads, 0 to 1."""
    result = _engine().cls_and_rotate([cv2.cvtColor(piece, cv2.COLOR_GRAY2BGR) for piece in pieces])[1]
    turned = straight = 0.0
    for label, score in result.cls_res:
        if label == "180":
            turned += float(score)
        else:
            straight += float(score)
    return turned / (turned + straight)


def read(grey: Grey) -> list[Word]:
    """The words of an upright page."""
    return [word for line in read_lines(grey, _lines(grey)) for word in line]


def read_lines(grey: Grey, found: list[tuple[int, int, int, int]]) -> list[list[Word]]:
    """The words of stretches of an upright page (left, top, right, bottom in dots), each of one line; [] for
    one without words."""
    if not found:
        return []
    height, width = grey.shape
    crops = [
        cv2.cvtColor(grey[top:bottom, left:right], cv2.COLOR_GRAY2BGR) for left, top, right, bottom in found
    ]
    read_ = _engine().recognize_txt(crops)
    return [
        _words(Box(*line), text, info, width, height) if text.strip() and score >= _LEAST_SURE else []
        for line, text, score, info in zip(found, read_.txts, read_.scores, read_.word_results, strict=True)
    ]


def _lines(grey: Grey) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of each text line in dots, with the margin that reading needs."""
    height, width = grey.shape
    inked = np.flatnonzero((grey < 128).any(axis=1))
    if not len(inked):
        return []
    # What lies beyond the last ink need not be looked at: most faxes are half empty.
    first, last = max(0, int(inked[0]) - 16), min(height, int(inked[-1]) + 16)
    part = grey[first:last]
    small = cv2.resize(part, None, fx=_FINDING, fy=_FINDING, interpolation=cv2.INTER_AREA)
    result = _engine()(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
    if result.boxes is None:
        return []
    lines = []
    for corners in np.asarray(result.boxes, dtype=np.float64) / _FINDING:
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0)
        if right - left >= 6 and bottom - top >= 8:
            lines.append(
                (
                    max(0, int(left) - 1),
                    max(0, int(top) + first - 1),
                    min(width, int(right) + 2),
                    min(height, int(bottom) + first + 2),
                )
            )
    return lines


def _western(text: str) -> str:
    """Letters as they are written here: a speck under an "a" makes no Polish one, and wide forms are narrow ones."""
    return "".join(
        letter if ord(letter) < 0x100 or not letter.isalnum() else next(iter(unicodedata.normalize("NFKD", letter)))
        for letter in text.replace("ı", "i").replace("×", "x")
    )


def _words(line: Box, text: str, info: Any, width: int, height: int) -> list[Word]:
    """The words of one line. The network says for each character at which of its columns it saw it, and how surely;
    spaces have a confidence too."""
    words: list[Word] = []
    if not info.line_txt_len:
        return words
    step = (line.right - line.left) / info.line_txt_len
    margin = 0.3 * (line.right - line.left) / max(len(text), 1)
    sure = [each for each, letter in zip(info.confs, text, strict=False) if not letter.isspace()]
    seen = 0
    for word, columns in zip(info.words, info.word_cols, strict=True):
        of_word = sure[seen : seen + len(word)] or [0.5]
        seen += len(word)
        box = Box(
            max(line.left, line.left + columns[0] * step - margin) / width,
            line.top / height,
            min(line.right, line.left + (columns[-1] + 1) * step + margin) / width,
            line.bottom / height,
        )
        words.append(Word(_western("".join(word)), box, round(sum(of_word) / len(of_word), 3)))
    return words
