"""Suggests tags for a text from the decisions people made on earlier ones: at most three, each with what it rests on.

Nothing is applied by itself; a suggestion is a guess with its probability, the words that speak for it and the earlier
decisions it is nearest to. The model is made anew from all decisions whenever it is wanted, in less than a second.
How it learns is `portal.analysis.learning`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from portal.analysis.calibration import Calibration
from portal.analysis.enough import FEWEST, FEWEST_TAGS
from portal.analysis.glossary import Glossary
from portal.analysis.learning import SHOWN, Example, Learner
from portal.analysis.texts import Text, Tokens

#: What is less likely is not suggested: hardly any of it is right.
LEAST: Final = 0.1


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A tag, the probability that a person would give it, and its evidence: words of the text, the ids of the earlier
    texts with this tag that are nearest, the nearest first, and the clause of the text, where one of those with the tag
    stands on it, above or below."""

    tag: str
    score: float
    evidence: tuple[str, ...]
    earlier: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


class TagModel:
    """What decisions on tags have taught."""

    def __init__(self, learner: Learner, decided: int) -> None:
        """`decided` is how many of the texts it learnt from bear a tag."""
        self._learner = learner
        self._knows_enough = decided >= FEWEST and len(learner.labels) >= FEWEST_TAGS

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that any decision gave."""
        return self._learner.labels

    @property
    def calibration(self) -> Calibration:
        """What turns scores into probabilities."""
        return self._learner.calibration

    @classmethod
    def train(cls, examples: Iterable[Example], glossary: Glossary | None = None) -> TagModel:
        """A model of these decisions; `labels` of an example are its tags. With a glossary it also learns what texts in
        different languages have in common. Too few examples, no suggestions."""
        known = list(examples)
        return cls(Learner(known, glossary), sum(bool(one.labels) for one in known))

    def suggest(self, texts: Sequence[Text], tokens: Sequence[Tokens], most: int = SHOWN
                ) -> list[tuple[TagSuggestion, ...]]:  # fmt: skip
        """For each text the likeliest tags, the likeliest first; none that is unlikely or has no ground."""
        if not self._knows_enough:
            return [() for _ in texts]
        return [
            tuple(TagSuggestion(guess.label, guess.score, guess.words, guess.earlier,
                                (text.clause,) if guess.by_clause and text.clause else ()) for guess in guesses)
            for text, guesses in zip(texts, self._learner.guesses(texts, tokens, most, LEAST), strict=True)
        ]  # fmt: skip
