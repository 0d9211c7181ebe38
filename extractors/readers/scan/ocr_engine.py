"""The recogniser: RapidOCR with the models of its own wheel, and corrections of its usual mistakes in Chinese print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from extractors.document import ReadError

if TYPE_CHECKING:
    from extractors.readers.scan.binarize import GrayImage

INSTALL: Final = '请安装识别组件 pip install "wenming-warehouse[ocr]" 后重新构建，或把文件录入为 docx 后放入'
_PACKAGES: Final = ("rapidocr", "onnxruntime", "cv2", "numpy")
_BATCH_SIZE: Final = 6
"""Lines recognised together."""
_LEAST_SHAPE: Final = (3, 48, 96)
"""Channels, height and least width of the images recognised together: a cell with a figure is no wider than high."""
_MAX_DETECT_SIDE: Final = 3_200
"""Pixels: larger pages are shrunk by the detector."""
_MAX_FULL_STOP: Final = 0.45
"""In type sizes: a ring no larger than this is a full stop, a nought is taller."""

_MIN_CHAR_CONFIDENCE: Final = 0.8
"""Of one character: of those recognised wrongly nine in ten have less."""

_CJK = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff"
_TO_FULL_WIDTH = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"})
_HALF_WIDTH_AFTER_CJK = re.compile(rf"(?<=[{_CJK}）》”])[,;:!?]")
_BRACKETS = re.compile(rf"\((?=[^()（）]*[{_CJK}])([^()（）]*)[)）]|（([^()（）]*)\)|(?<=[{_CJK}])\(([^()（）]*)\)")
_OPENING_ALONE = re.compile(rf"\((?=[{_CJK}])|(?<=[{_CJK}，。；：、])\((?=[^()]*$)")
_CLOSING_ALONE = re.compile(rf"(?<=[{_CJK}，。；：、%％])\)|(?<=\d)\)(?=[{_CJK}，。；：、])")
_PUNCTUATION = "，。；：、（）《》“”"
_BLANK_AT_CJK = re.compile(
    rf"(?<=[{_CJK}{_PUNCTUATION}])[ ]+(?=[A-Za-z0-9（(《“])|(?<=[A-Za-z0-9%％])[ ]+(?=[{_CJK}{_PUNCTUATION}])"
)
_BLANK_AFTER_PUNCTUATION = re.compile(rf"(?<=[，。；：、）)》])[ ]+(?=[{_CJK}])")
_REPEATED_NUMERAL = re.compile(r"([Ⅱ-Ⅻ])\1+")
"""Roman numerals that never occur twice in a row."""
_LETTERS_AT_NUMERAL = re.compile(r"[Ii1l|]{1,2}(?=[Ⅱ-Ⅻ][Iil|]{0,2}\s*[-—－])|(?<=[Ⅱ-Ⅻ])[Iil|]{1,2}(?=\s*[-—－])")
"""A broad Roman numeral that was recognised twice, once as letters."""
_POINTS = re.compile(r"(?<=[（(])([0-9lI|oOS.]{1,4})(?=\s*分[）)])")
_TO_DIGITS = str.maketrans({"l": "1", "I": "1", "|": "1", "o": "0", "O": "0", "S": "5"})
_RINGS = frozenset("0oO°〇。")


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """The text of the image of one line, with a confidence from 0 to 1 for each character."""

    text: str
    char_confidences: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Mean over the characters; 0 for no text."""
        return sum(self.char_confidences) / len(self.char_confidences) if self.char_confidences else 0.0

    @property
    def doubtful(self) -> str:
        """The ideographs, letters and digits of which the recogniser is not certain; marks decide no fact."""
        if len(self.text) != len(self.char_confidences):
            return self.text if min(self.char_confidences, default=1.0) < _MIN_CHAR_CONFIDENCE else ""
        pairs = zip(self.text, self.char_confidences, strict=True)
        return "".join(char for char, sure in pairs if sure < _MIN_CHAR_CONFIDENCE and char.isalnum())


