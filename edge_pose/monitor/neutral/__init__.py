"""The driver's road-ahead pose: how it is learned, and what holds until it is confirmed."""
