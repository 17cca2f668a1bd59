"""The desk's web console at /desk: forms that work without a script, made quicker by HTMX and live by server-sent events."""
