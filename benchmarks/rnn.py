"""Recurrent networks over several seeds: the tables of docs/rnn.md.

python benchmarks/rnn.py > docs/rnn.md
"""

from __future__ import annotations

import sys
import time

import keras
import numpy as np

from dltf.rnn import experiments

SEEDS = (1, 2, 3)
HEAD = """# Recurrent networks: results

Made by `python benchmarks/rnn.py > docs/rnn.md`: the lowest and the highest of three seeds, on
validation examples.
"""


def note(text: str) -> None:
    """Print progress to stderr."""
    print(text, file=sys.stderr, flush=True)


def kinds() -> None:
    print("\n## Four kinds of networks\n\n| kind | task | measure | lowest | highest | epochs |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, kind in experiments.KINDS.items():
        reached = []
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            _, history = experiments.train_kind(name, seed=seed, progress=False)
            reached.append(history.last[f"val_{kind.metric.__name__}"])
            note(f"{name}: {reached[-1]:.4f}")
        measure = {"explained": "variance explained", "right": "sequence accuracy"}
        print(
            f"| {name} | {kind.task} | {measure[kind.metric.__name__]} | {min(reached):.3f} "
            f"| {max(reached):.3f} | {kind.epochs} |"
        )


def recall() -> None:
    print(
        "\n## Which of four symbols came first?\n\n15 epochs on 1000 sequences; chance is 0.25. "
        "Accuracy, lowest and highest:\n"
    )
    lengths = (10, 20, 40, 80)
    print("| cell | " + " | ".join(f"T = {T}" for T in lengths) + " |")
    print("| --- |" + " --- |" * len(lengths))
    for kind, name in (
        ("rnn", "plain RNN"),
        ("gru", "GRU, gates initialized nearly open"),
        ("lstm", "LSTM, gates initialized nearly open"),
    ):
        row = [name]
        for T in lengths:
            reached = [
                experiments.train_to_recall(kind, T, seed=seed, progress=False).last["val_right"]
                for seed in SEEDS
            ]
            row.append(f"{min(reached):.2f} - {max(reached):.2f}")
            note(f"{kind}, T = {T}: {row[-1]}")
        print("| " + " | ".join(row) + " |")


def clipping() -> None:
    print(
        "\n## Gradient clipping\n\nA plain RNN whose recurrent matrix is initialized with spectral "
        "radius 1.5, the same task over 15 symbols, gradient descent with learning rate 0.5:\n"
    )
    print("| gradient | accuracy | largest loss of an epoch |")
    print("| --- | --- | --- |")
    for clip in (None, 0.25):
        runs = [
            experiments.train_to_recall(
                "rnn",
                15,
                radius=1.5,
                optimizer=keras.optimizers.SGD(0.5, global_clipnorm=clip),
                seed=seed,
                progress=False,
            )
            for seed in SEEDS
        ]
        reached = [run.last["val_right"] for run in runs]
        worst = [max(run["loss"]) for run in runs]
        print(
            f"| {f'clipped to norm {clip}' if clip else 'not clipped'} "
            f"| {min(reached):.2f} - {max(reached):.2f} | {min(worst):.1f} - {max(worst):.1f} |"
        )


def norms() -> None:
    lengths = (5, 10, 20, 40, 80)
    print(
        "\n## Vanishing and exploding gradients\n\nNorm of a gradient of an untrained plain RNN (32"
        " units), with the cost on the last of T states; median over nine seeds. What reaches the"
        " first state vanishes or explodes with T; the recurrent weights get a part from each step,"
        " the last ones included, so theirs does not vanish."
    )
    for part in reversed(experiments.PARTS):
        print(f"\nOf the {part}:\n")
        print("| spectral radius | " + " | ".join(f"T = {T}" for T in lengths) + " |")
        print("| --- |" + " --- |" * len(lengths))
        for radius in (0.5, 0.9, 1.0, 1.5, 2.0, 3.0):
            found = [
                experiments.gradient_norms(lengths, radius, rng=seed, of=part) for seed in range(9)
            ]
            cells = " | ".join(f"{value:.2g}" for value in np.median(found, axis=0))
            print(f"| {radius:g} | {cells} |")


if __name__ == "__main__":
    began = time.perf_counter()
    print(HEAD, end="")
    kinds()
    recall()
    clipping()
    norms()
    note(f"{time.perf_counter() - began:.0f} s")
