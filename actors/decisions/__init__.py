"""Pure decisions: no actor, no clock, no thread."""
