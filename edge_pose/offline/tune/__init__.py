"""Settings tried on recorded drives: what each would have told, found and missed."""
