"""What the writers wrote: whether `danloi check` lets it pass."""

from ..dialogue.versions import Library
from ..model.errors import WrittenError
from ..settings import Settings
from ..writing import check_written
from ..written import read_written
from .finding import Finding, mend, well

SHOWN = 3


def written(settings: Settings) -> tuple[list[Finding], Library | None]:
    """Read and check everything; the guides, where they can be read."""
    library = None
    try:
        read = read_written(settings)
        library = read.library
        checked = check_written(read, settings)
    except WrittenError as error:
        first = "; ".join(map(str, error.faults[:SHOWN]))
        more = f" … và {len(error.faults) - SHOWN} lỗi nữa" if len(error.faults) > SHOWN else ""
        return [mend("written", f"lỗi trong hướng dẫn hay lời: {first}{more}", "sửa theo danloi check, từng dòng có cách sửa")], library
    return [well("written", f"{checked.topics} chủ đề, {checked.guides} hướng dẫn, {checked.blocks} khối lời: không thấy lỗi")], library
