"""The desk: where cases wait for people. Today it opens them; taking over, the console and the ladder of teams come to live here."""