class Recogniser(Protocol):
    """The two calls that recognising a page needs."""

    def detect(self, gray: GrayImage) -> list[tuple[float, float, float, float]]:
        """Return boxes (x0, top, x1, bottom) in pixels around stretches of text."""
        ...

    def recognise(self, crops: Sequence[GrayImage]) -> list[RecognisedText]:
        """Return the texts of images of one line each."""
        ...


class _RapidOcr:
    """RapidOCR as a `Recogniser`."""

    def __init__(self, engine: Any, nothing_found: type[Exception]) -> None:
        self._engine = engine
        self._nothing_found = nothing_found

    def detect(self, gray: GrayImage) -> list[tuple[float, float, float, float]]:
        try:
            boxes = self._engine.detect_and_crop(_to_three_channels(gray), {})[1].boxes
        except self._nothing_found:
            return []
        return [(float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 0].max()), float(b[:, 1].max())) for b in boxes]

    def recognise(self, crops: Sequence[GrayImage]) -> list[RecognisedText]:
        if not crops:
            return []
        result = self._engine.recognize_txt([_to_three_channels(crop) for crop in crops])
        return [
            RecognisedText(str(text), tuple(float(c) for c in info.confs) if text else ())
            for text, info in zip(result.txts, result.word_results, strict=True)
        ]


def is_installed() -> bool:
    """Return whether the optional packages of recognition are installed."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def require_ocr() -> None:
    """Check that recognition is installed.

    Raises:
        ReadError: If it is not, with the remedy.
    """
    if not is_installed():
        raise ReadError("文件只有图像，需要文字识别（OCR），而识别组件尚未安装", INSTALL)


@lru_cache(maxsize=1)
def get_recogniser() -> Recogniser:
    """Return the recogniser of this process, made on the first call; nothing is downloaded.

    Raises:
        ReadError: If it is not installed or lacks its models.
    """
    require_ocr()
    rapidocr = import_module("rapidocr")
    models = Path(str(rapidocr.__file__)).parent / "models"
    paths = {kind: sorted(models.glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")}
    if not all(paths.values()):
        raise ReadError("文字识别组件不完整，缺少模型文件", INSTALL)
    try:
        engine = rapidocr.RapidOCR(
            params={
                # A path that is given is never looked up in a list of downloads.
                "Det.model_path": str(paths["det"][0]),
                "Rec.model_path": str(paths["rec"][0]),
                # By default the detector enlarges a narrow strip many times over.
                "Det.limit_type": "max",
                "Det.limit_side_len": _MAX_DETECT_SIDE,
                "Rec.rec_batch_num": _BATCH_SIZE,
                "Rec.rec_img_shape": list(_LEAST_SHAPE),
                "Global.log_level": "error",
                "Global.use_cls": False,
                "Global.use_vertical_padding": False,
                "Global.return_word_box": True,
                # As many files are read at once as there are cores: more threads take longer in all.
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
    except ImportError as error:
        raise ReadError("文字识别组件不能启动，安装不完整", INSTALL) from error
    return _RapidOcr(engine, import_module("rapidocr.main").RapidOCRError)


def correct_line(text: str) -> str:
    """Correct mistakes in a recognised line that the characters around prove.

    Blanks and half-width punctuation among ideographs, and letters in the place of digits.
    """
    text = _LETTERS_AT_NUMERAL.sub("", _REPEATED_NUMERAL.sub(r"\1", text.strip()))
    text = _BLANK_AFTER_PUNCTUATION.sub("", _BLANK_AT_CJK.sub("", text))
    text = _HALF_WIDTH_AFTER_CJK.sub(lambda m: m.group().translate(_TO_FULL_WIDTH), text)
    text = _BRACKETS.sub(lambda m: f"（{next(g for g in m.groups() if g is not None)}）", text)
    text = _CLOSING_ALONE.sub("）", _OPENING_ALONE.sub("（", text))
    return _POINTS.sub(lambda m: m.group().translate(_TO_DIGITS), text)


def correct_full_stop(text: str, width: float, height: float) -> str:
    """Return a full stop for a single small ring recognised as a nought; ink `width` and `height` in type sizes."""
    return "。" if text in _RINGS and max(width, height) < _MAX_FULL_STOP else text


def _to_three_channels(gray: GrayImage) -> Any:
    import numpy as np

    return np.repeat(gray[:, :, None], 3, axis=2)
