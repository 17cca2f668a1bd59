"""Figures for people: a page of text, a page of Markdown, and pictures."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ...model.errors import NluError
from ..model_files import PYTHON, environment, last_lines
from .figures import Figures

MOST_CONFUSIONS = 15
VARIANTS = {
    "plain": "đủ dấu",
    "stripped": "chính các câu ấy, bỏ dấu",
    "nodia": "gõ không dấu",
    "teen": "viết tắt",
    "typo": "gõ lỗi",
    "speech": "như nói",
    "far": "ngoài phạm vi, xa",
    "near": "ngoài phạm vi, gần",
}
PICTURES = ("confusion.png", "reliability.png", "coverage.png")


def text(figures: Figures) -> str:
    """For a terminal."""
    variants = (f"  {VARIANTS.get(name, name)}: {kind.accuracy:.1%} ({kind.top3:.1%})" for name, kind in figures.variants.items())
    lines = [
        f"Số câu: {figures.lines}",
        f"Đúng ý định: {_share(figures.accuracy, figures.between)}   trong 3 ý đầu: {figures.top3:.1%}",
        f"macro-F1: {_share(figures.macro_f1, figures.macro_f1_between)}",
        "Theo cách gõ (trong 3 ý đầu):",
        *variants,
        *_more(figures),
        "Hay nhầm nhất:",
        *(f"  {meant} → {read}: {count}" for meant, read, count in figures.confusions[:MOST_CONFUSIONS]),
    ]
    return "\n".join(lines)


def markdown(figures: Figures) -> str:
    """For a file, with a table of every intent."""
    variants = [
        f"| {VARIANTS.get(name, name)} | {kind.lines} | {_share(kind.accuracy, kind.between)} | {kind.top3:.1%} |"
        for name, kind in figures.variants.items()
    ]
    intents = [
        f"| {name} | {one.lines} | {one.f1:.1%} | {', '.join(f'{read} ({count})' for read, count in one.confused_with)} |"
        for name, one in sorted(figures.intents.items(), key=lambda item: item[1].f1)
    ]
    pictures = [f"![{name}]({name})" for name in PICTURES]
    return "\n".join(
        [
            "# Mô hình hiểu đến đâu",
            "",
            f"{figures.lines} câu. Đúng ý định {_share(figures.accuracy, figures.between)}, "
            f"macro-F1 {_share(figures.macro_f1, figures.macro_f1_between)}.",
            "",
            "| cách gõ | câu | đúng (khoảng tin 95 %) | trong 3 ý đầu |",
            "|---|---|---|---|",
            *variants,
            "",
            *(f"* {line}" for line in _more(figures)),
            "",
            *pictures,
            "",
            "| ý định | câu | F1 | nhầm với |",
            "|---|---|---|---|",
            *intents,
            "",
        ]
    )


def write(figures: Figures, folder: Path, root: Path) -> list[Path]:
    """JSON, Markdown and pictures into a folder; what was written. Raises NluError where the pictures cannot be drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    data, page = folder / "evaluation.json", folder / "evaluation.md"
    data.write_text(json.dumps(figures.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    page.write_text(markdown(figures), encoding="utf-8")
    command = [str(root / PYTHON), "-m", "nlu.judging.pictures", str(data.resolve()), str(folder.resolve())]
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NluError("The pictures could not be drawn. The last lines:\n" + last_lines(done.stderr))
    return [data, page, *(folder / name for name in PICTURES)]


def _more(figures: Figures) -> Iterator[str]:
    if figures.paired_drop is not None and figures.paired_drop_between is not None:
        low, high = figures.paired_drop_between
        yield f"Bỏ dấu thì kém đi: {figures.paired_drop:.1%} (từ {low:.1%} đến {high:.1%}), so từng cặp câu"
    if figures.aspects is not None:
        each = ", ".join(f"{name} {value:.1%}" for name, value in figures.aspects.f1.items())
        yield f"Khía cạnh: đúng {figures.aspects.accuracy:.1%}, micro-F1 {figures.aspects.micro_f1:.1%} ({each})"
    before = "" if figures.calibration_error_before is None else f", trước khi chỉnh {figures.calibration_error_before:.3f}"
    yield f"Sai lệch độ tin cậy (ECE): {figures.calibration_error:.3f}{before}"
    yield f"Làm theo ngay: {figures.acted_on:.1%} số câu trong phạm vi; trong số làm theo, sai {figures.acted_on_wrongly:.1%}"
    if figures.out_of_scope_refused is not None:
        yield f"Ngoài phạm vi, không làm theo: {figures.out_of_scope_refused:.1%}"
    if figures.auroc is not None:
        found = ", ".join(f"{VARIANTS.get(name, name)} {share:.1%}" for name, share in figures.out_of_scope_found.items())
        yield f"Phân biệt trong và ngoài phạm vi: AUROC {figures.auroc:.3f}; báo nhầm 5 % thì nhận ra {found}"
    middle, slow = figures.latency_ms
    yield f"Một câu mất {middle:.1f} ms, 95 % số câu không quá {slow:.1f} ms"


def _share(share: float, between: tuple[float, float]) -> str:
    return f"{share:.1%} ({between[0]:.1%} đến {between[1]:.1%})"
