"""The stories run the whole assistant over the real language model."""

from ..houses import nlu  # noqa: F401
from ..understanding.conftest import light, model  # noqa: F401
