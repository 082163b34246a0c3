"""summitwire replay: articles from files, archives or a topic, sent again at a pace."""
