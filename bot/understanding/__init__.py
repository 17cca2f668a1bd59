"""What a citizen's message says: exact signals first (urgent words, numbers, yes, commands), then the language model, then keywords."""
