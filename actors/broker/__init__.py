"""RabbitMQ as the way of messages, and a database as the place of stock."""
