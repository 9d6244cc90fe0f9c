"""Sequence to sequence: what errors say of arguments that are out of their range."""

from __future__ import annotations

import numpy as np
import pytest

from dltf import seq2seq as topic
from dltf.seq2seq import experiments, metrics, translator

WORDS = np.ones((2, 3), np.int32)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: topic.exhaustive_search(None, 0, max_length=0),
            "max_length: expected an integer of at least 1, got 0",
        ),
        (lambda: topic.load_dataset(0), "m: expected an integer of at least 1, got 0"),
        (
            lambda: metrics.corpus_bleu([["a"]], [[["a"]]], most=0),
            "most: expected an integer of at least 1, got 0",
        ),
        (lambda: metrics.n_grams(["a"], 0), "n: expected an integer of at least 1, got 0"),
        (
            lambda: translator.Translator(5, 5, units=0),
            "units: expected an integer of at least 2, got 0",
        ),
        (lambda: translator.Translator(5, 5, units=7), "units: expected an even number, got 7"),
        (
            lambda: translator.Translator(5, 5, embedding=0),
            "embedding: expected an integer of at least 1, got 0",
        ),
        (
            lambda: translator.Translator(5, 5, dropout=1),
            "dropout: expected 0 <= dropout < 1, got 1",
        ),
        (
            lambda: translator.Translator(5, 5, convolutions=-1),
            "convolutions: expected an integer of at least 0, got -1",
        ),
        (lambda: translator.word_loss(1.5), "smoothing: expected 0 <= smoothing <= 1, got 1.5"),
        (
            lambda: translator.train_translator(None, WORDS, WORDS, WORDS, epochs=0),
            "epochs: expected an integer of at least 1, got 0",
        ),
        (
            lambda: translator.train_translator(None, WORDS, WORDS, WORDS, epochs=1, batch_size=0),
            "batch_size: expected an integer of at least 1, got 0",
        ),
        (
            lambda: translator.train_translator(None, WORDS, WORDS, WORDS, epochs=1, average=1),
            "average: expected 0 < average < 1, got 1",
        ),
        (lambda: experiments.train_on_dates(m=0), "m: expected an integer of at least 1, got 0"),
        (
            lambda: experiments.score_dates(None, ["en_US"], m=0),
            "m: expected an integer of at least 1, got 0",
        ),
        (
            lambda: experiments.train_on_sentences(
                [("I see a cat.", "Je vois un chat.")], longest=(2, 3)
            ),
            "pairs: expected some of at most 2 English and 2 French words, got 1 pairs and none of "
            "them so short",
        ),
    ],
)
def test_arguments_out_of_their_range(call, words):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"width": 0}, "width: expected an integer of at least 1, got 0"),
        ({"max_length": 0}, "max_length: expected an integer of at least 1, got 0"),
    ],
)
def test_a_search_needs_room(settings, words):
    searcher = translator.Searcher(translator.Translator(5, 5, units=4, embedding=4))
    with pytest.raises(ValueError, match="expected an integer") as caught:
        searcher.beam(WORDS, **({"max_length": 3} | settings))
    assert str(caught.value) == words
