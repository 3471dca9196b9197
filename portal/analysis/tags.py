"""Suggests tags for a text from the decisions people made on earlier ones: three, each with what it rests on.

Nothing is applied by itself; a suggestion is a guess with its probability, the words that speak for it and the earlier
decisions it is nearest to. The model is made anew from all decisions whenever it is wanted, in less than a second.
How it learns is `portal.analysis.learning`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.analysis.glossary import Glossary
from portal.analysis.learning import SHOWN, Example, Learner
from portal.analysis.texts import Text, Tokens


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A tag, the probability that a person would give it, and its evidence: words of the text, and the ids of the
    earlier texts with this tag that are nearest, the nearest first."""

    tag: str
    score: float
    evidence: tuple[str, ...]
    earlier: tuple[str, ...] = ()


class TagModel:
    """What decisions on tags have taught."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that any decision gave."""
        return self._learner.labels

    @property
    def calibration(self) -> tuple[float, float]:
        """Slope (the inverse of the temperature) and offset that turn scores into probabilities."""
        return self._learner.calibration

    @classmethod
    def train(cls, examples: Iterable[Example], glossary: Glossary | None = None) -> TagModel:
        """A model of these decisions; `labels` of an example are its tags. With a glossary it also learns what texts in
        different languages have in common. No examples, no suggestions."""
        return cls(Learner(examples, glossary))

    def suggest(self, texts: Sequence[Text], tokens: Sequence[Tokens], most: int = SHOWN
                ) -> list[tuple[TagSuggestion, ...]]:  # fmt: skip
        """For each text the likeliest tags, the likeliest first."""
        return [
            tuple(TagSuggestion(guess.label, guess.score, guess.words, guess.earlier) for guess in guesses)
            for guesses in self._learner.guesses(texts, tokens, most)
        ]
