"""Text after extraction: characters, sentences, language, dateline and signature."""
