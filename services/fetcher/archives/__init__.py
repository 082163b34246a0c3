"""Read articles from archives: zip, WARC, gzip."""
