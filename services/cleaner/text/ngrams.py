"""The language of a text by py3langid's model, evaluated by compiled code.

The model is a naive Bayes classifier over byte n-grams (Lui and Baldwin 2012). The library walks
its automaton in Python, which takes 0.4 ms for 500 characters: too long for every paragraph. Here
the same automaton and weights give the same answer in a tenth of that.
"""

import io
import lzma
import math
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE

from shared.base.jit import Kernel

_NO_NGRAM: Final = -1
_jit: Final = Kernel(Path(__file__).parent, [Path(__file__)]).jit


class NgramModel(NamedTuple):
    """The automaton over bytes, and the weight of each n-gram for each language.

    ``following[row[state] + byte]`` is the next state; ``feature[state]`` the n-gram that ends
    there, or -1. ``weight`` holds the log likelihoods, a row an n-gram, a column a language;
    ``prior`` the log priors. ``language`` is the number of each column's language: a language that
    is written in two scripts has two columns.
    """

    following: NDArray[np.int32]
    row: NDArray[np.int64]
    feature: NDArray[np.int32]
    weight: NDArray[np.float32]
    prior: NDArray[np.float32]
    language: NDArray[np.int32]


def probabilities(text: str) -> dict[str, float]:
    """Return each language (ISO 639) with its probability, in the model's order.

    They are all alike if nothing speaks for any of them.
    """
    model, languages = load_model()
    lowered = text.lower() if text.isupper() else text
    encoded = unicodedata.normalize("NFC", lowered).encode("utf-8", "surrogatepass")
    data = np.frombuffer(encoded, np.uint8)
    # Divided by the square root of the length, as py3langid does, so that the odds of a long text
    # mean as much as those of a short one.
    scores = _scores(data, model) / math.sqrt(data.size or 1)
    likelihood = np.exp(scores - scores.max())
    shares = np.bincount(model.language, likelihood / likelihood.sum(), len(languages)).tolist()
    return dict(zip(languages, shares, strict=True))


@cache
def load_model() -> tuple[NgramModel, list[str]]:
    """Load the library's model, once for a process, and its languages, each once.

    The library itself unpacks its file into the temporary folder: a service could not start while
    the disk is full.
    """
    unpacked = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with np.load(unpacked, allow_pickle=False) as library:
        columns = library["classes"].tolist()
        languages = list(dict.fromkeys(columns))
        model = NgramModel(
            following=library["nextmove"].astype(np.int32),
            row=library["nextmove_row"].astype(np.int64) << 8,
            feature=library["out_feat"].astype(np.int32),
            weight=np.ascontiguousarray(library["ptc"], np.float32),
            prior=library["pc"].astype(np.float32),
            language=np.array([languages.index(name) for name in columns], np.int32),
        )
    return model, languages


@_jit
def _scores(data: NDArray[np.uint8], model: NgramModel) -> NDArray[np.float32]:
    """Return the log odds of each column.

    An n-gram that occurs n times counts log(1 + n) fold; without any n-gram all odds are 0.
    """
    ngrams = np.empty(data.size, np.int32)
    size = state = 0
    for byte in data:
        state = model.following[model.row[state] + byte]
        if model.feature[state] != _NO_NGRAM:
            ngrams[size] = model.feature[state]
            size += 1
    total = np.zeros(model.prior.size, np.float32)
    if size:
        _add_weights(np.sort(ngrams[:size]), model.weight, total)
        total += model.prior
    return total


@_jit
def _add_weights(
    ngrams: NDArray[np.int32], weight: NDArray[np.float32], total: NDArray[np.float32]
) -> None:
    """Add the weights of each n-gram; ``ngrams`` are sorted."""
    start = 0
    while start < ngrams.size:
        end = start
        while end < ngrams.size and ngrams[end] == ngrams[start]:
            end += 1
        times, row = np.float32(np.log1p(end - start)), weight[ngrams[start]]
        for column in range(total.size):  # over a row, so that eight columns are added at a time
            total[column] += times * row[column]
        start = end
