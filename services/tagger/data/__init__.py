"""The data of seeds/actors and seeds/keywords: parsed, checked and ready to look up."""
