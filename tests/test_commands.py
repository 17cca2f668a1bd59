"""The command line: what every command must wait for before it begins."""

import subprocess
import sys


def test_a_command_does_not_wait_for_what_it_does_not_use() -> None:
    """The server, its pages and all that is written take longer to read than most commands to run."""
    heavy = ("bot.app", "bot.written", "litestar", "jinja2", "httpx")
    asks = f"import sys, bot.__main__; print(*(name for name in {heavy} if name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
