"""From how many decisions on tags the engine suggests some. Told on pages, too: loads nothing of the engine."""

from __future__ import annotations

from typing import Final

#: Texts that bear a tag, from which on others are suggested some: after ten a third of the suggestions is right, and
#: no more was promised; after three or five more is promised than comes (docs/analysis.md).
FEWEST: Final = 10
#: So many different tags among them: one is no choice.
FEWEST_TAGS: Final = 2
