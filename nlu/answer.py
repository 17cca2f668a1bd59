"""A reading in the words of Rasa's protocol: the one place that forms an answer, for Rasa's server and for ours."""

from typing import Any, Dict

from .classifier import Read

EXTRACTOR = "VietnameseClassifier"


def answer(text: str, read: Read) -> Dict[str, Any]:
    """The intent, the ranking, and the aspect as an entity that spans the text (Rasa knows nothing that belongs to a whole message)."""
    rows = [{"name": intent, "confidence": confidence} for intent, confidence in read.ranking]
    return {"intent": rows[0], "entities": [_entity(text, read)] if read.aspect else [], "intent_ranking": rows}


def _entity(text: str, read: Read) -> Dict[str, Any]:
    return {
        "entity": "aspect",
        "value": read.aspect,
        "start": 0,
        "end": len(text),
        "confidence_entity": read.aspect_confidence,
        "extractor": EXTRACTOR,
    }
