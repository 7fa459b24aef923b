"""Fakes that ship: the program's own doubles for time, cameras and outputs."""
