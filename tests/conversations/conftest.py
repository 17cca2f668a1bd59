from ..houses import house, nlu  # noqa: F401
from ..understanding.conftest import model, rasa  # noqa: F401
