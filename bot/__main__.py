"""The command line: `danloi …`. Each command is a few lines; what it does lives elsewhere."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
import uvloop

from . import app as composition
from . import commands, logs, settings
from .desk.takeover import Takeover
from .model.candidate import Doubt
from .model.clock import now
from .model.errors import DanLoiError
from .model.people import PROVINCE_DESK, Role
from .script import Script
from .store.database import Database
from .understanding.places import Places

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Dẫn Lối: trợ lý dịch vụ công.")
case_cli = typer.Typer(no_args_is_help=True, help="Các ca chờ người hỗ trợ.")
cli.add_typer(case_cli, name="case")
learn_cli = typer.Typer(no_args_is_help=True, help="Những câu trợ lý chưa hiểu: xem, ghi nhãn, đưa vào dữ liệu học.")
cli.add_typer(learn_cli, name="learn")
team_cli = typer.Typer(no_args_is_help=True, help="Các tổ công nghệ số cộng đồng.")
cli.add_typer(team_cli, name="team")
user_cli = typer.Typer(no_args_is_help=True, help="Người vào được bàn trực: thêm, gỡ, vai trò, mật khẩu.")
cli.add_typer(user_cli, name="user")
bench_cli = typer.Typer(no_args_is_help=True, help="Đo trợ lý chạy nhanh đến đâu.")
cli.add_typer(bench_cli, name="bench")


def main() -> None:
    """Errors of ours end with their text and status 2, never with a traceback. What we write is for the owner alone."""
    os.umask(0o077)
    try:
        cli()
    except DanLoiError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(2)


def _settings(level: str | None = None) -> settings.Settings:
    loaded = settings.load()
    logs.set_up(level or loaded.log_level)
    return loaded


@cli.command()
def serve(port: Annotated[int | None, typer.Option(help="Cổng; 0 là cổng trống bất kỳ.")] = None) -> None:
    """Chạy trợ lý: mọi kênh đã cấu hình, trang chat ở /."""
    from .serve import serve as run

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(_settings(), port))


@cli.command()
def chat(
    as_json: Annotated[bool, typer.Option("--json", help="Mỗi lượt một dòng JSON.")] = False,
    name: Annotated[str | None, typer.Option("--as", help="Nói tiếp cuộc trò chuyện mang tên này.")] = None,
    guide: Annotated[str | None, typer.Option(help="Bắt đầu ngay ở hướng dẫn này, theo bản đang viết.")] = None,
    step: Annotated[str | None, typer.Option("--from", help="Bắt đầu ở bước này của hướng dẫn.")] = None,
) -> None:
    """Trò chuyện ngay tại đây; đọc từ tệp thì mỗi dòng một tin, <tap:2> là bấm nút thứ hai."""
    from .serve import chat as run

    if step is not None and guide is None:
        raise typer.BadParameter("--from cần --guide")
    asyncio.run(run(_settings("ERROR"), name or uuid4().hex, as_json, guide, step))


@cli.command()
def parse(file: Annotated[Path, typer.Option(help="Mỗi dòng một câu.", exists=True, dir_okay=False)]) -> None:
    """Mô hình hiểu từng câu thế nào: mỗi câu một dòng JSON."""
    from .serve import parse_lines

    async def run() -> None:
        async for row in parse_lines(_settings("ERROR"), file.read_text(encoding="utf-8").splitlines()):
            print(json.dumps(row, ensure_ascii=False), flush=True)

    asyncio.run(run())


@cli.command()
def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Chỉ khi chưa có mô hình vừa với mã và dữ liệu này.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Dùng mô hình mới dù kém hơn mô hình đang dùng.")] = False,
) -> None:
    """Huấn luyện mô hình ngôn ngữ; không kém mô hình đang dùng thì thay vào, trợ lý đang chạy tự đổi theo."""
    from .understanding import model_files, promotion

    loaded = _settings()
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
    from .serve import evaluated

    print(asyncio.run(evaluated(_settings("ERROR"), files or [], as_json, to)))


@cli.command()
def check(
    everything: Annotated[bool, typer.Option("--all", help="Cả những điều nên xem lại, và những điều người soát phải tự đọc.")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="Bảng mọi chủ đề đã viết, dạng Markdown.")] = False,
) -> None:
    """Soát mọi thứ đã viết: hướng dẫn, lời, dữ kiện. Lỗi nào cũng nêu tệp, dòng và cách sửa."""
    from .writing import check_all, table

    typer.echo(table(_settings()) if as_table else check_all(_settings()).report(everything))


@cli.command()
def publish(
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Rút mọi bản cũ: ai đang làm dở được chuyển sang bản mới và được báo.")
    ] = False,
) -> None:
    """Đưa các hướng dẫn đang viết ra dùng; người đang làm dở đi hết bản cũ. Cho biết có bao nhiêu người ở mỗi bước đổi."""
    from .following import publisher
    from .writing import check_all

    check_all(_settings("ERROR"))
    written = composition.read_written(_settings("ERROR"))
    typer.echo(_with_database(lambda database: publisher(database, written).publish(now(), withdraw)))


@cli.command()
def draw(
    guide: str,
    as_svg: Annotated[bool, typer.Option("--svg", help="Thành hình SVG, thay vì chữ Mermaid.")] = False,
    to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này.", dir_okay=False)] = None,
) -> None:
    """Vẽ một hướng dẫn thành sơ đồ: chữ Mermaid, hoặc hình SVG mở được bằng trình duyệt."""
    from .writing import drawing

    _put(drawing(_settings(), guide, as_svg or (to is not None and to.suffix == ".svg")), to)


@cli.command("schema")
def flow_schema(to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này.", dir_okay=False)] = None) -> None:
    """Ngôn ngữ của hướng dẫn thành JSON Schema, để phần mềm soạn thảo gợi ý và gạch lỗi ngay khi gõ."""
    from .writing import editor_schema

    _put(editor_schema(_settings()), to)


@cli.command()
def preview(
    topic: Annotated[str | None, typer.Argument(help="Chủ đề; không nói thì mọi chủ đề, cần --to.")] = None,
    to: Annotated[Path | None, typer.Option(help="Ghi một trang HTML vào tệp này.", dir_okay=False)] = None,
) -> None:
    """Xem từng lời của một chủ đề, như mỗi kênh sẽ hiện; với --to thành một trang HTML."""
    from .writing import preview_page, previews

    if to is not None:
        _put(preview_page(_settings(), topic), to)
    elif topic is None:
        raise typer.BadParameter("nêu một chủ đề, hoặc --to TỆP.html để xem tất cả")
    else:
        for page in previews(_settings(), topic):
            typer.echo(page)


@cli.command()
def migrate() -> None:
    """Đưa cơ sở dữ liệu về đúng dạng mới nhất."""
    composition.open_database(_settings()).close()
    typer.echo("Cơ sở dữ liệu đã ở dạng mới nhất.")


@cli.command()
def backup(to: Annotated[Path, typer.Argument(help="Tệp mới, chỉ chủ máy đọc được.", dir_okay=False)]) -> None:
    """Sao lưu cả cơ sở dữ liệu vào một tệp, trong khi trợ lý vẫn chạy."""
    from .keeping import backup as run

    typer.echo(run(_settings("ERROR"), to))


@cli.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="Tệp của danloi backup.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Thay cả cơ sở dữ liệu đang có dữ liệu.")] = False,
) -> None:
    """Khôi phục từ một tệp sao lưu; dừng trợ lý trước."""
    from .keeping import restore as run

    typer.echo(run(_settings("ERROR"), source, replace))


@cli.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Soát cả máy, nói điều gì cần sửa và sửa thế nào; không đổi gì. Mã thoát 0: ổn, 1: có điều cần sửa, 2: không soát được."""
    from .doctor import report
    from .doctor.finding import mend
    from .doctor.round import Round, secrets
    from .store.look import file_of

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


