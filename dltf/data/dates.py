"""Pairs of human-readable and ISO dates for date translation: "2 mai 1977", "1977-05-02".

Generated from Babel's date patterns for each locale. All days are between 1950 and 2049, so that
two digits determine the year. The order of day and month can be ambiguous: "5/2/77" is the second
of May in the United States and the fifth of February in Spain. `ambiguity` counts such strings
exactly.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dltf.data import registry
from dltf.typing import Random
from dltf.validation import check_integer

FIRST, LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)
FORMATS = (  # Babel's own four, and other common patterns
    "short",
    "medium",
    "long",
    "full",
    "d MMM y",
    "d MMMM y",
    "dd MMM y",
    "dd.MM.yy",
    "d MM yy",
    "MMMM d y",
)
TEN_LOCALES = ("en_US", "en_GB", "fr", "de", "es", "it", "pt", "nl", "sv", "pl")
UNKNOWN, PADDING = "<unk>", "<pad>"

Vocabulary = dict[str, int]


def write_date(day: datetime.date, style: str = "medium", locale: str = "en_US") -> str:
    """Format a day in the style of a locale, in lower case and without commas.

    Args:
        day: the day.
        style: "short", "medium", "long", "full", or a pattern such as "d MMM y" (the letters are
            those of Unicode's technical standard 35).
        locale: such as "en_US" or "fr".

    Returns:
        Text such as "2 mai 1977": the result of Babel's `format_date`, field by field (each is
        looked up once; a hundred thousand dates take half a second).
    """
    return "".join(
        text if kind == "chars" else _field(text, _what_counts(text, day), locale)
        for kind, text in _pieces(style, locale)
    )


@functools.cache
def _pieces(style: str, locale: str) -> list[tuple[str, str]]:
    """Return the pieces of a pattern: ("field", "MMMM") or ("chars", " ")."""
    from babel import Locale
    from babel.dates import tokenize_pattern

    named = style in ("short", "medium", "long", "full")
    pattern = Locale.parse(locale).date_formats[style].pattern if named else style
    pieces = []
    for kind, value in tokenize_pattern(pattern):
        letter, count = (value, 1) if isinstance(value, str) else value
        pieces.append((kind, letter * int(count) if kind == "field" else _plain(str(letter))))
    return pieces


def _what_counts(field: str, day: datetime.date) -> datetime.date:
    """Return a representative day with the same value of this field (few, so they are cached)."""
    if field[0] in "Ec":
        return datetime.date(1950, 1, 2 + day.weekday())  # a Monday, and on
    year, month, number = 1950, 1, 1
    return datetime.date(
        day.year if field[0] == "y" else year,
        day.month if field[0] in "ML" else month,
        day.day if field[0] == "d" else number,
    )


@functools.cache
def _field(field: str, day: datetime.date, locale: str) -> str:
    from babel.dates import format_date

    return _plain(format_date(day, field, locale))


def _plain(text: str) -> str:
    return text.lower().replace(",", "").replace("\N{NARROW NO-BREAK SPACE}", " ")


def all_days() -> list[datetime.date]:
    """Return every day from 1950 to 2049."""
    return [FIRST + datetime.timedelta(n) for n in range((LAST - FIRST).days + 1)]


def make_dates(
    m: int,
    locales: Sequence[str] = ("en_US",),
    rng: Random = None,
    days: Sequence[datetime.date] | None = None,
) -> list[tuple[str, str]]:
    """Draw random dates: day, locale and style are uniformly distributed.

    Args:
        m: number of pairs.
        locales: Babel's names of locales.
        rng: generator or seed.
        days: to draw from; by default all from 1950 to 2049.

    Returns:
        Pairs of a human-readable and an ISO date, such as ("2 may 1977", "1977-05-02").

    Raises:
        ValueError: m is negative, or there are no locales or no days.
    """
    m = check_integer("m", m, at_least=0)
    if not len(locales):
        raise ValueError(f"locales: expected at least one, got {locales!r}")
    rng = np.random.default_rng(rng)
    days = all_days() if days is None else days
    if not len(days):
        raise ValueError(f"days: expected at least one, got {days!r}")
    draws = rng.integers([len(days), len(locales), len(FORMATS)], size=(m, 3)).tolist()
    return [
        (write_date(days[d], FORMATS[style], locales[place]), days[d].isoformat())
        for d, place, style in draws
    ]


def split_days(test: int = 4000, seed: int = 0) -> tuple[list[datetime.date], list[datetime.date]]:
    """Split all days into training and test days, whatever the format they are written in.

    Args:
        test: number of test days.
        seed: of the split.

    Returns:
        Days for training, days for the test.

    Raises:
        ValueError: no day would be left to learn from.
    """
    days = all_days()
    if not 0 <= test < len(days):
        raise ValueError(f"test: expected 0 to {len(days) - 1} days, got {test!r}")
    order = np.random.default_rng(seed).permutation(len(days))
    return [days[i] for i in order[test:]], [days[i] for i in order[:test]]


@dataclass(frozen=True)
class Ambiguity:
    """Ambiguous date strings, and the highest accuracy that they allow.

    Attributes:
        ceiling: accuracy of an ideal reader, who knows all the patterns and chooses the most likely
            day for each string.
        strings: those that can mean more than one day.
    """

    ceiling: float
    strings: frozenset[str]


def ambiguity(locales: Sequence[str], formats: Sequence[str] = FORMATS) -> Ambiguity:
    """Find the strings that can mean more than one day, over all days, locales and styles.

    The year is always written and two digits determine it, so strings of different years differ,
    and one year is counted at a time (ten locales: some 10 s).

    Args:
        locales: Babel's names of locales.
        formats: styles, each as likely as any other, as in `make_dates`.
    """
    days, right, total, strings = all_days(), 0, 0, set()
    for year in range(FIRST.year, LAST.year + 1):
        meanings: dict[str, Counter[datetime.date]] = defaultdict(Counter)
        for day in (day for day in days if day.year == year):
            for locale in locales:
                for style in formats:
                    meanings[write_date(day, style, locale)][day] += 1
        right += sum(max(count.values()) for count in meanings.values())
        total += sum(count.total() for count in meanings.values())
        strings |= {text for text, count in meanings.items() if len(count) > 1}
    return Ambiguity(right / total, frozenset(strings))


# Character vocabularies, as in the course's date notebook
# ------------------------------------------


def make_vocabulary(texts: Iterable[str], *, special: bool = True) -> Vocabulary:
    """Return a character vocabulary: the sorted characters of texts, then "<unk>" and "<pad>".

    Args:
        texts: any number of them.
        special: whether to add "<unk>" and "<pad>".
    """
    characters = sorted(set().union(*texts)) + ([UNKNOWN, PADDING] if special else [])
    return {character: i for i, character in enumerate(characters)}


def load_date_vocabulary() -> tuple[Vocabulary, Vocabulary]:
    """Return the vocabularies of the course's trained date model: 37 input and 11 output symbols.

    From text/date_nmt_vocab.json if it is available; otherwise made from dates of the English
    locale, which gives the same tables.
    """
    path = registry.find("text/date_nmt_vocab.json")
    if path is None:
        days = [datetime.date(1977, month, day) for month in range(1, 13) for day in range(1, 29)]
        human = [write_date(day, style) for day in days for style in FORMATS] + ["0123456789"]
        return make_vocabulary(human), make_vocabulary(["0123456789-"], special=False)
    tables = json.loads(path.read_text(encoding="utf-8"))
    return tables["human"], tables["machine"]


def string_to_int(string: str, length: int, vocab: Vocabulary) -> list[int]:
    """Encode a text as `length` indices, truncated or padded.

    Args:
        string: the text; it is lower-cased and commas are removed.
        length: number of indices to return.
        vocab: table with "<unk>" (for characters it lacks) and "<pad>".
    """
    length = check_integer("length", length, at_least=0)
    string = string.lower().replace(",", "")[:length]
    numbers = [vocab[c] if c in vocab else vocab[UNKNOWN] for c in string]
    return numbers + [vocab[PADDING] for _ in range(length - len(numbers))]


def int_to_string(ints: Iterable[int], inv_vocab: dict[int, str]) -> list[str]:
    """Decode indices to symbols."""
    return [inv_vocab[int(i)] for i in ints]
