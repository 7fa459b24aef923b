"""A published TFLite detector rebuilt as a Keras network with the same weights.

Only what BlazeFace is made of: convolutions, depthwise ones, ReLU, pooling, channel padding, sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

Array = NDArray[Any]
Limits = Mapping[str, Sequence[float]]
"""Of each output: one number, or one for each of its last axis."""


def rebuilt(path: Path, *, limits: Limits, ceiling: float) -> keras.Model:
    """The network of a float file, outputs by the file's own names.

    ``ceiling``: activations are held below it. Large black areas drive the published network's
    last layers into the thousands, where int8 would have no steps left for faces. All layers are
    scaled together so that the ceiling becomes that of ReLU6, which costs nothing.

    ``limits``: each number is held within ± its limit, so that int8 spends its 256 steps on what
    faces give rather than on the wildest anchor of an empty wall. It leaves the network as
    3 + 3 · output / limit, which ReLU6 holds at no cost.
    """
    interpreter = Interpreter(
        model_path=str(path),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    interpreter.invoke()
    graph = _Graph(interpreter, 6.0 / ceiling, limits)
    graph.build()
    outputs = {
        str(detail["name"]): graph.tensors[int(detail["index"])]
        for detail in interpreter.get_output_details()
    }
    return keras.Model(graph.input, outputs)


class _Graph:
    """Walks the file's operators in order and makes the Keras tensor of each."""

    def __init__(self, interpreter: Any, scale: float, limits: Limits) -> None:
        self._read, self._scale, self._limits = interpreter, scale, limits
        self._details = {int(d["index"]): d for d in interpreter.get_tensor_details()}
        (given,) = interpreter.get_input_details()
        self.input = keras.Input(batch_shape=tuple(int(n) for n in given["shape"]), name="image")
        self.tensors: dict[int, Any] = {int(given["index"]): self.input}
        self._constants: dict[int, Array] = {}
        self._first = int(given["index"])
        self._heads = self._kernels_of_heads()

    def build(self) -> None:
        makers: dict[str, Callable[..., Any]] = {
            "CONV_2D": self._convolution,
            "DEPTHWISE_CONV_2D": self._depthwise,
            "RELU": lambda x: keras.layers.ReLU(6.0)(self.tensors[x]),
            "MAX_POOL_2D": lambda x: keras.layers.MaxPooling2D(2)(self.tensors[x]),
            "ADD": lambda a, b: keras.layers.Add()([self.tensors[a], self.tensors[b]]),
            "CONCATENATION": lambda a, b: keras.ops.concatenate(
                [self.tensors[a], self.tensors[b]], axis=1
            ),
        }
        for operator in self._read._get_ops_details():
            name = operator["op_name"]
            inputs = [int(i) for i in operator["inputs"] if int(i) in self._details]
            (output,) = (int(i) for i in operator["outputs"])
            if name == "DEQUANTIZE":
                self._constants[output] = self._value(inputs[0]).astype(np.float32)
            elif name == "RESHAPE":
                shape = self._shape(output)
                self.tensors[output] = keras.ops.reshape(self.tensors[inputs[0]], shape)
            elif name == "PAD":
                self.tensors[output] = self._padded(inputs[0], output)
            else:
                self.tensors[output] = makers[name](*inputs)

    def _convolution(self, source: int, kernel: int, bias: int) -> Any:
        weights = self._constants[kernel]
        x = self.tensors[source]
        layer = keras.layers.Conv2D(
            weights.shape[0], weights.shape[1:3], self._stride(source, kernel), padding="same"
        )
        y = layer(x)
        published = weights.transpose(1, 2, 3, 0), self._constants[bias]
        if kernel in self._heads:
            limit = self._heads[kernel]
            step = 3.0 / np.tile(limit, len(published[1]) // len(limit))
            layer.set_weights([published[0] * step / self._scale, published[1] * step + 3.0])
            return keras.layers.ReLU(6.0)(y)
        first = source == self._first
        layer.set_weights(
            [published[0] * (self._scale if first else 1.0), published[1] * self._scale]
        )
        return y

    def _depthwise(self, source: int, kernel: int, bias: int) -> Any:
        weights = self._constants[kernel]
        x = self.tensors[source]
        layer = keras.layers.DepthwiseConv2D(
            weights.shape[1:3], self._stride(source, kernel), padding="same"
        )
        y = layer(x)
        layer.set_weights([weights.transpose(1, 2, 3, 0), self._constants[bias] * self._scale])
        return y

    def _kernels_of_heads(self) -> dict[int, Sequence[float]]:
        """Kernels of the convolutions that end in an output, and that output's limits."""
        names = {int(d["index"]): str(d["name"]) for d in self._read.get_output_details()}
        operators = list(self._read._get_ops_details())
        found: dict[int, Sequence[float]] = {}
        for joined in (op for op in operators if op["op_name"] == "CONCATENATION"):
            limit = self._limits[names[int(joined["outputs"][0])]]
            flat = {int(i) for i in joined["inputs"]}
            ends = {int(op["inputs"][0]) for op in operators if int(op["outputs"][0]) in flat}
            heads = (op for op in operators if int(op["outputs"][0]) in ends)
            found |= {int(op["inputs"][1]): limit for op in heads}
        return found

    def _padded(self, source: int, output: int) -> Any:
        """Channels of zeros at the end."""
        more = self._shape(output)[3] - self._shape(source)[3]
        return keras.ops.pad(self.tensors[source], ((0, 0), (0, 0), (0, 0), (0, more)))

    def _stride(self, source: int, kernel: int) -> int:
        """From the shapes, as the interpreter does not tell an operator's options."""
        for operator in self._read._get_ops_details():
            if kernel in [int(i) for i in operator["inputs"]]:
                (output,) = (int(i) for i in operator["outputs"])
                return self._shape(source)[1] // self._shape(output)[1]
        raise ValueError(f"no operator reads tensor {kernel}")

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(int(n) for n in self._details[tensor]["shape"])

    def _value(self, tensor: int) -> Array:
        return np.asarray(self._read.get_tensor(tensor))
