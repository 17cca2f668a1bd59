"""What is due: one table of timers, one loop that fires them. A timer whose turn has passed does nothing."""
