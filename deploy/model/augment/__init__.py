"""One labelled crop seen anew: place, light, lens, obstacles."""
