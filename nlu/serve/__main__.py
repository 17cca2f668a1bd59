"""Serve a model on loopback, for as long as whoever started this lives.

NLU_TOKEN=… python -m nlu.serve PARENT-PID MODEL.tar.gz PORT

A token among the arguments can be read by every user of the machine, so it comes through the environment.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import uvicorn

from ..life import die_with
from .app import App
from .archive import NoModel


def main() -> None:
    parent, model, port = sys.argv[1:]
    die_with(int(parent))
    token = os.environ.pop("NLU_TOKEN")
    try:
        app = App(Path(model), token)
    except NoModel as error:
        sys.exit(f"nlu.serve: {error}")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    print("nlu.serve: server is up", flush=True)  # noqa: T201  (whoever started this waits for it)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
