"""Words that a citizen may never have heard: «OTP là gì», «trước bạ là cái gì thế cháu». Read from content/terms.yml, without the model.

Whoever asks for a word while doing something wants the word, and then to go on; a guide about it would lead them away.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

import yaml

from .. import yaml_loader
from ..model.errors import Fault, WrittenError
from ..model.meaning import Term
from .text import fold

FILE = "content/terms.yml"
MOST_BEFORE = 4
"""So many words may stand before the term: «cho tôi hỏi cái …»."""
_ASKED = re.compile(
    r"(?P<before>.+?) (?:no )?(?:co )?(?:la|nghia la|tuc la|goi la) (?:cai |con |ma |so |nguoi |thang )?(?:gi|chi|sao|j|rang|ai)"
    r"(?: (?:vay|the|day|a|ha|nhi|oi|chau|em|ban|ay|rua))*"
    r"|(?:the nao|gi|cai gi) (?:goi )?la (?P<after>.+)"
)
"""A question for a word, folded: «… là gì», «… nghĩa là sao», «thế nào là …», «chủ hộ là ai»."""
_ASKS = re.compile(
    r"(?:(?:\w+ ){0,6}\w+ )??(?:no )?(?:la|nghia la|tuc la|goi la) (?:cai |con |ma |so )?(?:gi|chi|j)"
    r"(?: (?:vay|the|day|a|ha|nhi|oi|chau|em|ban|ay|rua|co))*"
)
"""The same of any word, known here or not."""


def asks_word(folded: str) -> bool:
    """Whether a word is asked for, whatever word, and nothing else."""
    return _ASKS.fullmatch(folded) is not None


class Terms:
    def __init__(self, terms: Mapping[str, Term]) -> None:
        """`terms`: by each of their names, folded."""
        self._terms = terms

    @classmethod
    def load(cls, root: Path, blocks: Collection[str], topics: Collection[str]) -> Self:
        """`blocks`: the words that are explained; `topics`: what may be offered. Raises WrittenError with every fault."""
        try:
            written: dict[str, dict[str, Any]] = yaml_loader.load((root / FILE).read_text(encoding="utf-8"))
            terms = {name: Term(name, entry.get("topic")) for name, entry in written.items()}
            named = [(said, terms[name]) for name, entry in written.items() for said in dict.fromkeys(map(fold, entry["names"]))]
        except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
            raise WrittenError(
                [Fault(FILE, None, f"không đọc được: {error}", "mỗi từ có names, và topic nếu muốn, như những từ bên cạnh")]
            ) from error
        faults = [
            Fault(FILE, None, f"«{term.id}» chưa có lời", f"thêm khối {term.id} vào content/common/terms.md.j2")
            for term in terms.values()
            if term.id not in blocks
        ]
        faults += [
            Fault(FILE, None, f"«{term.id}» mời chủ đề lạ «{term.topic}»", "dùng mã chủ đề trong catalogue.yml, hoặc bỏ topic")
            for term in terms.values()
            if term.topic is not None and term.topic not in topics
        ]
        names = [name for name, _ in named]
        faults += [
            Fault(FILE, None, f"«{name}» là tên của hai từ", "để ở một từ thôi")
            for name in sorted({one for one in names if names.count(one) > 1})
        ]
        if faults:
            raise WrittenError(faults)
        return cls(dict(named))

    def asked(self, folded: str) -> Term | None:
        """The word that is asked for, if nothing else is asked: «cháu ơi otp là gì vậy». Words of address before it do not count."""
        found = _ASKED.fullmatch(folded)
        if found is None:
            return None
        words = (found["before"] or found["after"]).split()
        names = (" ".join(words[start:]) for start in range(min(len(words), MOST_BEFORE + 1)))
        return next((term for name in names if (term := self._terms.get(name)) is not None), None)
