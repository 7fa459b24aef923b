"""What goes into a device's payload beside the wheels. Standard library only: a bare board's own
Python runs it."""
