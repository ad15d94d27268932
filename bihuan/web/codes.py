"""An address as a QR code, to be read from a screen or a sheet of paper."""

from __future__ import annotations

from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode


def svg(address: str, *, border: int = 0) -> str:
    """As SVG, with so many modules of quiet around it; readers want four, paper gives them."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=border, image_factory=SvgPathImage)
    code.add_data(address)
    return str(code.make_image().to_string(encoding="unicode"))
