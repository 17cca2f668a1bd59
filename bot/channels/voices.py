"""What people's voices come as, told by their first bytes and not by what a platform or an address announces."""


def heard_as(data: bytes) -> str | None:
    """The media type by which a browser plays it: Ogg as Telegram records, AAC bare or in MPEG-4 as Zalo, MP3. None: something else."""
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data.startswith(b"ID3") or _frame(data, 0xE6, 0xE2):
        return "audio/mpeg"
    return "audio/aac" if _frame(data, 0xF6, 0xF0) else None


def _frame(data: bytes, mask: int, wanted: int) -> bool:
    """Whether an MPEG audio frame begins it: eleven or twelve set bits, then the layer (3 for MP3, 0 for AAC)."""
    return len(data) > 1 and data[0] == 0xFF and data[1] & mask == wanted
