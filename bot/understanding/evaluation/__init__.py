"""How well messages are understood: labelled lines, what was read of them, figures, thresholds, and reports for people."""