@learn_cli.command("list")
def learn_list(
    why: Annotated[Doubt | None, typer.Option(help="Chỉ những câu vì lẽ này.")] = None,
    limit: Annotated[int, typer.Option(help="Nhiều nhất bấy nhiêu câu.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Những câu chờ người đọc và ghi nhãn, mới nhất trước."""
    from .desk.learning import listing

    typer.echo(_with_database(lambda database: listing(database, why, limit, as_json)))


@learn_cli.command("label")
def learn_label(
    number: Annotated[int, typer.Argument(help="Số của câu.")],
    intent: Annotated[str, typer.Argument(help="Ý định: tên chủ đề hay hành động trong content/catalogue.yml.")],
    aspect: Annotated[str | None, typer.Option(help="Khía cạnh: fee, time, documents, where, who, online.")] = None,
) -> None:
    """Ghi ý thật của một câu, và duyệt luôn. Chỉ ghi khi câu không có gì riêng của ai; từ đó câu tách khỏi cuộc trò chuyện."""
    from .desk.learning import label

    known = composition.read_catalogue(_settings().root)
    typer.echo(_with_database(lambda database: label(database, known, number, intent, aspect, now())))


@learn_cli.command("drop")
def learn_drop(number: Annotated[int, typer.Argument(help="Số của câu.")]) -> None:
    """Bỏ một câu không dạy được gì, hoặc có điều riêng của ai."""
    from .desk.learning import drop

    typer.echo(_with_database(lambda database: drop(database, number)))


@learn_cli.command("export")
def learn_export() -> None:
    """Đưa các câu đã duyệt nhãn vào nlu/data để lần huấn luyện sau học."""
    from .desk.learning import export

    root = _settings().root
    typer.echo(_with_database(lambda database: export(database, root, now())))


@case_cli.command("list")
def case_list(
    everything: Annotated[bool, typer.Option("--all", help="Cả những ca đã xong.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Các ca đang chờ, gấp trước."""
    from .desk.listing import listing

    typer.echo(_with_database(lambda database: listing(database, everything, as_json)))


@case_cli.command("show")
def case_show(number: int, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Một ca với phiếu bàn giao."""
    from .desk.listing import show

    typer.echo(_with_database(lambda database: show(database, number, as_json)))


@team_cli.command("import")
def team_import(
    file: Annotated[Path, typer.Argument(help="Tệp CSV; tên các cột xem README.")],
    remove: Annotated[bool, typer.Option("--remove-missing", help="Gỡ những người không có trong tệp; ca họ giữ về hàng chờ.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho biết sẽ đổi gì.")] = False,
) -> None:
    """Nhập danh sách tổ và người của tỉnh; dòng sai được nêu và bỏ qua, nhập lại cùng tệp thì không đổi gì."""
    from .desk.roster import bring_in
    from .desk.roster_file import read

    table, places = read(file), Places.load(_settings("ERROR").root)
    takes_over = _takeover() if remove else None
    typer.echo(_with_database(lambda database: bring_in(database, places, table, now(), takes_over and takes_over(database), dry)))


@team_cli.command("list")
def team_list(commune: Annotated[str | None, typer.Option(help="Chỉ các tổ của xã này.")] = None) -> None:
    """Các tổ và số người."""
    from .desk.teams import listing

    places = Places.load(_settings("ERROR").root)
    typer.echo(_with_database(lambda database: listing(database, places, commune)))


_FROM_STDIN = typer.Option("--password-from-stdin", help="Đọc mật khẩu từ dòng đầu của đầu vào; không thì lập một mật khẩu và in ra.")


@user_cli.command("add")
def user_add(
    code: Annotated[str, typer.Argument(help="Mã, cũng là tên để đăng nhập.")],
    name: Annotated[str, typer.Option(help="Họ tên.")],
    team: Annotated[str, typer.Option(help="Mã tổ; không nói thì là bàn trực của tỉnh.")] = PROVINCE_DESK,
    role: Annotated[Role, typer.Option(help="Vai trò.")] = Role.VOLUNTEER,
    from_stdin: Annotated[bool, _FROM_STDIN] = False,
) -> None:
    """Thêm một người; người quản trị đầu tiên được lập bằng lệnh này."""
    from .desk.users import add

    password = _first_line() if from_stdin else None
    typer.echo(_with_database(lambda database: add(database, code, name, team, role, password, now())))


@user_cli.command("list")
def user_list(team: Annotated[str | None, typer.Option(help="Chỉ người của tổ có mã này.")] = None) -> None:
    """Mọi người, với vai trò và tổ."""
    from .desk.users import listing

    typer.echo(_with_database(lambda database: listing(database, team, now())))


@user_cli.command("role")
def user_role(code: str, role: Role) -> None:
    """Đổi vai trò; người ấy phải đăng nhập lại."""
    from .desk.users import set_role

    typer.echo(_with_database(lambda database: set_role(database, code, role, now())))


@user_cli.command("password")
def user_password(code: str, from_stdin: Annotated[bool, _FROM_STDIN] = False) -> None:
    """Đặt mật khẩu khác và mở khóa; người ấy phải đăng nhập lại."""
    from .desk.users import set_password

    password = _first_line() if from_stdin else None
    typer.echo(_with_database(lambda database: set_password(database, code, password, now())))


@user_cli.command("unlock")
def user_unlock(code: str) -> None:
    """Mở khóa một người đã gõ sai mật khẩu nhiều lần."""
    from .desk.users import unlock

    typer.echo(_with_database(lambda database: unlock(database, code, now())))


@user_cli.command("remove")
def user_remove(code: str) -> None:
    """Gỡ một người: không đăng nhập được nữa, các ca đang giữ trở về hàng chờ."""
    from .desk.users import remove

    takes_over = _takeover()
    typer.echo(_with_database(lambda database: remove(database, takes_over(database), code, now())))


@bench_cli.command("turn")
def bench_turn(
    seconds: Annotated[float, typer.Option(help="Mỗi con số đo trong bao nhiêu giây.", min=0.1)] = 5.0,
    at_once: Annotated[int, typer.Option(help="Bao nhiêu người cùng lúc.", min=1)] = 16,
    database: Annotated[str | None, typer.Option(help="URL của một cơ sở dữ liệu trống; mặc định là SQLite trong thư mục tạm.")] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Xem một lượt gõ chữ tốn thời gian vào đâu, thay vì đo.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo cả lượt như bà con gặp: từ lúc tin đến cửa tới lúc lời đáp cuối được gửi."""
    from .bench import profile as profiling
    from .bench import turn as bench

    loaded, wanted = _settings("ERROR"), bench.Wanted(seconds, at_once, database)
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
    from .bench import nlu as bench

    report = asyncio.run(bench.measured(_settings("ERROR"), bench.Wanted(seconds, rounds, stock), lambda line: typer.echo(line, err=True)))
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
    from .bench import desk as bench

    wanted = bench.Wanted(cases, messages, seconds, database)
    report = asyncio.run(bench.measured(_settings("ERROR"), wanted, lambda line: typer.echo(line, err=True)))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.as_table())


@bench_cli.command("load")
def bench_load(
    parts: Annotated[
        list[str] | None, typer.Argument(help="Các phần: rates, slow, sizes, long, trouble, soak; không nói thì tất cả.")
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
    turns: Annotated[int, typer.Option(help="Một người đi bao nhiêu lượt ở phần long.", min=60)] = 500,
    citizens: Annotated[int, typer.Option(help="Bao nhiêu người ở các phần long và trouble.", min=1)] = 10,
    soak: Annotated[float, typer.Option(help="Chạy liên tục bao nhiêu giây.", min=1)] = 3600.0,
    to: Annotated[Path | None, typer.Option(help="Ghi bảng và hình vào thư mục này.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Đo danloi serve thật dưới tải đều, qua HTTP, từ một tiến trình khác; nếu muốn, bên cạnh máy chủ của Rasa."""
    from .bench import load as bench

    counts = tuple(int(count) for count in sizes.split(","))
    rates = tuple(step for step in bench.RATES if step <= most)
    chosen = tuple(parts or bench.PARTS)
    wanted = bench.Wanted(chosen, seconds, rates, server, peer, epochs, against, counts, rate, rounds, turns, citizens, soak)
    report = asyncio.run(bench.measured(_settings("ERROR"), wanted, lambda line: typer.echo(line, err=True), to))
    typer.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else report.markdown())


def _put(text: str, to: Path | None) -> None:
    """To the file, or to the terminal."""
    if to is None:
        typer.echo(text)
        return
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Đã ghi {to}")


def _first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _takeover() -> Callable[[Database], Takeover]:
    """What puts cases back into the queue, with the words for who waits in them."""
    written = composition.read_written(_settings("ERROR"))
    return lambda database: composition.takeover(database, Script(written.library, written.words))


def _with_database(work: Any) -> Any:
    database = composition.open_database(_settings("ERROR"))
    try:
        result: Coroutine[Any, Any, Any] = work(database)
        return asyncio.run(result)
    finally:
        database.close()


commands.add_to(cli, _with_database)

if __name__ == "__main__":
    main()
