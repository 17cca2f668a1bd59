"""For who leads the volunteers: cases, teams, people."""

from pathlib import Path
from typing import Annotated

import typer

from ..model.clock import now
from ..model.people import PROVINCE_DESK, Role
from .common import first_line, loaded_settings, takeover, with_database

cli = typer.Typer()
case_cli = typer.Typer(no_args_is_help=True, help="Các ca chờ người hỗ trợ.")
cli.add_typer(case_cli, name="case")
team_cli = typer.Typer(no_args_is_help=True, help="Các tổ công nghệ số cộng đồng.")
cli.add_typer(team_cli, name="team")
user_cli = typer.Typer(no_args_is_help=True, help="Người vào được bàn trực: thêm, gỡ, vai trò, mật khẩu.")
cli.add_typer(user_cli, name="user")


@case_cli.command("list")
def case_list(
    everything: Annotated[bool, typer.Option("--all", help="Cả những ca đã xong.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Các ca đang chờ, gấp trước."""
    from ..desk.listing import listing

    typer.echo(with_database(lambda database: listing(database, everything, as_json)))


@case_cli.command("show")
def case_show(number: int, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Một ca với phiếu bàn giao."""
    from ..desk.listing import show

    typer.echo(with_database(lambda database: show(database, number, as_json)))


@team_cli.command("import")
def team_import(
    file: Annotated[Path, typer.Argument(help="Tệp CSV; tên các cột xem README.")],
    remove: Annotated[bool, typer.Option("--remove-missing", help="Gỡ những người không có trong tệp; ca họ giữ về hàng chờ.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho biết sẽ đổi gì.")] = False,
) -> None:
    """Nhập danh sách tổ và người của tỉnh; dòng sai được nêu và bỏ qua, nhập lại cùng tệp thì không đổi gì."""
    from ..desk.roster import bring_in
    from ..desk.roster_file import read
    from ..understanding.places import Places

    table, places = read(file), Places.load(loaded_settings("ERROR").root)
    takes_over = takeover() if remove else None
    typer.echo(with_database(lambda database: bring_in(database, places, table, now(), takes_over and takes_over(database), dry)))


@team_cli.command("list")
def team_list(commune: Annotated[str | None, typer.Option(help="Chỉ các tổ của xã này.")] = None) -> None:
    """Các tổ và số người."""
    from ..desk.teams import listing
    from ..understanding.places import Places

    places = Places.load(loaded_settings("ERROR").root)
    typer.echo(with_database(lambda database: listing(database, places, commune)))


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
    from ..desk.users import add

    password = first_line() if from_stdin else None
    typer.echo(with_database(lambda database: add(database, code, name, team, role, password, now())))


@user_cli.command("list")
def user_list(team: Annotated[str | None, typer.Option(help="Chỉ người của tổ có mã này.")] = None) -> None:
    """Mọi người, với vai trò và tổ."""
    from ..desk.users import listing

    typer.echo(with_database(lambda database: listing(database, team, now())))


@user_cli.command("role")
def user_role(code: str, role: Role) -> None:
    """Đổi vai trò; người ấy phải đăng nhập lại."""
    from ..desk.users import set_role

    typer.echo(with_database(lambda database: set_role(database, code, role, now())))


@user_cli.command("password")
def user_password(code: str, from_stdin: Annotated[bool, _FROM_STDIN] = False) -> None:
    """Đặt mật khẩu khác và mở khóa; người ấy phải đăng nhập lại."""
    from ..desk.users import set_password

    password = first_line() if from_stdin else None
    typer.echo(with_database(lambda database: set_password(database, code, password, now())))


@user_cli.command("unlock")
def user_unlock(code: str) -> None:
    """Mở khóa một người đã gõ sai mật khẩu nhiều lần."""
    from ..desk.users import unlock

    typer.echo(with_database(lambda database: unlock(database, code, now())))


@user_cli.command("remove")
def user_remove(code: str) -> None:
    """Gỡ một người: không đăng nhập được nữa, các ca đang giữ trở về hàng chờ."""
    from ..desk.users import remove

    takes_over = takeover()
    typer.echo(with_database(lambda database: remove(database, takes_over(database), code, now())))
