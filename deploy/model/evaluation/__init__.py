"""Tables: what a model file is worth."""
