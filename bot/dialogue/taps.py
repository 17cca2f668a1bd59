"""The taps that the dialogue itself offers; what a guide's own questions offer comes from its steps."""

from ..model.message import Button
from .answers import answer_value
from .guide import Ask, Do

PERSON = Button("Gặp người hỗ trợ", "act:talk_to_human")
STOP = Button("Dừng lại", "act:stop")
REPEAT = Button("Nói lại", "act:repeat")
MENU = Button("Xem danh mục", "act:menu")
RESUME = Button("Tiếp tục", "act:resume")
FORGET = Button("Xóa hết", "act:forget_yes")
KEEP = Button("Không xóa", "act:forget_no")
YES_OR_NO = {RESUME: STOP, FORGET: KEEP}
"""Pairs of taps that a yes or a no in words may stand for."""


def buttons_of(guide: str, step: Ask | Do) -> tuple[Button, ...]:
    """The taps of a step that waits."""
    if isinstance(step, Ask):
        return tuple(Button(choice.label, answer_value(guide, step.name, choice.id)) for choice in step.choices)
    return (Button("Xong", answer_value(guide, step.name, "done")), Button("Bị vướng", answer_value(guide, step.name, "stuck")))
