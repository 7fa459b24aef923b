"""How the models are made: data, face profiling, architectures, training, export, measuring."""
