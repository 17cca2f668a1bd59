"""For who looks after people's data and the service's safety: copies, requests, breaches, keys, the switch."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .. import settings
from ..desk import keys, officer, switch
from ..model.clock import now
from ..model.privacy import RequestKind
from .common import put, with_database

cli = typer.Typer()
request_cli = typer.Typer(no_args_is_help=True, help="Yêu cầu của bà con về dữ liệu của mình, với hạn theo luật.")
cli.add_typer(request_cli, name="request")
breach_cli = typer.Typer(no_args_is_help=True, help="Sổ ghi sự cố lộ, mất dữ liệu.")
cli.add_typer(breach_cli, name="breach")
keys_cli = typer.Typer(no_args_is_help=True, help="Khóa mã hóa dữ liệu: thêm khóa mới, ghi lại mọi thứ, bỏ khóa cũ.")
cli.add_typer(keys_cli, name="keys")

_ON = typer.Option(help="Ngày giờ ở Việt Nam: 2026-11-26 hoặc '2026-11-26 14:30'; không nói thì là bây giờ.")


@cli.command()
def export(
    case: Annotated[int, typer.Argument(help="Số của ca mà bà con ấy đã mở.")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
    to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này, chỉ chủ máy đọc được.", dir_okay=False)] = None,
) -> None:
    """Mọi điều đang giữ về một người, để đưa cho chính người ấy; việc xem được ghi lại."""
    text = with_database(lambda database: officer.export(database, case, as_json, now()))
    put(text, to)


@cli.command()
def forget(case: Annotated[int, typer.Argument(help="Số của ca mà bà con ấy đã mở.")]) -> None:
    """Xóa hẳn cuộc trò chuyện của một người, khi chính người ấy yêu cầu."""
    typer.confirm(f"Xóa hẳn cuộc trò chuyện của ca số {case}? Không lấy lại được.", abort=True)
    typer.echo(with_database(lambda database: officer.erase(database, case, now())))


@request_cli.command("add")
def request_add(
    kind: Annotated[RequestKind, typer.Argument(help="see: xem; correct: sửa; delete: xóa; withdraw: rút đồng ý.")],
    case: Annotated[int | None, typer.Option(help="Số ca của người ấy, nếu có.")] = None,
    note: Annotated[str, typer.Option(help="Ai, muốn gì; xóa đi khi xong.")] = "",
    received: Annotated[str | None, _ON] = None,
) -> None:
    """Ghi một yêu cầu đến bằng giấy, điện thoại hay tại quầy."""
    made = officer.moment(received, now)
    typer.echo(with_database(lambda database: officer.take_request(database, kind, case, note, made, now())))


@request_cli.command("list")
def request_list(everything: Annotated[bool, typer.Option("--all", help="Cả những yêu cầu đã xong.")] = False) -> None:
    """Các yêu cầu đang chờ, gấp trước; quá hạn thì ghi TRỄ HẠN."""
    typer.echo(with_database(lambda database: officer.list_requests(database, everything, now())))


@request_cli.command("answer")
def request_answer(number: int) -> None:
    """Ghi là đã trả lời người ấy, dù việc chưa xong."""
    typer.echo(with_database(lambda database: officer.answer_request(database, number, now())))


@request_cli.command("done")
def request_done(number: int, outcome: Annotated[str, typer.Argument(help="Đã làm gì, một câu.")]) -> None:
    """Ghi một yêu cầu là đã xong."""
    typer.echo(with_database(lambda database: officer.end_request(database, number, outcome, now())))


@breach_cli.command("add")
def breach_add(
    what: Annotated[str, typer.Argument(help="Chuyện gì, một câu; không ghi tên ai.")],
    noticed: Annotated[str | None, _ON] = None,
    people: Annotated[int | None, typer.Option(help="Bao nhiêu người, nếu đã biết.", min=0)] = None,
    done: Annotated[str, typer.Option(help="Đã làm gì.")] = "",
) -> None:
    """Ghi một sự cố, và cho biết hạn báo."""
    seen = officer.moment(noticed, now)
    typer.echo(with_database(lambda database: officer.add_breach(database, what, seen, people, done, now())))


@breach_cli.command("update")
def breach_update(
    number: int,
    people: Annotated[int | None, typer.Option(min=0)] = None,
    done: Annotated[str | None, typer.Option(help="Đã làm thêm gì.")] = None,
    reported: Annotated[str | None, typer.Option(help="Đã báo cơ quan lúc nào.")] = None,
) -> None:
    """Ghi thêm điều đã biết, đã làm, đã báo."""
    told = None if reported is None else officer.moment(reported, now)
    typer.echo(with_database(lambda database: officer.update_breach(database, number, people, done, told)))


@breach_cli.command("list")
def breach_list() -> None:
    """Các sự cố đã ghi, mới nhất trước."""
    typer.echo(with_database(lambda database: officer.list_breaches(database, now())))


@keys_cli.command("new")
def keys_new() -> None:
    """Thêm một khóa mới trước các khóa cũ."""
    typer.echo(keys.add(settings.load().var, os.environ.get("DATA_KEY")))


@keys_cli.command("status")
def keys_status() -> None:
    """Bao nhiêu thứ dưới khóa mới, bao nhiêu còn dưới khóa cũ."""
    typer.echo(with_database(keys.status))


@keys_cli.command("rotate")
def keys_rotate() -> None:
    """Ghi lại mọi thứ dưới khóa mới, trong lúc trợ lý vẫn chạy; bị ngắt thì chạy lại."""
    typer.echo(with_database(lambda database: keys.rotate(database, lambda table: typer.echo(f"· {table}", err=True))))


@keys_cli.command("drop-old")
def keys_drop_old() -> None:
    """Bỏ các khóa cũ, chỉ khi không còn gì cần đến chúng."""
    typer.echo(with_database(lambda database: keys.drop_old(database, settings.load().var, os.environ.get("DATA_KEY"))))


@cli.command()
def pause(reason: Annotated[str, typer.Argument(help="Vì sao, một câu.")]) -> None:
    """Trợ lý im ngay: mỗi tin thành một ca cho người; lời sơ cứu và số khẩn cấp vẫn chạy. Mọi tiến trình thấy trong 5 giây."""
    with_database(lambda database: database.run(lambda tx: switch.pause(tx, reason[:200], "terminal", now())))
    typer.echo("Trợ lý tạm nghỉ. Cho làm việc lại: danloi resume")


@cli.command()
def resume() -> None:
    """Cho trợ lý làm việc lại."""
    with_database(lambda database: database.run(lambda tx: switch.resume(tx, "terminal", now())))
    typer.echo("Trợ lý làm việc lại.")
