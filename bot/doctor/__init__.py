"""`danloi doctor`: looks at an installation from outside and says, in plain words, what to mend and how.

It runs beside a running assistant or without one, changes nothing, renews no token and takes no update. Every check is a function that
comes back with findings; `round.py` lists them and runs them side by side, each within its own limit of time.
"""
