"""Dates as people write them, and as machines do: "2 mai 1977" and "1977-05-02".

Babel knows how each locale writes a day; from its patterns come as many examples as one wants.
Every day lies in the century from 1950 to 2049, so that two digits of a year say which one is
meant. What stays ambiguous is the order of day and month: "5/2/77" is the second of May in the
United States and the fifth of February in Spain. `ambiguity` counts such strings exactly.
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
FORMATS = (  # Babel's own four, and patterns that people use beside them
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
    """Write a day as people of a locale do, in small letters and without commas.

    Args:
        day: the day.
        style: "short", "medium", "long", "full", or a pattern such as "d MMM y" (the letters are
            those of Unicode's technical standard 35).
        locale: such as "en_US" or "fr".

    Returns:
        Text such as "2 mai 1977": what Babel's `format_date` gives, piece by piece (each piece is
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
    """Return a day that is written alike in this field: there are few, so they are kept."""
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
    """Return every day of the century."""
    return [FIRST + datetime.timedelta(n) for n in range((LAST - FIRST).days + 1)]


def make_dates(
    m: int,
    locales: Sequence[str] = ("en_US",),
    rng: Random = None,
    days: Sequence[datetime.date] | None = None,
) -> list[tuple[str, str]]:
    """Draw dates: day, locale and style at random, each as likely as any other.

    Args:
        m: number of pairs.
        locales: who writes them.
        rng: generator or seed.
        days: to draw from; by default the century.

    Returns:
        Pairs of what a person wrote and the ISO date, such as ("2 may 1977", "1977-05-02").

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
        (write_date(days[d], FORMATS[style], locales[who]), days[d].isoformat())
        for d, who, style in draws
    ]


def split_days(test: int = 4000, seed: int = 0) -> tuple[list[datetime.date], list[datetime.date]]:
    """Split the days of the century; what is tested on was never trained on, in no way of writing.

    Args:
        test: number of days to keep for the test.
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
    """How far one can get with what was written alone.

    Attributes:
        ceiling: share of dates that somebody would get right who knew all the patterns, and chose
            the most likely day for each string.
        strings: those that mean more than one day.
    """

    ceiling: float
    strings: frozenset[str]


def ambiguity(locales: Sequence[str], formats: Sequence[str] = FORMATS) -> Ambiguity:
    """Count, over all days, locales and styles, the strings that mean more than one day.

    The year is always written, and two digits of it are enough in one century; so strings of
    different years differ, and one year is counted after the other (ten locales: some 10 s).

    Args:
        locales: who writes.
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


# Characters and their numbers, as the course's date notebook has them -----------------------------


def make_vocabulary(texts: Iterable[str], *, special: bool = True) -> Vocabulary:
    """Number the characters of texts in their order, then "<unk>" and "<pad>".

    Args:
        texts: any number of them.
        special: whether to add the two that no text has.
    """
    characters = sorted(set().union(*texts)) + ([UNKNOWN, PADDING] if special else [])
    return {character: i for i, character in enumerate(characters)}


def load_date_vocabulary() -> tuple[Vocabulary, Vocabulary]:
    """Return the tables of the course's trained date model: 37 symbols people use, 11 of machines.

    From text/date_nmt_vocab.json where it is at hand; otherwise made from all that the English
    locale writes, which gives the same tables.
    """
    path = registry.find("text/date_nmt_vocab.json")
    if path is None:
        days = [datetime.date(1977, month, day) for month in range(1, 13) for day in range(1, 29)]
        human = [write_date(day, style) for day in days for style in FORMATS] + ["0123456789"]
        return make_vocabulary(human), make_vocabulary(["0123456789-"], special=False)
    tables = json.loads(path.read_text(encoding="utf-8"))
    return tables["human"], tables["machine"]


def string_to_int(string: str, length: int, vocab: Vocabulary) -> list[int]:
    """Return a text as `length` numbers: cut where it is longer, padded where it is shorter.

    Args:
        string: the text; capitals count as small letters, commas are left out.
        length: number of numbers to return.
        vocab: table with "<unk>" (for characters it lacks) and "<pad>".
    """
    length = check_integer("length", length, at_least=0)
    string = string.lower().replace(",", "")[:length]
    numbers = [vocab[c] if c in vocab else vocab[UNKNOWN] for c in string]
    return numbers + [vocab[PADDING] for _ in range(length - len(numbers))]


def int_to_string(ints: Iterable[int], inv_vocab: dict[int, str]) -> list[str]:
    """Return the symbols of numbers, one each."""
    return [inv_vocab[int(i)] for i in ints]
