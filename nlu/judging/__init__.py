"""Looking at models: none of this is part of one."""
