"""From trained weights to an int8 file with its card."""
