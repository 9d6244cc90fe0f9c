"""Sentences in two languages, split so that nothing can be remembered, and their words as numbers.

The pairs are Tatoeba's (text/fra.txt): short English sentences with one French version a line. Many
English sentences occur several times, with different versions or with other punctuation ("Run!",
"Run."), so lines must not be split at random: a sentence of the test set would be known from the
training set. `split_pairs` puts all versions of a sentence on one side.

Where the file is not at hand, a small grammar speaks: the same form, a few hundred words fewer.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dltf.data import registry
from dltf.typing import Random
from dltf.validation import check_integer

Pair = tuple[str, str]
Tokens = list[str]

_SPACES = re.compile(r"\s+")
_WORDS = {
    # don't -> do n't, Tom's -> tom 's
    "english": re.compile(r"\w+?(?=n't\b)|n't\b|'(?:s|re|ll|ve|d|m)\b|\w+(?:-\w+)*|[^\w\s]"),
    # l'eau -> l' eau, va-t-il stays one
    "french": re.compile(r"\w+(?:-\w+)*'?|[^\w\s]"),
}


def tokenize(text: str, language: str = "english") -> Tokens:
    """Split a sentence into lower-cased words and marks of punctuation.

    Args:
        text: the sentence.
        language: "english" or "french"; they cut at apostrophes in different places.

    Raises:
        ValueError: there are no rules for the language.
    """
    if language not in _WORDS:
        raise ValueError(f"language: expected one of {sorted(_WORDS)}, got {language!r}")
    plain = _SPACES.sub(" ", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return _WORDS[language].findall(plain)


def sentence_key(text: str) -> str:
    """Return what is left of a sentence without punctuation, spaces and capitals."""
    return "".join(character for character in text.lower() if character.isalnum())


def load_sentence_pairs() -> list[Pair]:
    """Return pairs (English, French): Tatoeba's where they are at hand, otherwise a grammar's."""
    path = registry.find("text/fra.txt")
    if path is None:
        registry.announce_stand_in("text", "text/fra.txt", "these sentences are generated")
        return make_sentence_pairs(rng=0)
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(pair[0], pair[1]) for pair in (line.split("\t") for line in lines)]


# noun: English, French, whether it is feminine
_NOUNS = (
    ("cat", "chat", 0), ("dog", "chien", 0), ("book", "livre", 0), ("tree", "sapin", 0),
    ("garden", "jardin", 0), ("train", "train", 0), ("house", "maison", 1), ("car", "voiture", 1),
    ("table", "table", 1), ("door", "porte", 1), ("street", "rue", 1), ("lamp", "lampe", 1),
)  # fmt: skip
_ADJECTIVES = (  # before or behind the noun, and another form for a feminine one
    ("big", "grand", "grande", "before"), ("small", "petit", "petite", "before"),
    ("pretty", "joli", "jolie", "before"), ("old", "vieux", "vieille", "before"),
    ("black", "noir", "noire", "behind"), ("white", "blanc", "blanche", "behind"),
    ("green", "vert", "verte", "behind"), ("heavy", "lourd", "lourde", "behind"),
)  # fmt: skip
_VERBS = (
    ("I see", "je vois"), ("you see", "vous voyez"), ("we love", "nous aimons"),
    ("she has", "elle a"), ("he draws", "il dessine"), ("they want", "ils veulent"),
    ("Tom is looking for", "Tom cherche"), ("I found", "j'ai trouvé"),
)  # fmt: skip
_DETERMINERS = (("the", "le", "la"), ("a", "un", "une"), ("this", "ce", "cette"))


def make_sentence_pairs(m: int | None = None, rng: Random = None) -> list[Pair]:
    """Make sentences from a grammar: gender, and the place of the adjective, have to be learned.

    Args:
        m: number of pairs, at most the grammar's 2,592; all of them by default.
        rng: generator or seed of their order.

    Raises:
        ValueError: the grammar has not so many.
    """
    pairs = []
    for verb, determiner, noun, adjective in product(
        _VERBS, _DETERMINERS, _NOUNS, (*_ADJECTIVES, None)
    ):
        feminine = noun[2]
        english, french = [noun[0]], [noun[1]]
        if adjective is not None:
            english.insert(0, adjective[0])
            french.insert(0 if adjective[3] == "before" else 1, adjective[1 + feminine])
        article = "an" if determiner[0] == "a" and english[0][0] in "aeiou" else determiner[0]
        words = verb[0], article, *english
        mots = verb[1], determiner[1 + feminine], *french
        start, debut = " ".join(words), " ".join(mots)
        pairs.append((start[0].upper() + start[1:] + ".", debut[0].upper() + debut[1:] + "."))
    if m is not None and not 0 <= m <= len(pairs):
        raise ValueError(f"m: expected 0 to {len(pairs):,} pairs, got {m!r}")
    order = np.random.default_rng(rng).permutation(len(pairs))
    return [pairs[i] for i in order[:m]]


@dataclass(frozen=True)
class Split:
    """Pairs in three parts; no English sentence, punctuation and case ignored, is in two of them.

    Attributes:
        train: pairs to learn from.
        validation: pairs to choose by.
        test: pairs to report on.
    """

    train: list[Pair]
    validation: list[Pair]
    test: list[Pair]


def split_pairs(
    pairs: Sequence[Pair], test: int = 1000, validation: int = 500, seed: int = 0
) -> Split:
    """Split pairs by their English sentences.

    Args:
        pairs: (English, French).
        test: number of different English sentences in the test part.
        validation: the same for the validation part.
        seed: of the split.
    """
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[sentence_key(pair[0])].append(pair)
    keys = sorted(groups)
    test = check_integer("test", test, at_least=0)
    validation = check_integer("validation", validation, at_least=0)
    if test + validation >= len(keys):
        raise ValueError(
            f"test, validation: expected fewer than the {len(keys)} different sentences together, "
            f"got {test} and {validation}"
        )
    order = [keys[i] for i in np.random.default_rng(seed).permutation(len(keys))]
    ends = test, test + validation
    parts = order[ends[1] :], order[ends[0] : ends[1]], order[: ends[0]]
    return Split(*([pair for key in part for pair in groups[key]] for part in parts))


def with_versions(pairs: Iterable[Pair]) -> list[tuple[str, list[str]]]:
    """Gather the French versions of each English sentence: (as it was first written, versions)."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for english, french in pairs:
        groups.setdefault(sentence_key(english), (english, []))[1].append(french)
    return list(groups.values())


