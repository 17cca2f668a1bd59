"""All that writers wrote, read from its files once and looked over: the catalogue, the guides, the words."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from . import yaml_loader
from .dialogue.lint import Around, lint
from .dialogue.load import load_topics
from .dialogue.versions import Library, Thresholds
from .model.catalogue import FILE as CATALOGUE
from .model.catalogue import Catalogue, catalogue
from .model.errors import Fault, WrittenError
from .replies.facts import Facts
from .replies.offices import Offices
from .replies.words import Words
from .settings import Settings
from .understanding import thresholds
from .understanding.places import Places
from .understanding.terms import Terms
from .understanding.text import fold


@dataclass(frozen=True, slots=True)
class Written:
    """All that writers wrote: the catalogue, the guides, the words."""

    catalogue: Catalogue
    library: Library
    words: Words
    places: Places
    facts: Facts
    terms: Terms


def read_written(settings: Settings) -> Written:
    """Read and look over everything written. Raises WrittenError with every fault found."""
    known = read_catalogue(settings.root)
    facts = Facts.load(settings.root / "content" / "facts")
    kept = {"keep_days": settings.keep_days, "keep_hours": settings.keep_pictures_hours}
    words = Words(settings.root / "content", facts, kept, Offices.load(settings.root))
    topics = load_topics(settings.root / "flows", known, fold)
    faults = lint(topics, Around(words.blocks, frozenset(facts.facts), frozenset(facts.sources)))
    if faults:
        raise WrittenError(faults)
    limits = thresholds.load(settings.root)
    unwritten = {topic.id: topic.title for topic in known.topics.values() if topic.id not in topics}
    sure = Thresholds(limits.sure, limits.maybe)
    places = Places.load(settings.root)
    acts = frozenset(known.acts)
    aspects = {aspect.id: aspect.title for aspect in known.aspects.values()}
    library = Library(
        topics,
        sure,
        known.menu,
        acts,
        words=words.has,
        unwritten=unwritten,
        may_be_said=facts.may_be_said,
        aspects=aspects,
        places=places.gazetteer,
        fold=fold,
    )
    terms = Terms.load(settings.root, words.blocks("terms"), topics.keys())
    return Written(known, library, words, places, facts, terms)


def read_catalogue(root: Path) -> Catalogue:
    try:
        return catalogue(yaml_loader.load((root / CATALOGUE).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise WrittenError([Fault(CATALOGUE, None, f"không đọc được: {error}", "sửa theo đúng YAML")]) from error
