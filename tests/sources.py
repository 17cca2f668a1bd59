"""The program's own text, for tests that hold it against what is told of it."""

from bot.settings import ROOT

SETTINGS = "".join(file.read_text("utf-8") for file in sorted((ROOT / "bot/settings").glob("*.py")))
