"""Building blocks in PyTorch, named as their Keras twins, so that weights carry over one to one.

Padding is Keras's "same": where a stride meets an even size, one row and column more at the end.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EPSILON = 1e-3
MOMENTUM = 0.02


class Parts(nn.Module):
    """A network whose layers lie in one flat dictionary under the names of their Keras twins."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict()

    def add_conv(
        self, name: str, inputs: int, outputs: int, kernel: int | tuple[int, int], stride: int = 1
    ) -> None:
        """A convolution without bias, and its normalisation."""
        self.layers[f"{name}_conv"] = nn.Conv2d(inputs, outputs, kernel, stride, bias=False)
        self.layers[f"{name}_norm"] = norm(outputs)

    def conv(self, x: Tensor, name: str) -> Tensor:
        """Convolution, normalisation, ReLU6."""
        return functional.relu6(self._normed(x, f"{name}_conv", f"{name}_norm"))

    def add_block(self, name: str, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        """An inverted residual (Sandler et al., "MobileNetV2", CVPR 2018)."""
        inner = inputs * expansion
        if expansion > 1:
            self.add_conv(f"{name}_expand", inputs, inner, 1)
        depthwise = nn.Conv2d(inner, inner, 3, stride, groups=inner, bias=False)
        self.layers[f"{name}_depthwise"] = depthwise
        self.layers[f"{name}_depthwise_norm"] = norm(inner)
        self.layers[f"{name}_project"] = nn.Conv2d(inner, outputs, 1, bias=False)
        self.layers[f"{name}_project_norm"] = norm(outputs)

    def block(self, x: Tensor, name: str) -> Tensor:
        y = self.conv(x, f"{name}_expand") if f"{name}_expand_conv" in self.layers else x
        y = functional.relu6(self._normed(y, f"{name}_depthwise", f"{name}_depthwise_norm"))
        y = self._normed(y, f"{name}_project", f"{name}_project_norm")
        return x + y if x.shape == y.shape else y

    def _normed(self, x: Tensor, conv: str, norm: str) -> Tensor:
        return normed(x, self.layers[conv], self.layers[norm])

    def add_pool(self, name: str, inputs: int, outputs: int, size: tuple[int, int]) -> None:
        """A vector by a learned depthwise filter over the whole map (as MobileFaceNet)."""
        self.add_conv(name, inputs, outputs, 1)
        pool = nn.Conv2d(outputs, outputs, size, groups=outputs, bias=False)
        self.layers[f"{name}_pool"] = pool
        self.layers[f"{name}_pool_norm"] = norm(outputs)

    def pool(self, x: Tensor, name: str) -> Tensor:
        # A product and a sum: a convolution whose kernel is the whole map is slow to learn.
        weight = self.layers[f"{name}_pool"].weight[:, 0]
        x = (self.conv(x, name) * weight).sum(dim=(2, 3), keepdim=True)
        return self.layers[f"{name}_pool_norm"](x).flatten(1)

    def add_dense(self, name: str, inputs: int, outputs: int, *, bias: bool = True) -> None:
        self.layers[name] = nn.Linear(inputs, outputs, bias=bias)


def norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=EPSILON, momentum=MOMENTUM)


def normed(x: Tensor, layer: nn.Conv2d, norm: nn.BatchNorm2d) -> Tensor:
    """Convolution and normalisation. Where its statistics stand still it is part of the weights,
    as in the shipped file: two fifths less work to learn."""
    if norm.training or norm.running_mean is None or norm.running_var is None:
        return norm(same(x, layer, layer.weight))
    gain = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    return same(
        x, layer, layer.weight * gain[:, None, None, None], norm.bias - norm.running_mean * gain
    )


def same(x: Tensor, layer: nn.Conv2d, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Output of the layer with other weights, padded as Keras does: more at the end where both
    cannot be."""
    pads = [
        max((-(-side // s) - 1) * s + k - side, 0)
        for side, k, s in zip(x.shape[2:], layer.kernel_size, layer.stride, strict=True)
    ]
    uneven = any(pad % 2 for pad in pads)
    if uneven:
        x = _padded(x, pads)
    even = (0, 0) if uneven else (pads[0] // 2, pads[1] // 2)
    if layer.groups > 1 and layer.stride[0] > 1 and x.device.type == "cpu" and x.requires_grad:
        # A processor learns a strided depthwise filter ten times as slowly as the whole, thinned.
        whole = functional.conv2d(x, weight, bias, 1, even, groups=layer.groups)
        thin: Tensor = whole[:, :, :: layer.stride[0], :: layer.stride[1]]
        return thin
    out: Tensor = functional.conv2d(x, weight, bias, layer.stride, even, groups=layer.groups)
    return out


def _padded(x: Tensor, pads: list[int]) -> Tensor:
    high, wide = pads
    return functional.pad(x, [wide // 2, wide - wide // 2, high // 2, high - high // 2])


def halved(size: int, times: int) -> int:
    """A map's side after so many strides of 2."""
    for _ in range(times):
        size = -(-size // 2)
    return size