PAD, START, END, UNKNOWN = 0, 1, 2, 3


@dataclass(frozen=True)
class Words:
    """The words of a language and their numbers; four numbers are no words.

    Attributes:
        words: a word for each number; "<pad>", "<start>", "<end>" and "<unk>" come first.
        numbers: word -> number.
    """

    words: list[str]
    numbers: dict[str, int] = field(repr=False)

    @classmethod
    def of(cls, sentences: Iterable[Tokens], at_least: int = 1) -> Words:
        """Number the words that occur often enough, the most frequent first."""
        counts = Counter(word for sentence in sentences for word in sentence)
        known = [word for word, count in counts.most_common() if count >= at_least]
        words = ["<pad>", "<start>", "<end>", "<unk>", *known]
        return cls(words, {word: number for number, word in enumerate(words)})

    def __len__(self) -> int:
        return len(self.words)

    def encode(
        self, sentences: Sequence[Tokens], length: int, *, start: bool = False, end: bool = False
    ) -> NDArray[np.int32]:
        """Return sentences as rows of numbers, padded with 0 behind.

        Args:
            sentences: words; of what is too long, the rest is left out.
            length: of a row.
            start: whether each row begins with <start>.
            end: whether <end> stands behind the last word.
        """
        length = check_integer("length", length, at_least=1)
        rows: NDArray[np.int32] = np.full((len(sentences), length), PAD, np.int32)
        for row, sentence in zip(rows, sentences, strict=True):
            numbers = [self.numbers.get(word, UNKNOWN) for word in sentence]
            numbers = [START] * start + numbers + [END] * end
            row[: len(numbers)] = numbers[:length]
        return rows

    def decode(self, rows: Iterable[Iterable[int]]) -> list[Tokens]:
        """Return rows of numbers as words, up to <end>; padding and <start> are left out."""
        sentences = []
        for row in rows:
            sentence = []
            for number in row:
                if number == END:
                    break
                if number not in (PAD, START):
                    sentence.append(self.words[number])
            sentences.append(sentence)
        return sentences
