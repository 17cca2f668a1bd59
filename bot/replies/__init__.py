"""The words: renders what the dialogue wants said into texts, with dated facts, for each channel's markup and limits."""
