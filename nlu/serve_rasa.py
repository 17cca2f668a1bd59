"""Rasa's server, bound to the life of whoever started it, its token out of sight.

    NLU_TOKEN=… python -m nlu.serve_rasa PARENT-PID MODEL.tar.gz PORT

A token among the arguments can be read by every user of the machine, so it comes through the environment. The kernel ends this process
when its parent dies, however that dies, so no server is left behind to serve an old model.
"""

import os
import sys

from .life import die_with


def main() -> None:
    parent, model, port = sys.argv[1:]
    die_with(int(parent))
    if not os.path.isfile(model):  # Rasa would silently take the newest other model
        sys.exit(f"nlu.serve_rasa: there is no model {model}")
    token = os.environ.pop("NLU_TOKEN")
    sys.argv = ["rasa", "run", "--enable-api", "-m", model, "-i", "127.0.0.1", "-p", port, "--auth-token", token]
    sys.argv += ["--credentials", "nlu/credentials.yml"]
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
