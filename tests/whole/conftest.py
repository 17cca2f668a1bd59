from ..understanding.conftest import model  # noqa: F401
