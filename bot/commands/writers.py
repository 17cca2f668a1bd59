"""For who writes guides: look them over, see them, give them out."""

from pathlib import Path
from typing import Annotated

import typer

from ..model.clock import now
from .common import loaded_settings, put, with_database

cli = typer.Typer()


@cli.command()
def check(
    everything: Annotated[bool, typer.Option("--all", help="Cả những điều nên xem lại, và những điều người soát phải tự đọc.")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="Bảng mọi chủ đề đã viết, dạng Markdown.")] = False,
) -> None:
    """Soát mọi thứ đã viết: hướng dẫn, lời, dữ kiện. Lỗi nào cũng nêu tệp, dòng và cách sửa."""
    from ..writing import check_all, table

    typer.echo(table(loaded_settings()) if as_table else check_all(loaded_settings()).report(everything))


@cli.command()
def publish(
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Rút mọi bản cũ: ai đang làm dở được chuyển sang bản mới và được báo.")
    ] = False,
) -> None:
    """Đưa các hướng dẫn đang viết ra dùng; người đang làm dở đi hết bản cũ. Cho biết có bao nhiêu người ở mỗi bước đổi."""
    from ..following import publisher
    from ..writing import check_all
    from ..written import read_written

    check_all(loaded_settings("ERROR"))
    written = read_written(loaded_settings("ERROR"))
    typer.echo(with_database(lambda database: publisher(database, written).publish(now(), withdraw)))


@cli.command()
def draw(
    guide: str,
    as_svg: Annotated[bool, typer.Option("--svg", help="Thành hình SVG, thay vì chữ Mermaid.")] = False,
    to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này.", dir_okay=False)] = None,
) -> None:
    """Vẽ một hướng dẫn thành sơ đồ: chữ Mermaid, hoặc hình SVG mở được bằng trình duyệt."""
    from ..writing import drawing

    put(drawing(loaded_settings(), guide, as_svg or (to is not None and to.suffix == ".svg")), to)


@cli.command("schema")
def flow_schema(to: Annotated[Path | None, typer.Option(help="Ghi vào tệp này.", dir_okay=False)] = None) -> None:
    """Ngôn ngữ của hướng dẫn thành JSON Schema, để phần mềm soạn thảo gợi ý và gạch lỗi ngay khi gõ."""
    from ..writing import editor_schema

    put(editor_schema(loaded_settings()), to)


@cli.command()
def preview(
    topic: Annotated[str | None, typer.Argument(help="Chủ đề; không nói thì mọi chủ đề, cần --to.")] = None,
    to: Annotated[Path | None, typer.Option(help="Ghi một trang HTML vào tệp này.", dir_okay=False)] = None,
) -> None:
    """Xem từng lời của một chủ đề, như mỗi kênh sẽ hiện; với --to thành một trang HTML."""
    from ..writing import preview_page, previews

    if to is not None:
        put(preview_page(loaded_settings(), topic), to)
    elif topic is None:
        raise typer.BadParameter("nêu một chủ đề, hoặc --to TỆP.html để xem tất cả")
    else:
        for page in previews(loaded_settings(), topic):
            typer.echo(page)
