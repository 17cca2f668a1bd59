"""Measures the assistant as citizens meet it, with its real parts; nothing of it runs while the assistant serves."""
