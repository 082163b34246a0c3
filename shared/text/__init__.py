"""Text in any script: words and sentences as the cleaner, the tagger and rules all see them."""
