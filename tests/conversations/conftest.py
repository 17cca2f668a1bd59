from ..houses import house, nlu  # noqa: F401
from ..understanding.conftest import light, model  # noqa: F401
