"""What commands have in common: the settings, the database opened for one piece of work, a file or the terminal to write to."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from .. import logs, settings
from ..opening import open_database
from ..store.database import Database

if TYPE_CHECKING:
    from ..desk.takeover import Takeover

T = TypeVar("T")


def loaded_settings(level: str | None = None) -> settings.Settings:
    """`level` of the logs, where a command's own words are not to be drowned by them."""
    loaded = settings.load()
    logs.set_up(level or loaded.log_level)
    return loaded


def with_database(work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Run one coroutine on the database, opened and brought up to date."""
    database = open_database(loaded_settings("ERROR"))
    try:
        return asyncio.run(work(database))
    finally:
        database.close()


def put(text: str, to: Path | None) -> None:
    """To the file, or to the terminal."""
    if to is None:
        typer.echo(text)
        return
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Đã ghi {to}")


def first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def takeover() -> "Callable[[Database], Takeover]":
    """What puts cases back into the queue, with the words for who waits in them."""
    from .. import app as composition
    from ..script import Script
    from ..written import read_written

    written = read_written(loaded_settings("ERROR"))
    return lambda database: composition.takeover(database, Script(written.library, written.words))
