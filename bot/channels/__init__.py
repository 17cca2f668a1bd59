"""Channels carry messages in and out. Each is one small module behind `base.Channel`; none knows the store or the model."""
