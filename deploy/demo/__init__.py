"""How the demo clip is made."""
