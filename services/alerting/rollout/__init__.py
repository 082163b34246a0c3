"""Put changed rule files into force in every process, through rules.v1."""
