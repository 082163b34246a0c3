"""Read the articles that commands take, and tag them where a command needs it."""
