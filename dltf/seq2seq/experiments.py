"""Experiments: date translation, English to French; prints the tables of `docs/seq2seq.md`.

    python -m dltf.seq2seq.experiments dates          # English dates to ISO
    python -m dltf.seq2seq.experiments ten-locales    # dates of ten locales
    python -m dltf.seq2seq.experiments french         # English to French
    python -m dltf.seq2seq.experiments course-model   # the date model that the course trained

Nothing is chosen on a test set: the number of epochs is fixed beforehand, and settings were
compared on the validation set.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dltf.data.dates import (
    TEN_LOCALES,
    ambiguity,
    load_date_vocabulary,
    make_dates,
    split_days,
)
from dltf.data.translation import (
    Pair,
    Split,
    Tokens,
    Words,
    load_sentence_pairs,
    split_pairs,
    tokenize,
    with_versions,
)
from dltf.seq2seq.metrics import Bleu, corpus_bleu
from dltf.seq2seq.translator import Searcher, Translator, train_translator
from dltf.training import History
from dltf.validation import check_integer

# == Dates =========================================================================================

ISO_LENGTH = len("1977-05-02") + 1  # and the end


@dataclass
class DateReader:
    """A trained translator of dates.

    Attributes:
        model: the translator.
        human: characters that people use, and their numbers.
        machine: those of ISO dates.
        length: longest input.
        history: of the training.
    """

    model: Translator
    human: Words
    machine: Words
    length: int
    history: History

    def read(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
        """Return the ISO dates of texts, and the attention weights (m, 11, length)."""
        plain = [list(text.lower().replace(",", "")) for text in texts]
        X = self.human.encode(plain, self.length)
        rows, weights = Searcher(self.model).greedy(X, ISO_LENGTH)
        return ["".join(symbols) for symbols in self.machine.decode(rows)], weights


def train_on_dates(
    locales: Sequence[str] = ("en_US",),
    m: int = 24_000,
    epochs: int = 4,
    units: int = 96,
    seed: int | None = None,
    progress: bool = True,
) -> DateReader:
    """Train a translator of dates on the training days of `split_days`.

    Args:
        locales: who writes the dates.
        m: number of examples.
        epochs: passes over them.
        units: size of the decoder's state.
        seed: of the examples and of their order.
        progress: whether to show a progress bar.
    """
    m = check_integer("m", m, at_least=1)
    pairs = make_dates(m, locales, seed, split_days()[0])
    human = Words.of((list(written) for written, _ in pairs), at_least=2)
    machine = Words.of([list("0123456789-")])
    length = max(len(written) for written, _ in pairs)
    X = human.encode([list(written) for written, _ in pairs], length)
    dates = [list(iso) for _, iso in pairs]
    model = Translator(
        len(human), len(machine), units=units, embedding=32, dropout=0.0, convolutions=3
    )
    history = train_translator(
        model,
        X,
        machine.encode(dates, ISO_LENGTH, start=True),
        machine.encode(dates, ISO_LENGTH, end=True),
        epochs=epochs,
        batch_size=128,
        learning_rate=5e-3,
        seed=seed,
        progress=progress,
    )
    return DateReader(model, human, machine, length, history)


def score_dates(
    reader: DateReader,
    locales: Sequence[str],
    m: int = 10_000,
    rng: np.random.Generator | int | None = None,
) -> dict[str, float]:
    """Return the accuracy on dates of the test days.

    Args:
        reader: what is scored.
        locales: who writes.
        m: number of dates.
        rng: generator or seed of their choice.

    Returns:
        "exact", over all; "unambiguous", over strings that mean one day only; "ceiling", the share
        that is possible at all.
    """
    m = check_integer("m", m, at_least=1)
    pairs = make_dates(m, locales, rng, split_days()[1])
    right = np.array(reader.read([w for w, _ in pairs])[0]) == np.array([iso for _, iso in pairs])
    known = ambiguity(locales)
    clear = np.array([written not in known.strings for written, _ in pairs])
    return {
        "exact": float(right.mean()),
        "unambiguous": float(right[clear].mean()),
        "ceiling": known.ceiling,
    }


# == English to French =============================================================================


@dataclass
class Interpreter:
    """A trained translator of sentences.

    Attributes:
        model: the translator.
        english: words of the source language.
        french: words of the target language.
        longest: (English words, French words and <end>).
        history: of the training.
    """

    model: Translator
    english: Words
    french: Words
    longest: tuple[int, int]
    history: History

    def translate(
        self, sentences: Sequence[str], width: int = 1, alpha: float = 1.0
    ) -> list[Tokens]:
        """Return French words for English sentences.

        Args:
            sentences: English text.
            width: of the beam; 1 is greedy.
            alpha: power of the length by which log p is divided.
        """
        X = self.english.encode([tokenize(text) for text in sentences], self.longest[0])
        searcher = Searcher(self.model)
        if width == 1:
            return self.french.decode(searcher.greedy(X, self.longest[1])[0])
        return self.french.decode(searcher.beam(X, self.longest[1], width, alpha))


def train_on_sentences(
    pairs: Sequence[Pair],
    validation: Sequence[Pair] | None = None,
    *,
    epochs: int = 16,
    units: int = 256,
    embedding: int = 192,
    dropout: float = 0.4,
    learning_rate: float = 3e-3,
    batch_size: int = 128,
    longest: tuple[int, int] = (9, 11),
    rare: int = 2,
    attention: bool = True,
    seed: int | None = None,
    progress: bool = True,
    **settings: Any,
) -> Interpreter:
    """Train a translator from English to French.

    Args:
        pairs: (English, French); those that are too long are left out.
        validation: more pairs, whose loss is measured after each epoch.
        epochs: passes over the pairs.
        units: size of the decoder's state.
        embedding: size of a word's vector.
        dropout: share of units left out.
        learning_rate: the highest.
        batch_size: pairs in a step.
        longest: most English words, most French words with <end>.
        rare: words that occur less often are one word, <unk>.
        attention: whether the decoder may look back.
        seed: orders the pairs.
        progress: whether to show a progress bar.
        settings: for `dltf.seq2seq.translator.train_translator`.
    """

    def tokens(pairs: Sequence[Pair]) -> tuple[list[Tokens], list[Tokens]]:
        both = [(tokenize(e), tokenize(f, "french")) for e, f in pairs]
        short = [(e, f) for e, f in both if len(e) <= longest[0] and len(f) < longest[1]]
        return [e for e, _ in short], [f for _, f in short]

    sources, targets = tokens(pairs)
    if not sources:
        raise ValueError(
            f"pairs: expected some of at most {longest[0]} English and {longest[1] - 1} French "
            f"words, got {len(pairs)} pairs and none of them so short"
        )
    english, french = Words.of(sources, rare), Words.of(targets, rare)

    def arrays(sources: list[Tokens], targets: list[Tokens]) -> tuple[Any, Any, Any]:
        return (
            english.encode(sources, longest[0]),
            french.encode(targets, longest[1], start=True),
            french.encode(targets, longest[1], end=True),
        )

    model = Translator(
        len(english),
        len(french),
        units=units,
        embedding=embedding,
        dropout=dropout,
        attention=attention,
        unroll=True,
    )
    if validation is not None:
        X, Y_in, Y_out = arrays(*tokens(validation))
        settings["validation"] = ((X, Y_in), Y_out)
    history = train_translator(
        model,
        *arrays(sources, targets),
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        smoothing=0.1,
        average=0.99,
        seed=seed,
        progress=progress,
        **settings,
    )
    return Interpreter(model, english, french, longest, history)


def score_sentences(
    interpreter: Interpreter, pairs: Sequence[Pair], width: int = 1, alpha: float = 1.0
) -> tuple[Bleu, Bleu]:
    """Return BLEU with one reference a sentence (the first), and with all French versions.

    Args:
        interpreter: what is scored.
        pairs: (English, French), an English sentence once for each version.
        width: of the beam.
        alpha: as for `Interpreter.translate`.
    """
    gathered = with_versions(pairs)
    written = interpreter.translate([english for english, _ in gathered], width, alpha)
    references = [[tokenize(f, "french") for f in versions] for _, versions in gathered]
    return (
        corpus_bleu(written, [versions[:1] for versions in references]),
        corpus_bleu(written, references),
    )


def split_sentences(test: int = 1000, validation: int = 500) -> Split:
    """Split the available pairs into three sets, with smaller test sets for the grammar's pairs."""
    pairs = load_sentence_pairs()
    few = len(pairs) < 10_000
    return split_pairs(pairs, test // 5 if few else test, validation // 5 if few else validation)


# == Commands ======================================================================================


def _dates(arguments: argparse.Namespace) -> None:
    ten = arguments.what == "ten-locales"
    locales = TEN_LOCALES if ten else ("en_US",)
    began = time.perf_counter()
    size = {"m": 120_000, "epochs": 4, "units": 128} if ten else {}
    reader = train_on_dates(locales, **size, seed=0, progress=arguments.progress)
    seconds = time.perf_counter() - began
    scores = score_dates(reader, locales, rng=1)
    print("| locales | training | exact | of unambiguous strings | ceiling |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(
        f"| {len(locales)} | {seconds:.0f} s | {scores['exact']:.2%} "
        f"| {scores['unambiguous']:.2%} | {scores['ceiling']:.2%} |"
    )


def _french(arguments: argparse.Namespace) -> None:
    parts = split_sentences()
    began = time.perf_counter()
    interpreter = train_on_sentences(
        parts.train,
        parts.validation,
        epochs=arguments.epochs,
        dropout=arguments.dropout,
        units=arguments.units,
        seed=0,
        attention=arguments.what == "french",
        progress=arguments.progress,
    )
    seconds = time.perf_counter() - began
    print(f"{len(parts.train):,} pairs, {seconds:.0f} s; {interpreter.history}\n")
    print("| search | set | one reference | all French versions |")
    print("| --- | --- | ---: | ---: |")
    for part, pairs in (("validation", parts.validation), ("test", parts.test)):
        for width in (1, 5, 10):
            one, every = score_sentences(interpreter, pairs, width)
            name = "greedy" if width == 1 else f"beam {width}"
            print(f"| {name} | {part} | {one.score:.1f} | {every.score:.1f} |")
    gathered = with_versions(parts.test)[:12]
    written = interpreter.translate([english for english, _ in gathered], 5)
    print("\n| English | beam 5 | references |\n| --- | --- | --- |")
    for (english, versions), words in zip(gathered, written, strict=True):
        print(f"| {english} | {' '.join(words)} | {' / '.join(versions)} |")


def _course_model(arguments: argparse.Namespace) -> None:
    from dltf.seq2seq.date_model import load_trained_date_model

    model, (human, machine) = load_trained_date_model(), load_date_vocabulary()
    symbols = {number: symbol for symbol, number in machine.items()}
    texts = ["3 May 1979", "5 April 09", "21th of August 2016", "Tue 10 Jul 2007"]
    texts += ["Saturday May 9 2018", "March 3 2001", "March 3rd 2001", "1 March 2001"]
    for text, iso in zip(texts, model.read(texts, human, symbols)[0], strict=True):
        print(f"{text:22} {iso}")
    pairs = make_dates(2000, rng=1)
    read = model.read([written for written, _ in pairs], human, symbols)[0]
    right = np.mean([iso == got for (_, iso), got in zip(pairs, read, strict=True)])
    print(f"of 2,000 generated dates of a century: {right:.1%} right")


def main(command: Sequence[str] | None = None) -> None:
    """Run one of the experiments and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    what = ("dates", "ten-locales", "french", "french-without-attention", "course-model")
    parser.add_argument("what", choices=what)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--units", type=int, default=256)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--progress", action="store_true")
    arguments = parser.parse_args(command)
    dates, french = ["dates", "ten-locales"], ["french", "french-without-attention"]
    run = _dates if arguments.what in dates else _french if arguments.what in french else None
    (run or _course_model)(arguments)


if __name__ == "__main__":
    main()
