"""The commands that look after people's data and the service's safety: copies, requests, breaches, keys, the switch. Put into `danloi`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from . import settings
from .model.clock import now
from .model.privacy import RequestKind

request_cli = typer.Typer(no_args_is_help=True, help="Yêu cầu của bà con về dữ liệu của mình, với hạn theo luật.")
breach_cli = typer.Typer(no_args_is_help=True, help="Sổ ghi sự cố lộ, mất dữ liệu.")

keys_cli = typer.Typer(no_args_is_help=True, help="Khóa mã hóa dữ liệu: thêm khóa mới, ghi lại mọi thứ, bỏ khóa cũ.")

WithDatabase = Callable[[Any], Any]
_ON = typer.Option(help="Ngày giờ ở Việt Nam: 2026-11-26 hoặc '2026-11-26 14:30'; không nói thì là bây giờ.")


def add_to(cli: typer.Typer, with_database: WithDatabase) -> None:
    """`with_database`: runs one coroutine on the opened database."""
    cli.add_typer(request_cli, name="request")
    cli.add_typer(breach_cli, name="breach")
    _add_copies(cli, with_database)
    _add_requests(with_database)
    _add_breaches(with_database)
    cli.add_typer(keys_cli, name="keys")
    _add_keys(with_database)
    _add_switch(cli, with_database)


def _add_copies(cli: typer.Typer, with_database: WithDatabase) -> None:
    from .desk import officer

    @cli.command()
    def export(
        case: Annotated[int, typer.Argument(help="Số của ca mà bà con ấy đã mở.")],
        as_json: Annotated[bool, typer.Option("--json")] = False,
        to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này, chỉ chủ máy đọc được.", dir_okay=False)] = None,
    ) -> None:
        """Mọi điều đang giữ về một người, để đưa cho chính người ấy; việc xem được ghi lại."""
        text = with_database(lambda database: officer.export(database, case, as_json, now()))
        if to is None:
            typer.echo(text)
            return
        to.write_text(text, encoding="utf-8")
        typer.echo(f"Đã ghi {to}")

    @cli.command()
    def forget(case: Annotated[int, typer.Argument(help="Số của ca mà bà con ấy đã mở.")]) -> None:
        """Xóa hẳn cuộc trò chuyện của một người, khi chính người ấy yêu cầu."""
        typer.confirm(f"Xóa hẳn cuộc trò chuyện của ca số {case}? Không lấy lại được.", abort=True)
        typer.echo(with_database(lambda database: officer.erase(database, case, now())))


def _add_requests(with_database: WithDatabase) -> None:
    from .desk import officer

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


def _add_breaches(with_database: WithDatabase) -> None:
    from .desk import officer

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


def _add_keys(with_database: WithDatabase) -> None:
    from .desk import keys

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


def _add_switch(cli: typer.Typer, with_database: WithDatabase) -> None:
    from .desk import switch

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
