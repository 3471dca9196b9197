"""The letters of many texts as arrays of hashes: what near-copies are found and measured with.

Only letters and digits count, without case, width and spaces: Korean spacing varies from hand to hand. A *shingle* is
the hash of five letters that follow one another; a *fingerprint* is the hash of twelve, kept where it is the least of
eight in a row (winnowing), so that two texts which share nineteen letters in a row share a fingerprint.

Sources: Broder 1997 (shingles); Schleimer, Wilkerson and Aiken, "Winnowing", SIGMOD 2003.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portal.kernel.text import TEXT_LIMIT

SHINGLE: Final = 5
FINGERPRINT: Final = 12
WINDOW: Final = 8

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]

_TEXTS_AT_ONCE: Final = 20_000
_LETTERS_AT_ONCE: Final = 4_000_000
_BETWEEN: Final = "\x1e"
_BASE: Final = 0x9E37_79B9_7F4A_7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of some texts behind one another: text `i` has those from `starts[i]` to `starts[i + 1]`."""

    codes: NDArray[np.uint32]
    starts: Numbers

    @property
    def lengths(self) -> Numbers:
        """How many letters each text has."""
        return np.diff(self.starts)


def in_batches(texts: Sequence[str]) -> Iterator[tuple[int, Letters]]:
    """The letters of texts, so many at a time as fit in little memory, each time with the number of the first one."""
    first, size = 0, 0
    for index, text in enumerate(texts):
        size += min(len(text), TEXT_LIMIT)
        if size > _LETTERS_AT_ONCE or index - first >= _TEXTS_AT_ONCE:
            yield first, letters_of(texts[first : index + 1])
            first, size = index + 1, 0
    if first < len(texts):
        yield first, letters_of(texts[first:])


def letters_of(texts: Sequence[str]) -> Letters:
    """The letters of texts; of a text longer than a comment can be, those of its beginning."""
    joined = _BETWEEN.join(text[:TEXT_LIMIT].replace(_BETWEEN, " ") for text in texts) + _BETWEEN
    written = unicodedata.normalize("NFC", joined).encode("utf-32-le", "replace")
    codes = np.frombuffer(written, dtype=np.uint32)
    present = np.flatnonzero(np.bincount(codes))
    folded = np.zeros(int(present[-1]) + 1, dtype=np.uint32)
    folded[present] = [_folded(int(code)) for code in present]
    codes = folded[codes]
    codes = codes[codes > 0]
    ends = np.flatnonzero(codes == ord(_BETWEEN))
    starts = np.zeros(len(ends) + 1, dtype=np.int64)
    starts[1:] = ends - np.arange(len(ends))
    return Letters(np.delete(codes, ends), starts)


def letters_only(texts: Sequence[str]) -> list[str]:
    """The letters and digits of each text, as they are compared."""
    found: list[str] = []
    for _, letters in in_batches(texts):
        written = letters.codes.tobytes()
        found += [written[4 * start : 4 * end].decode("utf-32-le", "replace")
                  for start, end in pairwise(letters.starts.tolist())]  # fmt: skip
    return found


@cache
def _folded(code: int) -> int:
    """The letter or digit that stands for a character: lower case, of plain width; 0 for a character that is none."""
    character = chr(code)
    if character == _BETWEEN:
        return code
    plain = unicodedata.normalize("NFKC", character).casefold()
    return next((ord(letter) for letter in plain if letter.isalnum()), 0)


def _grams(letters: Letters, size: int) -> tuple[Hashes, Numbers, Numbers]:
    """The hash of every `size` letters that follow one another within a text, the text it is of, its place."""
    count = len(letters.codes) - size + 1
    if count <= 0:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing.astype(np.uint64), nothing, nothing
    powers = np.full(len(letters.codes) + 1, _BASE, dtype=np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    # One hash of all letters up to each place; the difference of two is that of the letters between.
    summed = np.zeros(len(letters.codes) + 1, dtype=np.uint64)
    np.cumsum(_mixed(letters.codes.astype(np.uint64)) * powers[:-1], out=summed[1:])
    hashes = summed[size:] - summed[:count]
    powers = np.full(count, _INVERSE, dtype=np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    hashes *= powers
    text = np.repeat(np.arange(len(letters.starts) - 1), letters.lengths)
    within = text[:count] == text[size - 1 :]
    places = np.flatnonzero(within)
    return _mixed(hashes[places]), text[places], places


def _mixed(hashes: Hashes) -> Hashes:
    """Hashes of which every bit depends on every bit (the finaliser of SplitMix64)."""
    mixed = hashes ^ (hashes >> np.uint64(30))
    mixed *= np.uint64(0xBF58_476D_1CE4_E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D0_49BB_1331_11EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


@dataclass(frozen=True, slots=True)
class Sets:
    """For each of some texts a set of hashes of 32 bits, ascending: those from `starts[i]` to `starts[i + 1]`, and how
    many letters the text has."""

    hashes: NDArray[np.uint32]
    starts: Numbers
    letters: Numbers

    @property
    def sizes(self) -> Numbers:
        """How many hashes each text has."""
        return np.diff(self.starts)

    def of(self, texts: Numbers) -> tuple[NDArray[np.uint32], Numbers]:
        """The hashes of some texts behind one another, and for each the place in `texts` it belongs to."""
        sizes = self.starts[texts + 1] - self.starts[texts]
        owner = np.repeat(np.arange(len(texts)), sizes)
        ends = np.cumsum(sizes)
        offsets = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        return self.hashes[np.repeat(self.starts[texts], sizes) + offsets], owner


def shingle_sets(texts: Sequence[str]) -> Sets:
    """The shingles of every text."""
    return _sets(texts, lambda letters: _grams(letters, SHINGLE)[:2])


def fingerprint_sets(texts: Sequence[str]) -> Sets:
    """The fingerprints of every text; a text of fewer than twelve letters has none."""
    return _sets(texts, _winnowed)


def _winnowed(letters: Letters) -> tuple[Hashes, Numbers]:
    hashes, text, _ = _grams(letters, FINGERPRINT)
    if not len(hashes):
        return hashes, text
    # The least of each window by doubling: 2, 4, 8 in a row; a window ends with its text.
    least = hashes.copy()
    reach = 1
    while reach < WINDOW:
        same = text[reach:] == text[:-reach] if reach < len(text) else np.zeros(0, dtype=bool)
        following = np.minimum(least[:-reach] if reach < len(text) else least[:0], least[reach:])
        least[: len(same)][same] = following[same]
        reach *= 2
    # Of two windows side by side with the same least hash only one is kept.
    kept = np.ones(len(least), dtype=bool)
    kept[1:] = (least[1:] != least[:-1]) | (text[1:] != text[:-1])
    return least[kept], text[kept]


def _sets(texts: Sequence[str], hashed: Any) -> Sets:
    hashes, sizes, lengths = [], [], []
    for _, letters in in_batches(texts):
        found, text = hashed(letters)
        keys = (text.astype(np.uint64) << np.uint64(32)) | (found >> np.uint64(32))
        keys.sort()
        if len(keys):
            keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
        sizes.append(np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(letters.starts) - 1))
        hashes.append(keys.astype(np.uint32))
        lengths.append(letters.lengths)
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    if sizes:
        np.cumsum(np.concatenate(sizes), out=starts[1:])
    if not hashes:
        return Sets(np.zeros(0, dtype=np.uint32), starts, np.zeros(0, dtype=np.int64))
    return Sets(np.concatenate(hashes), starts, np.concatenate(lengths))
