"""A picture as a camera stores it: a JPEG with the time, and turned when the camera was."""

from datetime import datetime
from io import BytesIO

from PIL import Image
from PIL.ExifTags import IFD, Base

QUALITY = 90
STORED = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""How the upright picture is turned (anticlockwise) when stored under an EXIF orientation."""


def camera_jpeg(picture: Image.Image, taken: datetime, orientation: int = 1) -> bytes:
    """The bytes of a JPEG that shows `picture` upright once its EXIF orientation is applied.

    The time of exposure is in `DateTimeOriginal` and, to the millisecond, `SubSecTimeOriginal`.

    Args:
        picture: upright, in RGB.
        taken: when.
        orientation: 1, 3, 6 or 8 (EXIF 2.32, section 4.6.4).
    """
    turn = STORED[orientation]
    stored = picture if turn is None else picture.transpose(turn)
    moment = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.DateTime] = moment
    exif[Base.Make] = "Touchline"
    exif[Base.Model] = "Drawn media day"
    exif.get_ifd(IFD.Exif).update(
        {
            Base.DateTimeOriginal: moment,
            Base.SubsecTimeOriginal: f"{taken.microsecond // 1000:03d}",
        }
    )
    stream = BytesIO()
    stored.save(stream, "JPEG", quality=QUALITY, exif=exif)
    return stream.getvalue()
