"""BLEU score of translations: n-gram precision with a brevity penalty.

    BLEU = 100 * BP * (p1 p2 p3 p4)^(1/4)

`pn` is the share of the translations' n-grams that occur in a reference too, each at most as often
as there (otherwise "the the the" would be perfect). Short translations get high shares, so the
brevity penalty `BP = exp(1 - r/c)` takes something off when their total length `c` is below the
references' `r`. Everything is counted over a whole test set; for one sentence BLEU means little.

Two BLEUs can be compared only if both cut sentences into words alike (Post 2018, "A call for
clarity in reporting BLEU scores"). This one takes words as they are given, and equals sacreBLEU's.

Source: Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, prod

from dltf.validation import check_integer

Sentence = Sequence[str]


@dataclass(frozen=True)
class Bleu:
    """A BLEU score and its components.

    Attributes:
        score: 0 to 100.
        precisions: of 1-grams to 4-grams, 0 to 100 each.
        brevity_penalty: 0 to 1.
        length: words in all translations.
        reference_length: words in the references of the closest length.
    """

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float
    length: int
    reference_length: int


def n_grams(sentence: Sentence, n: int) -> Counter[tuple[str, ...]]:
    """Count the n-grams of a sentence."""
    n = check_integer("n", n, at_least=1)
    return Counter(zip(*(sentence[i:] for i in range(n)), strict=False))


def corpus_bleu(
    translations: Sequence[Sentence], references: Sequence[Sequence[Sentence]], most: int = 4
) -> Bleu:
    """Return the BLEU of a test set.

    Where not a single n-gram is right the share is not 0 but 1/2, 1/4, ... of one n-gram (the first
    such n, the second, ...), which is sacreBLEU's default too ("exp").

    Args:
        translations: a list of words for each sentence.
        references: for each sentence one or several right translations.
        most: longest n-grams that count.

    Raises:
        ValueError: there are not as many references as translations, or a sentence has none.
    """
    if len(translations) != len(references) or not all(references):
        without = sum(not versions for versions in references)
        raise ValueError(
            f"references: expected at least one for each of {len(translations)} sentences, got "
            f"{len(references)} lists, {without} of them empty"
        )
    most = check_integer("most", most, at_least=1)
    right, total = [0] * most, [0] * most
    length = reference_length = 0
    for words, versions in zip(translations, references, strict=True):
        length += len(words)
        closest = min((abs(len(version) - len(words)), len(version)) for version in versions)
        reference_length += closest[1]
        for n in range(1, most + 1):
            allowed: Counter[tuple[str, ...]] = Counter()
            for version in versions:
                allowed |= n_grams(version, n)  # the larger count of each
            found = n_grams(words, n)
            right[n - 1] += (found & allowed).total()  # the smaller count of each
            total[n - 1] += found.total()
    penalty = min(1.0, exp(1 - reference_length / length)) if length else 0.0
    if not any(right):
        return Bleu(0.0, (0.0,) * most, penalty, length, reference_length)
    precisions, halving = [], 1.0
    for hits, out_of in zip(right, total, strict=True):
        if hits == 0:
            halving /= 2
        precisions.append(100 * (hits or halving) / out_of if out_of else 0.0)
    mean = exp(sum(map(log, precisions)) / most) if prod(precisions) > 0 else 0.0
    return Bleu(penalty * mean, tuple(precisions), penalty, length, reference_length)
