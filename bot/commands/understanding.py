"""For who teaches the language model: train, evaluate, and what the assistant did not understand."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from ..model.candidate import Doubt
from ..model.clock import now
from .common import loaded_settings, with_database

cli = typer.Typer()
learn_cli = typer.Typer(no_args_is_help=True, help="Những câu trợ lý chưa hiểu: xem, ghi nhãn, đưa vào dữ liệu học.")
cli.add_typer(learn_cli, name="learn")


@cli.command()
def parse(file: Annotated[Path, typer.Option(help="Mỗi dòng một câu.", exists=True, dir_okay=False)]) -> None:
    """Mô hình hiểu từng câu thế nào: mỗi câu một dòng JSON."""
    from ..serve import parse_lines

    async def run() -> None:
        async for row in parse_lines(loaded_settings("ERROR"), file.read_text(encoding="utf-8").splitlines()):
            typer.echo(json.dumps(row, ensure_ascii=False))

    asyncio.run(run())


@cli.command()
def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Chỉ khi chưa có mô hình vừa với mã và dữ liệu này.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Dùng mô hình mới dù kém hơn mô hình đang dùng.")] = False,
) -> None:
    """Huấn luyện mô hình ngôn ngữ; không kém mô hình đang dùng thì thay vào, trợ lý đang chạy tự đổi theo."""
    from ..understanding import model_files, promotion

    loaded = loaded_settings()
    if if_needed and model_files.fits(loaded.root, loaded.models):
        return
    outcome = promotion.train(loaded.root, loaded.models, lambda line: typer.echo(f"· {line}"), anyway)
    for reason in outcome.reasons:
        typer.secho(f"· {reason}", fg="yellow")
    if outcome.promoted:
        typer.echo(f"· {outcome.model.name} được dùng từ bây giờ.")
    else:
        typer.secho("· Giữ mô hình đang dùng. Vẫn muốn đổi thì chạy: danloi train --anyway", fg="yellow")
        raise typer.Exit(0 if if_needed else 1)


@cli.command()
def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="TSV (ý định, khía cạnh, biến thể, câu) hoặc YAML của Rasa; không có thì kiểm chéo các câu đã học.", exists=True
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    to: Annotated[Path | None, typer.Option(help="Thư mục để ghi JSON, Markdown và hình.")] = None,
) -> None:
    """Đo mô hình hiểu đúng đến đâu: độ chính xác, macro-F1, từng biến thể, ngoài phạm vi, độ tin, những chỗ lẫn."""
    from ..serve import evaluated

    typer.echo(asyncio.run(evaluated(loaded_settings("ERROR"), files or [], as_json, to)))


@learn_cli.command("list")
def learn_list(
    why: Annotated[Doubt | None, typer.Option(help="Chỉ những câu vì lẽ này.")] = None,
    limit: Annotated[int, typer.Option(help="Nhiều nhất bấy nhiêu câu.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Những câu chờ người đọc và ghi nhãn, mới nhất trước."""
    from ..desk.learning import listing

    typer.echo(with_database(lambda database: listing(database, why, limit, as_json)))


@learn_cli.command("label")
def learn_label(
    number: Annotated[int, typer.Argument(help="Số của câu.")],
    intent: Annotated[str, typer.Argument(help="Ý định: tên chủ đề hay hành động trong content/catalogue.yml.")],
    aspect: Annotated[str | None, typer.Option(help="Khía cạnh: fee, time, documents, where, who, online.")] = None,
) -> None:
    """Ghi ý thật của một câu, và duyệt luôn. Chỉ ghi khi câu không có gì riêng của ai; từ đó câu tách khỏi cuộc trò chuyện."""
    from ..desk.learning import label
    from ..written import read_catalogue

    known = read_catalogue(loaded_settings().root)
    typer.echo(with_database(lambda database: label(database, known, number, intent, aspect, now())))


@learn_cli.command("drop")
def learn_drop(number: Annotated[int, typer.Argument(help="Số của câu.")]) -> None:
    """Bỏ một câu không dạy được gì, hoặc có điều riêng của ai."""
    from ..desk.learning import drop

    typer.echo(with_database(lambda database: drop(database, number)))


@learn_cli.command("export")
def learn_export() -> None:
    """Đưa các câu đã duyệt nhãn vào nlu/data để lần huấn luyện sau học."""
    from ..desk.learning import export

    root = loaded_settings().root
    typer.echo(with_database(lambda database: export(database, root, now())))
