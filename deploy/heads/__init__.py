"""Rendered drivers with exact truth: MakeHuman heads in Blender's Cycles, for training and judging.

The way of a picture: ``people`` (who), ``plan`` (what is seen: posture, face, light, camera),
``figure`` (its geometry in numpy), ``stage`` (Blender: geometry to pixels), ``develop`` (the
camera), ``labels`` (the truth), ``shards`` (files). Only ``stage``, ``materials`` and ``lamps``
know Blender, so the truth can be computed and tested without it.

Lengths of the rest pose are decimetres, MakeHuman's own; of the posed scene metres. Axes: x right
in the image (the person's left), y up, z towards the viewer, as in edge_pose.vision.geometry.
"""

GENERATOR = 6
"""Version of the pictures: it changes whenever the same seed gives other pixels or labels."""
