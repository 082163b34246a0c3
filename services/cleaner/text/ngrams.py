"""The language of a text by py3langid's model, naive Bayes over byte n-grams (Lui and Baldwin 2012), walked by compiled code.

The library walks in Python: 0.4 ms for 500 characters, too long to ask of each paragraph. Here the same automaton and the same weights
give the same answer in a tenth of it.
"""

import math
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from shared.base.jit import Kernel

_NOTHING: Final = -1
_compiled: Final = Kernel(Path(__file__).parent, [Path(__file__)]).jit


class Model(NamedTuple):
    """The automaton over bytes, and what each n-gram says of each language.

    ``following[row[state] + byte]`` is the next state; ``feature[state]`` the n-gram that ends there, or -1. ``weight`` holds the log
    likelihoods, a row an n-gram, a column a language; ``prior`` the log priors. ``language`` is the number of each column's language: a
    language that is written in two scripts has two.
    """

    following: NDArray[np.int32]
    row: NDArray[np.int64]
    feature: NDArray[np.int32]
    weight: NDArray[np.float32]
    prior: NDArray[np.float32]
    language: NDArray[np.int32]


def probabilities(text: str) -> dict[str, float]:
    """Each language (ISO 639) with its probability, in the model's order; all alike where nothing speaks for any."""
    model, languages = _shipped()
    lowered = text.lower() if text.isupper() else text
    data = np.frombuffer(
        unicodedata.normalize("NFC", lowered).encode("utf-8", "surrogatepass"), np.uint8
    )
    # Divided by the root of its length, a text's odds mean as much when it is long (py3langid's calibration).
    scores = _scores(data, model) / math.sqrt(data.size or 1)
    likelihood = np.exp(scores - scores.max())
    shares = np.bincount(model.language, likelihood / likelihood.sum(), len(languages)).tolist()
    return dict(zip(languages, shares, strict=True))


@cache
def _shipped() -> tuple[Model, list[str]]:
    """The library's model, read once for a process, and its languages, each once."""
    known = LanguageIdentifier.from_model_file(MODEL_FILE)
    languages = list(dict.fromkeys(known.nb_classes))
    model = Model(
        following=np.array(known.tk_nextmove, np.int32),
        row=np.array(known.tk_row, np.int64) << 8,
        feature=np.array(known.tk_output, np.int32),
        weight=np.ascontiguousarray(known.nb_ptc, np.float32),
        prior=np.asarray(known.nb_pc, np.float32),
        language=np.array([languages.index(name) for name in known.nb_classes], np.int32),
    )
    return model, languages


@_compiled
def _scores(data: NDArray[np.uint8], model: Model) -> NDArray[np.float32]:
    """The log odds of each column. An n-gram that stands there n times counts log(1 + n) fold; none at all says nothing."""
    met = np.empty(data.size, np.int32)
    size = state = 0
    for byte in data:
        state = model.following[model.row[state] + byte]
        if model.feature[state] != _NOTHING:
            met[size] = model.feature[state]
            size += 1
    total = np.zeros(model.prior.size, np.float32)
    if size:
        _add_up(np.sort(met[:size]), model.weight, total)
        total += model.prior
    return total


@_compiled
def _add_up(
    met: NDArray[np.int32], weight: NDArray[np.float32], total: NDArray[np.float32]
) -> None:
    """Add what each n-gram says; ``met`` are their numbers, sorted."""
    at = 0
    while at < met.size:
        end = at
        while end < met.size and met[end] == met[at]:
            end += 1
        times = np.float32(np.log1p(end - at))
        for column in range(total.size):
            total[column] += times * weight[met[at], column]
        at = end
