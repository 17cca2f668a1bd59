"""How what people write as YAML is read, everywhere."""

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's safe loader where it was built in, as in the packages for every usual machine: fourteen times as fast on the guides."""


def load(text: str) -> Any:
    """The plain data. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506  (a safe one)
