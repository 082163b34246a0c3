"""What a source repeats from article to article: its lines counted, and what follows for an article that carries them."""
