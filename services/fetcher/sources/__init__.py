"""What operators write about sources, and where feeds are: files, OPML, links in pages."""
