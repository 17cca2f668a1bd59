"""What is said from: the guides and the words of one publication. Another publication takes its place between two turns."""

from .dialogue.versions import Library
from .replies.words import Words


class Script:
    def __init__(self, library: Library, words: Words) -> None:
        self.library = library
        self.words = words

    def use(self, library: Library, words: Words) -> None:
        """From the next turn on."""
        self.library = library
        self.words = words
