"""The one way in which everything that people write as YAML is read."""

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's safe loader where it was built in, as in the packages for every usual machine: ten times as fast, and serve reads 90 files."""
