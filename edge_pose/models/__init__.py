"""The shipped models with their cards, and where to find and install the others."""
