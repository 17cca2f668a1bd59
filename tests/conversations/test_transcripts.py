"""Every transcript under this folder, played with the real language model. `--update` writes how they really went."""

from pathlib import Path

import pytest

from ..talk import House
from .transcript import load, play, write

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.yml"))


def test_there_are_transcripts() -> None:
    assert len(FILES) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER).with_suffix("")))
async def test_transcript(path: Path, house: House, request: pytest.FixtureRequest) -> None:
    transcript = load(path)
    went = await play(transcript, house)
    if request.config.getoption("--update"):
        write(transcript, went)
        return
    expected = [{"bot": [], **turn} for turn in transcript.turns]
    assert went == expected, transcript.story
