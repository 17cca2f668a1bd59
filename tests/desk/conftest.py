from ..houses import house, house_on_each, nlu  # noqa: F401
from ..understanding.conftest import light, model  # noqa: F401
