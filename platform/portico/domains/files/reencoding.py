"""Draws a picture anew, in a process of its own: `python reencoding.py PICTURE FOLDER`.

Decoders are what attackers of uploads aim at, so they run apart, with limits on memory and time, and this file imports
nothing of ours. It writes `whole` and `small` into the folder and says in one line of JSON what they are. Only pixels
pass: no EXIF, no place where it was taken, no bytes behind the picture's end. Exit code 3: it cannot be drawn;
4: it moves, and is better left as it is.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

MOST_PIXELS = 50_000_000
SMALL = 480
_MEMORY, _SECONDS, _LARGEST = 1536 * 1024**2, 20, 128 * 1024**2
# What a decoder raises on what is damaged, or made to be large.
_UNDRAWABLE = (
    *(OSError, ValueError, SyntaxError, MemoryError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)
# MPO is a JPEG with more pictures behind it, as telephones write it: the first one is the picture.
_SAVED_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    for name, most in (("AS", _MEMORY), ("CPU", _SECONDS), ("FSIZE", _LARGEST)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Colours as a screen without profiles shows them; the profile itself stays behind."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Upright, as pixels alone."""
    upright = ImageOps.exif_transpose(picture)
    alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    drawn = _in_srgb(upright if upright.mode in ("RGB", "RGBA") else upright.convert("RGBA" if alpha else "RGB"))
    drawn.info = {}
    return drawn


def _save(picture: Image.Image, path: Path, kind: str) -> None:
    if kind == "JPEG":
        picture.convert("RGB").save(path, "JPEG", quality=88, optimize=True, progressive=True)
    elif kind == "WEBP":
        picture.save(path, "WEBP", quality=86, method=4)
    else:
        picture.save(path, "PNG")


def draw(source: Path, folder: Path, square: int | None = None) -> dict[str, object]:
    """With `square`, the middle of it at that size, and nothing else."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=("JPEG", "PNG", "WEBP", "GIF")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            sys.exit(3)
        if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1 and square is None:
            sys.exit(4)
        kind = _SAVED_AS[opened.format or "PNG"]
        picture = _plain(opened)
    if square is not None:
        kind, picture = "WEBP", ImageOps.fit(picture, (square, square), Image.Resampling.LANCZOS)
    _save(picture, folder / "whole", kind)
    small = picture.copy()
    small.thumbnail((96, 96) if square is not None else (SMALL, SMALL), Image.Resampling.LANCZOS)
    _save(small, folder / "small", "WEBP")
    return {"type": f"image/{kind.lower()}", "width": picture.width, "height": picture.height}


def main() -> None:
    _limit()
    source, folder, *square = sys.argv[1:]
    try:
        about = draw(Path(source), Path(folder), int(square[0]) if square else None)
    except _UNDRAWABLE:
        sys.exit(3)
    sys.stdout.write(json.dumps(about))


if __name__ == "__main__":
    main()
