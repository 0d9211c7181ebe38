"""Twelve ways in which a page suffers on its way into a file; the same seed gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from PIL import Image

from tests.scans.pages import DPI, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Damage = Callable[["Pixels", np.random.Generator], bytes]


def _as_pixels(values: Any) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)


def _waves(shape: tuple[int, int], rng: np.random.Generator, waves: int) -> NDArray[np.float32]:
    """Return smooth values from 0 to 1 over an area, about `waves` hills along it."""
    small = rng.random((waves + 2, waves + 2)).astype(np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1)


def photograph(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """A telephone's picture of the sheet on a dark table: perspective, a little turned, light from one side."""
    height, width = pixels.shape[:2]
    margin = 0.09
    out_w, out_h = round(width * (1 + 2 * margin)), round(height * (1 + 2 * margin))
    table = 38 + 34 * _waves((out_h, out_w), rng, 6)
    grain = cv2.blur(rng.normal(0, 14, (out_h, out_w)).astype(np.float32), (41, 1))
    ground = (table + grain)[:, :, None] * np.array([1.15, 0.92, 0.75], np.float32)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shift = rng.uniform(-0.06, 0.06, (4, 2)) * min(width, height)
    target = (corners + np.array([margin * width, margin * height]) + shift).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    sheet = cv2.warpPerspective(pixels, matrix, (out_w, out_h), flags=cv2.INTER_CUBIC)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (out_w, out_h))[:, :, None] / 255.0
    light = 0.72 + 0.26 * _waves((out_h, out_w), rng, 1)[:, :, None]
    photo = (sheet * cover + ground * (1 - cover)) * light
    return encode(_as_pixels(cv2.GaussianBlur(photo, (0, 0), 0.7)), "jpeg", dpi=None, quality=88)


