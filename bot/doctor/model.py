"""The language model: there, made of today's training data, and answering."""

from ..language import Language
from ..model.errors import DanLoiError, NluError
from ..settings import Settings
from ..understanding import model_files
from ..written import read_catalogue
from .finding import Finding, mend, unsure, well

QUESTION = "làm căn cước công dân cho cháu ở đâu"
"""Any model of ours has something to say to that."""
TRAIN = "danloi train (một hai phút; trợ lý đang chạy tự đổi theo)"


def model(settings: Settings) -> list[Finding]:
    """The files. Where questions go elsewhere, the model is the others' to look after."""
    if settings.nlu_url:
        return [well("model", "mô hình ở máy khác (NLU_URL)")]
    current = model_files.current(settings.root, settings.models)
    if current is None:
        return [mend("model", f"chưa có mô hình ngôn ngữ trong {settings.models}", TRAIN)]
    fitting = model_files.expected(settings.root, settings.models)
    if current == fitting:
        return [well("model", f"{current.name} học từ đúng dữ liệu đang có")]
    if fitting.is_file():
        what = f"đang dùng {current.name}; {fitting.name} mới hơn nhưng đọc kém hơn nên chưa được dùng"
        return [unsure("model", what, "không phải làm gì; vẫn muốn đổi thì danloi train --anyway")]
    return [mend("model", f"{current.name} học từ dữ liệu hay mã cũ", TRAIN)]


async def nlu(settings: Settings, answers: bool) -> list[Finding]:
    """Whether questions are answered. `answers`: a running assistant of ours says so, which is proof; else one is asked here."""
    if answers:
        return [well("nlu", "mô hình đang trả lời cho trợ lý đang chạy")]
    if not settings.nlu_url and model_files.current(settings.root, settings.models) is None:
        return [unsure("nlu", "chưa có mô hình nào để hỏi", TRAIN)]
    known = read_catalogue(settings.root)
    try:
        language = Language(settings, known)
        try:
            await language.start()
            await language.ready()
            meaning = await language.nlu.parse(QUESTION)
        finally:
            await language.stop()
    except (DanLoiError, OSError) as error:
        return [_silent(settings, error)]
    if meaning.top is None:
        return [mend("nlu", "mô hình trả lời nhưng không biết chủ đề nào của chương trình này", TRAIN)]
    where = ", ".join(settings.nlu_url) or "mô hình ở máy này"
    return [well("nlu", f"{where}: trả lời được")]


def _silent(settings: Settings, error: Exception) -> Finding:
    if settings.nlu_url:
        remedy = "xem các máy trong NLU_URL có chạy, cùng NLU_TOKEN và cùng mô hình; trong khi chờ, bấm nút và từ khóa vẫn dùng được"
        return mend("nlu", "không máy nào trong NLU_URL trả lời bằng mô hình của chương trình này", remedy)
    what = str(error) if isinstance(error, NluError) else type(error).__name__
    return mend("nlu", f"mô hình không chạy được: {what}", "make setup, rồi danloi train; còn lỗi thì xem các dòng cuối ở trên")
