"""A form with files as it came over the wire, taken apart by the standard library."""

from email.parser import BytesParser
from email.policy import HTTP
from io import BytesIO

from PIL import Image


def parts(content_type: str, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """Each field's file name, if it is a file, and what it holds."""
    whole = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found: dict[str, tuple[str | None, bytes]] = {}
    for part in whole.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = (part.get_filename(), content)
    return found


def seen(data: bytes, *kinds: str) -> tuple[int, int] | None:
    """How wide and high a picture of one of those kinds is; None where it is none."""
    try:
        with Image.open(BytesIO(data), formats=kinds) as image:
            image.load()
            return image.size
    except Exception:
        return None
