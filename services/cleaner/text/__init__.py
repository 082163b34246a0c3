"""Text: characters and words, sentences, language, dateline and signature."""
