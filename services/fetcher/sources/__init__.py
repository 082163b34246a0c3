"""Read what operators write about sources: the feeds file."""
