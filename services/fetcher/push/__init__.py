"""Take articles that publishers push: POST /articles, answered once Kafka has them."""
