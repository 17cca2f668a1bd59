"""The taps that the dialogue itself offers; what a guide's own questions offer comes from its steps."""

from ..model.message import Button
from .answers import answer_value
from .guide import Ask, Do

PERSON = Button("Gặp người hỗ trợ", "act:talk_to_human")
STOP = Button("Dừng lại", "act:stop")
REPEAT = Button("Nói lại", "act:repeat")
MENU = Button("Xem danh mục", "act:menu")
SKIP = Button("Bỏ qua", "act:skip")
FOLLOWED = Button("Được rồi", "act:follow_yes")
NOT_YET = Button("Chưa được", "act:follow_no")
BACK_TO_BOT = Button("Quay lại trợ lý", "act:back_to_bot")
CALL_BACK = Button("Để lại số gọi lại", "act:call_back")
NO_CALL = Button("Thôi, không để số", "act:no_call")
RESUME = Button("Tiếp tục", "act:resume")
FORGET = Button("Xóa hết", "act:forget_yes")
KEEP = Button("Không xóa", "act:forget_no")
WITHDRAW = Button("Rút và xóa hết", "act:withdraw_yes")
WANTS_COPY = Button("Xin bản sao", "act:my_copy")
WANTS_CORRECTION = Button("Nhờ sửa", "act:correct_data")
WANTS_DELETION = Button("Xóa dữ liệu", "act:forget_me")
WANTS_OUT = Button("Rút lại đồng ý", "act:withdraw")
GO_ON = Button("Làm tiếp", "act:repeat")
BRING = Button("Mang sang đây", "act:move_yes")
LEAVE_IT = Button("Thôi", "act:move_no")
YES_OR_NO = {RESUME: STOP, FORGET: KEEP, FOLLOWED: NOT_YET, WITHDRAW: KEEP, BRING: LEAVE_IT}
"""Pairs of taps that a yes or a no in words may stand for."""


def buttons_of(guide: str, step: Ask | Do) -> tuple[Button, ...]:
    """The taps of a step that waits; a question that is answered in words has none, but perhaps to skip it."""
    skip = () if step.skip is None else (SKIP,)
    if isinstance(step, Ask):
        return (*(Button(choice.label, answer_value(guide, step.name, choice.id)) for choice in step.choices), *skip)
    done, stuck = (answer_value(guide, step.name, answer) for answer in ("done", "stuck"))
    return (Button("Xong", done), Button("Bị vướng", stuck), *skip)
