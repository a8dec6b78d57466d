"""A scenario's YAML text: read within limits, each value at its place, each mistake shown there."""
