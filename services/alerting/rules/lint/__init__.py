"""What is written correctly and probably not meant: rules that cannot fire, say a thing twice, repeat each other, or would flood."""
