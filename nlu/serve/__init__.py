"""A small server for the model that `rasa train` made: Rasa's protocol, without Rasa and without TensorFlow, many questions at once.

Its environment is its own (`pyproject.toml`, `requirements.lock` beside this file): scikit-learn in the very version that trained.
"""
