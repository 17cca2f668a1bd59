"""What Rasa sees of us: one component, `nlu.components.VietnameseClassifier`, around the classifier that knows nothing of Rasa."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.answer import answer
from nlu.classifier import Classifier
from nlu.training import train

FILE = "classifier.pkl.gz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VietnameseClassifier(GraphComponent, IntentClassifier):
    """Trains, keeps and asks the classifier; puts the whole ranking, and the aspect, into the answer."""

    def __init__(self, storage: ModelStorage, resource: Resource, classifier: Optional[Classifier] = None) -> None:
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @classmethod
    def required_components(cls) -> List[Type]:
        return []

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> VietnameseClassifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> VietnameseClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Classifier.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        texts, intents = [example.get(TEXT) for example in examples], [example.get(INTENT) for example in examples]
        self._classifier = train(texts, intents, [_aspect(example) for example in examples])
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder / FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if self._classifier is not None and text:
                for key, value in answer(text, self._classifier.read(text)).items():
                    message.set(key, value, add_to_output=True)
        return messages


def _aspect(example: Message) -> Optional[str]:
    """The aspect that the example's block is labelled with: `metadata: {aspect: fee}`."""
    return ((example.get(METADATA) or {}).get(METADATA_INTENT) or {}).get("aspect")
