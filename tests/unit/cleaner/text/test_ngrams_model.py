"""The language model, loaded without the library's detour over the disk."""

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.cleaner.text.ngrams import load_model


def test_the_model_is_the_librarys() -> None:
    """It is read from the library's file in memory, because its loader needs a writable disk."""
    library = LanguageIdentifier.from_model_file(MODEL_FILE)
    model, languages = load_model()
    assert languages == list(dict.fromkeys(library.nb_classes))
    assert [languages[number] for number in model.language] == library.nb_classes
    assert np.array_equal(model.following, np.array(library.tk_nextmove))
    assert np.array_equal(model.row, np.array(library.tk_row, np.int64) << 8)
    assert np.array_equal(model.feature, np.array(library.tk_output))
    assert np.array_equal(model.weight, np.asarray(library.nb_ptc, np.float32))
    assert np.array_equal(model.prior, np.asarray(library.nb_pc, np.float32))
