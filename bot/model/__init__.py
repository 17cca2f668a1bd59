"""The vocabulary: what a message, a meaning, a conversation, a move, a case are. Standard library only."""
