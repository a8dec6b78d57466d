"""One scenario over many processes, with RabbitMQ between them."""
