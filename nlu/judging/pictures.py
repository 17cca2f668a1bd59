"""Pictures of an evaluation: what is confused with what, whether confidences are honest, and how much can be answered how rightly.

    python -m nlu.judging.pictures evaluation.json FOLDER

Drawn here because this environment has matplotlib (Rasa brings it), and the bot's has no need of it.
"""

import json
import sys
from pathlib import Path
from typing import Any, Dict

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

DOTS = 110
INK, ACCENT, FAINT = "#1f2933", "#0b6e4f", "#c9d3da"


def main() -> None:
    figures: Dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[2])
    plt.rcParams.update({"font.size": 11, "axes.edgecolor": FAINT, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK})
    for name, draw in (("confusion", confusion), ("reliability", reliability), ("coverage", coverage)):
        figure = draw(figures)
        figure.savefig(folder / f"{name}.png", dpi=DOTS, bbox_inches="tight")
        plt.close(figure)


def confusion(figures: Dict[str, Any]) -> Any:
    """Only what is confused is shown: a matrix of all intents is mostly white."""
    pairs = figures["confusions"][:60]
    meant = sorted({pair[0] for pair in pairs})
    read = sorted({pair[1] for pair in pairs})
    lines = {name: one["lines"] for name, one in figures["intents"].items()}
    shares = [[0.0] * len(read) for _ in meant]
    for was, became, count in pairs:
        shares[meant.index(was)][read.index(became)] = count / lines[was]
    figure, axes = plt.subplots(figsize=(2 + 0.34 * len(read), 2 + 0.28 * len(meant)))
    axes.imshow(shares, cmap="Greens", vmin=0, vmax=max(0.2, max(map(max, shares), default=0.2)), aspect="auto")
    axes.set_xticks(range(len(read)), read, rotation=90, fontsize=8)
    axes.set_yticks(range(len(meant)), meant, fontsize=8)
    for was, became, count in pairs:
        row, column = meant.index(was), read.index(became)
        axes.text(column, row, str(count), ha="center", va="center", fontsize=7, color="white" if shares[row][column] > 0.15 else INK)
    axes.set_xlabel("hiểu là")
    axes.set_ylabel("ý thật")
    axes.set_title("Những chỗ lẫn nhiều nhất (số câu; đậm: phần lớn hơn của ý ấy)", color=INK, fontsize=12, loc="left")
    return figure


def reliability(figures: Dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(6, 5))
    bins = figures["bins"]
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", label="trung thực hoàn toàn")
    axes.plot([one["confidence"] for one in bins], [one["accuracy"] for one in bins], color=ACCENT, marker="o", label="mô hình")
    for one in bins:
        axes.annotate(
            str(one["lines"]), (one["confidence"], one["accuracy"]), textcoords="offset points", xytext=(6, -12), fontsize=8, color=INK
        )
    axes.set(xlabel="độ tin mô hình nói", ylabel="tỉ lệ đúng thật", xlim=(0, 1), ylim=(0, 1.02))
    axes.set_title(f"Độ tin cậy có trung thực không? ECE {figures['calibration_error']:.3f}", color=INK, fontsize=12, loc="left")
    axes.legend(frameon=False, loc="upper left")
    return figure


def coverage(figures: Dict[str, Any]) -> Any:
    figure, axes = plt.subplots(figsize=(6, 5))
    points = figures["coverage"]
    axes.plot([point["coverage"] * 100 for point in points], [(1 - point["accuracy"]) * 100 for point in points], color=ACCENT, marker="o")
    axes.set(xlabel="phần câu được trả lời ngay (%)", ylabel="sai trong số đó (%)", xlim=(0, 101))
    axes.set_ylim(bottom=0)
    axes.set_title("Càng trả lời nhiều, càng sai bao nhiêu?", color=INK, fontsize=12, loc="left")
    return figure


if __name__ == "__main__":
    main()
