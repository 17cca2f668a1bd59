"""For who wants to know how fast it is."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from .common import loaded_settings

cli = typer.Typer()
bench_cli = typer.Typer(no_args_is_help=True, help="Đo trợ lý chạy nhanh đến đâu.")
cli.add_typer(bench_cli, name="bench")


@bench_cli.command("turn")
def bench_turn(
    seconds: Annotated[float, typer.Option(help="Mỗi con số đo trong bao nhiêu giây.", min=0.1)] = 5.0,
    at_once: Annotated[int, typer.Option(help="Bao nhiêu người cùng lúc.", min=1)] = 16,
    database: Annotated[str | None, typer.Option(help="URL của một cơ sở dữ liệu trống; mặc định là SQLite trong thư mục tạm.")] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Xem một lượt gõ chữ tốn thời gian vào đâu, thay vì đo.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo cả lượt như bà con gặp: từ lúc tin đến cửa tới lúc lời đáp cuối được gửi."""
    from ..bench import profile as profiling
    from ..bench import turn as bench

    loaded, wanted = loaded_settings("ERROR"), bench.Wanted(seconds, at_once, database)
    if profile:
        typer.echo(asyncio.run(profiling.profiled(loaded, wanted)))
        return
    report = asyncio.run(bench.measured(loaded, wanted, bench.plans(loaded), lambda line: typer.echo(line, err=True)))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_table())


@bench_cli.command("nlu")
def bench_nlu(
    seconds: Annotated[float, typer.Option(help="Mỗi con số đo trong bao nhiêu giây mỗi vòng.", min=0.1)] = 3.0,
    rounds: Annotated[int, typer.Option(help="Bao nhiêu vòng, các bên thay phiên nhau.", min=1)] = 2,
    stock: Annotated[bool, typer.Option("--stock", help="So cả với Rasa dùng DIET; lần đầu huấn luyện mười phút trở lên.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo máy chủ của mô hình: bao nhiêu câu một giây, chờ bao lâu, khởi động, bộ nhớ, đúng bao nhiêu; Rasa và của ta cạnh nhau."""
    from ..bench import nlu as bench

    report = asyncio.run(
        bench.measured(loaded_settings("ERROR"), bench.Wanted(seconds, rounds, stock), lambda line: typer.echo(line, err=True))
    )
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_table())


@bench_cli.command("desk")
def bench_desk(
    cases: Annotated[int, typer.Option(help="Bao nhiêu ca trong cơ sở dữ liệu.", min=200)] = 100_000,
    messages: Annotated[int, typer.Option(help="Bao nhiêu tin nhắn, ít nhất gấp mười số ca.", min=2000)] = 1_000_000,
    seconds: Annotated[float, typer.Option(help="Mỗi trang đo trong bao nhiêu giây.", min=0.1)] = 3.0,
    database: Annotated[str | None, typer.Option(help="URL của một cơ sở dữ liệu trống; mặc định là SQLite trong thư mục tạm.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo các trang của bàn hỗ trợ khi đã có nhiều ca và tin nhắn: mỗi trang máy chủ làm bao lâu, người mở trang chờ bao lâu."""
    from ..bench import desk as bench

    wanted = bench.Wanted(cases, messages, seconds, database)
    report = asyncio.run(bench.measured(loaded_settings("ERROR"), wanted, lambda line: typer.echo(line, err=True)))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_table())


@bench_cli.command("load")
def bench_load(
    parts: Annotated[
        list[str] | None, typer.Argument(help="Các phần: rates, pasts, slow, sizes, long, trouble, soak; không nói thì tất cả.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Mỗi mức đo trong bao nhiêu giây.", min=0.5)] = 8.0,
    most: Annotated[float, typer.Option(help="Mức cao nhất, lượt một giây.", min=1)] = 500.0,
    server: Annotated[
        str | None, typer.Option(help="URL của một máy chủ PostgreSQL được phép lập cơ sở dữ liệu; không có thì chỉ SQLite.")
    ] = None,
    peer: Annotated[Path | None, typer.Option(help="Đo cả Rasa; mô hình của nó giữ ở thư mục này, lần đầu phải huấn luyện lâu.")] = None,
    epochs: Annotated[int, typer.Option(help="DIET của Rasa học bao nhiêu vòng.", min=1)] = 100,
    against: Annotated[Path | None, typer.Option(help="Một bản mã cũ hơn, đo xen kẽ với bản này.")] = None,
    sizes: Annotated[str, typer.Option(help="Số tin đã lưu, cách nhau bằng dấu phẩy.")] = "10000,100000,1000000",
    rate: Annotated[float, typer.Option(help="Lượt một giây ở các phần sizes và soak.", min=0.5)] = 10.0,
    rounds: Annotated[int, typer.Option(help="Số vòng thay phiên ở phần sizes.", min=1)] = 3,
    turns: Annotated[int, typer.Option(help="Bao nhiêu lượt của một người: long; pasts, và một phần năm.", min=60)] = 500,
    citizens: Annotated[int, typer.Option(help="Bao nhiêu người ở các phần long và trouble.", min=1)] = 10,
    soak: Annotated[float, typer.Option(help="Chạy liên tục bao nhiêu giây.", min=1)] = 3600.0,
    to: Annotated[Path | None, typer.Option(help="Ghi bảng và hình vào thư mục này.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo danloi serve thật dưới tải đều, qua HTTP, từ một tiến trình khác; nếu muốn, bên cạnh máy chủ của Rasa."""
    from ..bench import load as bench

    counts = tuple(int(count) for count in sizes.split(","))
    rates = tuple(step for step in bench.RATES if step <= most)
    chosen = tuple(parts or bench.PARTS)
    wanted = bench.Wanted(chosen, seconds, rates, server, peer, epochs, against, counts, rate, rounds, turns, citizens, soak)
    report = asyncio.run(bench.measured(loaded_settings("ERROR"), wanted, lambda line: typer.echo(line, err=True), to))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.markdown())
