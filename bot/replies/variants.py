"""What a block of words may come to say: every way that its conditions can go, the facts it names, the line where it stands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from jinja2 import Environment, nodes

MOST = 64
"""Variants of one block that are looked at; a block with more conditions should be two."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it is written."""

    name: str
    line: int
    answers: Mapping[str, tuple[str, ...]]
    """The answers that its conditions compare with, by question."""
    facts: tuple[str, ...]
    uses: frozenset[str]
    """The names it mentions: `helping`, `whom`, ..."""
    text: str
    """What is written in it straight, without what is filled in."""

    def variants(self) -> Iterator[dict[str, str]]:
        """Answers for every way through its conditions."""
        questions = list(self.answers)
        ways = product(*[("", *self.answers[question]) for question in questions])
        return (dict(zip(questions, way, strict=True)) for way in islice(ways, MOST))


def blocks(environment: Environment, source: str) -> dict[str, Block]:
    """The blocks of a template."""
    return {node.name: _block(node) for node in environment.parse(source).find_all(nodes.Block)}


def _block(node: nodes.Block) -> Block:
    answers: dict[str, list[str]] = {}
    for compare in node.find_all(nodes.Compare):
        if isinstance(compare.expr, nodes.Getattr) and _is(compare.expr.node, "answers"):
            found = answers.setdefault(compare.expr.attr, [])
            found += [one.expr.value for one in compare.ops if isinstance(one.expr, nodes.Const) and isinstance(one.expr.value, str)]
    facts = [
        call.args[0].value
        for call in node.find_all(nodes.Call)
        if _is(call.node, "fact") and call.args and isinstance(call.args[0], nodes.Const)
    ]
    uses = frozenset(name.name for name in node.find_all(nodes.Name))
    text = re.sub(r"\s+", " ", " … ".join(part.data for part in node.find_all(nodes.TemplateData))).strip()
    return Block(node.name, node.lineno, {name: tuple(dict.fromkeys(values)) for name, values in answers.items()}, tuple(facts), uses, text)


def _is(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name
