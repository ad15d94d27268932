"""Draw an image anew in a process that may use little: what comes out is a picture and no more."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 50_000_000  # the largest phone cameras; beyond it lies the bomb
LONGEST_SIDE = 4096
THUMB_SIDE = 320
SECONDS = 20
MEMORY = 1_500_000_000  # bytes of address space: 50 million pixels, twice, and the interpreter
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture drawn anew, and its thumbnail as WebP of at most 320 px."""

    content_type: str
    picture: bytes
    thumb: bytes


def redraw(path: Path) -> Drawn | None:
    """The image in this file; None when it is none, is broken, too large or takes too much."""
    command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT), str(path)]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter, no shell, a path we made
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS + 5,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        return None
    head, _, rest = done.stdout.partition(b"\n")
    facts = json.loads(head)
    size = facts["picture"]
    return Drawn(facts["content_type"], rest[:size], rest[size:])


_ROOT = Path(__file__).resolve().parents[2]
_CHILD = """
import sys
sys.path.append(sys.argv[1])
from bihuan.store import images
sys.exit(images.child(sys.argv[2]))
"""


def child(path: str) -> int:
    """Run in a process of its own: limit it, draw, write a line of facts and two pictures."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        drawn = draw(path)
    except (UnidentifiedImageError, Image.DecompressionBombError, MemoryError, OSError):
        return 1
    except (SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, Warning):
        return 1  # what Pillow raises on files made to hurt it
    facts = {"content_type": drawn.content_type, "picture": len(drawn.picture)}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + drawn.picture + drawn.thumb)
    return 0


def draw(path: str) -> Drawn:
    """The first frame, turned upright, without EXIF, place, profile or comment."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(path, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        image.load()
        upright = ImageOps.exif_transpose(image)
        drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    form = "PNG" if drawn.mode == "RGBA" else "JPEG"
    picture, small = io.BytesIO(), drawn.copy()
    # a picture made from the bare pixels has nothing else that could be saved with it
    bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    bare.save(picture, form, **({"quality": 88} if form == "JPEG" else {"optimize": False}))
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    thumb = io.BytesIO()
    Image.frombytes(small.mode, small.size, small.tobytes()).save(thumb, "WEBP", quality=80)
    return Drawn(_TYPES[form], picture.getvalue(), thumb.getvalue())