def skew(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Laid on the glass by 5 to 8 degrees askew; nothing of the sheet is cut off."""
    degrees = float(rng.uniform(5, 8) * rng.choice([-1, 1]))
    turned = Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(250, 250, 250))
    return encode(np.asarray(turned, np.uint8))


def curve(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """A page of a bound volume: its lines rise to the fold, its columns narrow there."""
    height, width = pixels.shape[:2]
    depth = float(rng.uniform(22, 34))
    is_left = bool(rng.integers(2))
    x = np.arange(width, dtype=np.float32) / width
    near = (1 - x) if is_left else x
    lift = depth * near**2.2
    squeeze = 0.05 * width * near**3 * (1 if is_left else -1)
    map_x = np.repeat((np.arange(width, dtype=np.float32) + squeeze)[None], height, axis=0)
    rows = np.arange(height, dtype=np.float32)[:, None]
    map_y = (rows + lift[None] * (0.5 + rows / height)).astype(np.float32)
    bent = cv2.remap(
        pixels, map_x.astype(np.float32), map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )  # fmt: skip
    return encode(_as_pixels(bent * (1 - 0.35 * near**4)[None, :, None]), "jpeg", quality=90)


def seal(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Two red seals stamped over the text, one of them pale."""
    paper = pixels.astype(np.float32)
    height, width = pixels.shape[:2]
    for strength in (0.9, 0.55):
        radius = int(rng.uniform(0.8, 0.9) * DPI)
        x, y = int(rng.uniform(radius, width - radius)), int(rng.uniform(0.3 * height, height - radius))
        ink = np.zeros((height, width), np.uint8)
        cv2.circle(ink, (x, y), radius, 255, 9)
        star = [
            (x + r * np.sin(a), y - r * np.cos(a))
            for a, r in zip(np.arange(10) * np.pi / 5, [0.36 * radius, 0.14 * radius] * 5, strict=True)
        ]
        cv2.fillPoly(ink, [np.array(star, np.int32)], 255)
        for angle in np.linspace(-2.2, 2.2, 12):
            # Characters around the rim, here as crossed strokes.
            cx, cy = x + 0.76 * radius * np.sin(angle), y - 0.76 * radius * np.cos(angle)
            for _ in range(5):
                ends = (np.array([cx, cy]) + rng.uniform(-16, 16, (2, 2))).astype(int)
                cv2.line(ink, tuple(ends[0].tolist()), tuple(ends[1].tolist()), 255, 5)
        worn = _waves((height, width), rng, 60) > 0.18
        amount = (strength * cv2.GaussianBlur(ink, (0, 0), 0.9) / 255.0 * worn)[:, :, None]
        paper *= 1 - amount * (1 - np.array([214, 36, 48], np.float32) / 255)
    return encode(_as_pixels(paper), "jpeg", quality=85)


def fax(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """A fax in fine resolution: black and white, ragged edges, specks and a few lost rows."""
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    gray = cv2.GaussianBlur(gray, (0, 0), 0.9) + rng.normal(0, 22, gray.shape)
    black = gray < 150
    black ^= rng.random(gray.shape) < 0.0015
    for row in rng.integers(0, gray.shape[0], 6):
        black[row] = False
    buffer = io.BytesIO()
    sheet = Image.fromarray(np.where(black, np.uint8(0), np.uint8(255))).convert("1")
    sheet.save(buffer, "tiff", compression="group4", dpi=(DPI, DPI))
    return buffer.getvalue()


def coarse(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Scanned at 100 dpi, slightly out of level."""
    gray = Image.fromarray(pixels).convert("L")
    gray = gray.rotate(float(rng.uniform(-0.5, 0.5)), Image.Resampling.BICUBIC, fillcolor=255)
    small = gray.resize((gray.width // 2, gray.height // 2), Image.Resampling.BOX)
    return encode(np.asarray(small, np.uint8), "jpeg", dpi=100, quality=80)


def artefacts(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Compressed too far, twice, as by a messenger."""
    small = Image.fromarray(pixels).resize((pixels.shape[1] * 3 // 4, pixels.shape[0] * 3 // 4), Image.Resampling.BOX)
    first = encode(np.asarray(small, np.uint8), "jpeg", dpi=150, quality=int(rng.integers(22, 30)))
    again = np.asarray(Image.open(io.BytesIO(first)).convert("RGB"), np.uint8)
    shifted = np.roll(again, (3, 5), axis=(0, 1))
    return encode(shifted, "jpeg", dpi=150, quality=int(rng.integers(16, 22)))


def shadow(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Uneven light, and the shadow of a hand with a soft edge."""
    height, width = pixels.shape[:2]
    light = 0.55 + 0.43 * _waves((height, width), rng, 2)
    hand = np.zeros((height, width), np.uint8)
    middle = (int(rng.uniform(0.2, 0.8) * width), int(rng.uniform(0.4, 0.9) * height))
    cv2.ellipse(hand, middle, (width // 3, height // 6), float(rng.uniform(0, 180)), 0, 360, 255, -1)
    cover = cv2.GaussianBlur(hand, (0, 0), 18) / 255.0
    noisy = pixels * (light * (1 - 0.5 * cover))[:, :, None] + rng.normal(0, 3, pixels.shape)
    return encode(_as_pixels(noisy), "jpeg", quality=85)


def blur(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Out of focus, and a little moved."""
    soft = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(1.5, 1.9)))
    length = 5
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, length // 2), (length - 1, length // 2 + int(rng.integers(-2, 3))), 1.0)
    return encode(_as_pixels(cv2.filter2D(soft, -1, kernel / kernel.sum())), "jpeg", quality=85)


def noise(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Grain, and white and black specks."""
    noisy = pixels + rng.normal(0, 20, pixels.shape[:2])[:, :, None]
    lot = rng.random(pixels.shape[:2])
    noisy[lot < 0.008] = 0
    noisy[lot > 0.992] = 255
    return encode(_as_pixels(noisy))


def fade(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """A worn ribbon: the ink is pale, here more and there less, on yellowish paper."""
    strength = 0.22 + 0.3 * _waves(pixels.shape[:2], rng, 5)[:, :, None]
    paper = np.array([236, 229, 210], np.float32)
    faded = paper - strength * (255 - pixels.astype(np.float32)) + rng.normal(0, 4, pixels.shape)
    return encode(_as_pixels(faded), "jpeg", quality=85)


def bleed(pixels: Pixels, rng: np.random.Generator) -> bytes:
    """Thin paper: the back shines through, mirrored; the lid was open, so the borders are black."""
    back = np.roll(pixels[:, ::-1], tuple(rng.integers(-60, 60, 2).tolist()), axis=(0, 1))
    through = cv2.GaussianBlur(back, (0, 0), 1.6).astype(np.float32)
    page = np.minimum(pixels.astype(np.float32), 255 - 0.3 * (255 - through)) * 0.94
    top, bottom, left, right = (int(v) for v in rng.integers(15, 70, 4))
    dark = cv2.copyMakeBorder(_as_pixels(page), top, bottom, left, right, cv2.BORDER_CONSTANT, value=(22, 20, 20))
    return encode(_as_pixels(dark + rng.normal(0, 5, dark.shape)), "jpeg", quality=85)


DAMAGES: Final[dict[str, Damage]] = {
    f.__name__: f
    for f in (photograph, skew, curve, seal, fax, coarse, artefacts, shadow, blur, noise, fade, bleed)
}  # fmt: skip
