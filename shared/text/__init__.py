"""Text in any script: facts that the cleaner, the tagger and the rule language share."""
