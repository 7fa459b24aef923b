"""What is found at each moment: one small rule a file."""
