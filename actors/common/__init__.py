"""What any layer may use: units, random streams, memory, files, text on its way to a terminal."""
