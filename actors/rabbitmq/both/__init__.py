"""What the run and its workers share: connections, queues, the wire format."""
