"""Questions that visitors may ask: rule previews, clean previews, originals and actors."""
