"""Angles, accuracy, weights and estimates: what every other room here is built on."""
