"""Questions that visitors of the board may ask: rule previews, clean previews, originals and actors."""
