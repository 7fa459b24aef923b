"""From findings to alerts that open, rise and end."""
