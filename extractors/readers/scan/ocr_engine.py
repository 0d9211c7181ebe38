"""The recogniser: RapidOCR with the models of its own wheel, made once per process, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from extractors.document import ReadError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

INSTALL = '请安装识别组件 pip install "wenming-warehouse[ocr]" 后重新构建，或把文件录入为 docx 后放入'
_NEEDED = ("rapidocr", "onnxruntime", "cv2", "numpy")
_BATCH = 6
_LONGEST = 3_200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a recogniser makes of the picture of one line. `sure` has one value from 0 to 1 for each character."""

    text: str
    sure: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """Mean over the characters; 0 for no text."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


class Recogniser(Protocol):
    """What the page reader needs: where text stands, and what a line says."""

    def detect(self, grey: Grey) -> list[tuple[float, float, float, float]]:
        """Boxes (x0, top, x1, bottom) in pixels of stretches of text."""
        ...

    def recognise(self, crops: Sequence[Grey]) -> list[Reading]:
        """The text of pictures of one line each."""
        ...


class _Rapid:
    """RapidOCR behind the two calls above."""

    def __init__(self, engine: Any, nothing_found: type[Exception]) -> None:
        self._engine = engine
        self._nothing_found = nothing_found

    def detect(self, grey: Grey) -> list[tuple[float, float, float, float]]:
        try:
            boxes = self._engine.detect_and_crop(_three(grey), {})[1].boxes
        except self._nothing_found:
            return []
        return [(float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 0].max()), float(b[:, 1].max())) for b in boxes]

    def recognise(self, crops: Sequence[Grey]) -> list[Reading]:
        if not crops:
            return []
        out = self._engine.recognize_txt([_three(crop) for crop in crops])
        return [
            Reading(str(text), tuple(float(c) for c in info.confs) if text else ())
            for text, info in zip(out.txts, out.word_results, strict=True)
        ]


def _three(grey: Grey) -> Any:
    import numpy as np

    return np.repeat(grey[:, :, None], 3, axis=2)


def installed() -> bool:
    """Whether the optional packages of recognition are there."""
    return all(find_spec(name) is not None for name in _NEEDED)


def require() -> None:
    """Raise `ReadError` with the remedy unless recognition is installed."""
    if not installed():
        raise ReadError("文件只有图像，需要文字识别（OCR），而识别组件尚未安装", INSTALL)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser of this process. Raises `ReadError` when it is not installed or lacks its models."""
    require()
    rapidocr = import_module("rapidocr")
    models = Path(str(rapidocr.__file__)).parent / "models"
    found = {kind: sorted(models.glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")}
    if not all(found.values()):
        raise ReadError("文字识别组件不完整，缺少模型文件", INSTALL)
    try:
        engine = rapidocr.RapidOCR(
            params={
                # A path that is given is never looked up in a list of downloads.
                "Det.model_path": str(found["det"][0]),
                "Rec.model_path": str(found["rec"][0]),
                # By itself the detector enlarges a narrow strip many times over.
                "Det.limit_type": "max",
                "Det.limit_side_len": _LONGEST,
                "Rec.rec_batch_num": _BATCH,
                "Global.log_level": "error",
                "Global.use_cls": False,
                "Global.use_vertical_padding": False,
                "Global.return_word_box": True,
                # As many files are read as there are cores: more threads take longer in all.
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
    except ImportError as error:
        raise ReadError("文字识别组件不能启动，安装不完整", INSTALL) from error
    return _Rapid(engine, import_module("rapidocr.main").RapidOCRError)
