"""The outbox carries replies out: in order, at the pace each platform allows, and is honest about what it does not know."""
