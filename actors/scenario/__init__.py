"""What a scenario says, and the numbers drawn from it."""
