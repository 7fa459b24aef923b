"""From observations as they come to samples that rules can trust."""
