"""For who runs the service: serve, chat, the database, copies of it, the doctor."""

import asyncio
import os
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
import uvloop

from .. import logs, settings
from ..model.errors import DanLoiError
from ..opening import open_database
from .common import loaded_settings

cli = typer.Typer()


@cli.command()
def serve(port: Annotated[int | None, typer.Option(help="Cổng; 0 là cổng trống bất kỳ.")] = None) -> None:
    """Chạy trợ lý: mọi kênh đã cấu hình, trang chat ở /."""
    from ..serve import serve as run

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(loaded_settings(), port))


@cli.command()
def chat(
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi lượt một dòng JSON.")] = False,
    name: Annotated[str | None, typer.Option("--as", help="Nói tiếp cuộc trò chuyện mang tên này.")] = None,
    guide: Annotated[str | None, typer.Option(help="Bắt đầu ngay ở hướng dẫn này, theo bản đang viết.")] = None,
    step: Annotated[str | None, typer.Option("--from", help="Bắt đầu ở bước này của hướng dẫn.")] = None,
) -> None:
    """Trò chuyện ngay tại đây; đọc từ tệp thì mỗi dòng một tin, <tap:2> là bấm nút thứ hai."""
    from ..serve import chat as run

    if step is not None and guide is None:
        raise typer.BadParameter("--from cần --guide")
    asyncio.run(run(loaded_settings("ERROR"), name or uuid4().hex, as_json, guide, step))


@cli.command()
def migrate() -> None:
    """Đưa cơ sở dữ liệu về đúng dạng mới nhất."""
    open_database(loaded_settings()).close()
    typer.echo("Cơ sở dữ liệu đã ở dạng mới nhất.")


@cli.command()
def backup(to: Annotated[Path, typer.Argument(help="Tệp mới, chỉ chủ máy đọc được.", dir_okay=False)]) -> None:
    """Sao lưu cả cơ sở dữ liệu vào một tệp, trong khi trợ lý vẫn chạy."""
    from ..keeping import backup as run

    typer.echo(run(loaded_settings("ERROR"), to))


@cli.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="Tệp của danloi backup.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Thay cả cơ sở dữ liệu đang có dữ liệu.")] = False,
) -> None:
    """Khôi phục từ một tệp sao lưu; dừng trợ lý trước."""
    from ..keeping import restore as run

    typer.echo(run(loaded_settings("ERROR"), source, replace))


@cli.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Soát cả máy, nói điều gì cần sửa và sửa thế nào; không đổi gì. Mã thoát 0: ổn, 1: có điều cần sửa, 2: không soát được."""
    from ..doctor import report
    from ..doctor.finding import mend
    from ..doctor.round import Round, secrets
    from ..store.look import file_of

    logs.set_up("CRITICAL")
    show = report.as_json if as_json else report.text
    try:
        loaded = settings.load(make=False)
        file_of(loaded.database_url)
    except (DanLoiError, OSError) as error:
        remedy = "sửa biến môi trường hay tệp được nêu tên; bảng Settings trong README nói mỗi biến nhận gì"
        typer.echo(show([mend("settings", str(error), remedy)], []))
        raise typer.Exit(2) from None
    findings = asyncio.run(Round(loaded, os.environ).findings())
    typer.echo(show(findings, secrets(loaded)))
    raise typer.Exit(1 if report.to_mend(findings) else 0)
