"""Serve a model on loopback, for as long as whoever started this lives.

NLU_TOKEN=… python -m nlu.serve PARENT-PID MODEL.tar.gz PORT
NLU_TOKEN=… python -m nlu.serve FOLDER      by itself, for bots elsewhere: the model that FOLDER/current names, on NLU_HOST and NLU_PORT

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
    if len(sys.argv) == 2:
        model, host, port = promoted(Path(sys.argv[1])), os.environ.get("NLU_HOST", "127.0.0.1"), os.environ.get("NLU_PORT", "5005")
    else:
        parent, name, port = sys.argv[1:]
        die_with(int(parent))
        model, host = Path(name), "127.0.0.1"
    try:
        app = App(model, secret())
    except NoModel as error:
        sys.exit(f"nlu.serve: {error}")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    print("nlu.serve: server is up", flush=True)  # noqa: T201  (whoever started this waits for it)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])


def promoted(folder: Path) -> Path:
    """The model that was promoted last."""
    try:
        return folder / Path((folder / "current").read_text(encoding="utf-8").strip()).name
    except OSError as error:
        sys.exit(f"nlu.serve: {folder} names no model ({error.strerror}): run `danloi train`, or mount the folder that it wrote")


def secret() -> str:
    """From NLU_TOKEN, or from the file that NLU_TOKEN_FILE names. Whoever knows it may ask; without one nobody may start this."""
    file = os.environ.get("NLU_TOKEN_FILE", "")
    token = os.environ.pop("NLU_TOKEN", "") or (Path(file).read_text(encoding="utf-8").strip() if file else "")
    return token or sys.exit("nlu.serve: NLU_TOKEN is missing: set it, or NLU_TOKEN_FILE, to the bots' own")


if __name__ == "__main__":
    main()
