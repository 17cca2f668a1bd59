"""The command line: `danloi …`, put together from `commands/`."""

import os
import sys

import typer

from .commands import bench, desk, people, running, understanding, writers
from .model.errors import DanLoiError

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Dẫn Lối: trợ lý dịch vụ công.")
for part in (running, understanding, writers, desk, people, bench):
    cli.add_typer(part.cli)


def main() -> None:
    """Errors of ours end with their text and status 2, never with a traceback. What we write is for the owner alone."""
    os.umask(0o077)
    try:
        cli()
    except DanLoiError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
