"""Code that two or more services need: topics, messages, stages, and what these are built on."""
