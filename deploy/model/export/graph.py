"""The graph inside a .tflite file: its operators and tensors read, changed and written again."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

Whole = NDArray[np.integer]
_NAMES = {number: name for name, number in vars(schema.BuiltinOperator).items() if name.isupper()}
_RELU6 = schema.ActivationFunctionType.RELU6
_KINDS = {schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}
_ALIGNED = 16
"""Bytes: where the runtime wants a tensor's numbers to begin in the file."""
_ZERO_POINT_BYTES = 8


class Operator:
    """One node. ``kind``: as the format names it, ``CONV_2D``."""

    def __init__(self, node: Any, kind: str) -> None:
        self.node, self.kind = node, kind

    @property
    def inputs(self) -> list[int]:
        return [int(place) for place in self.node.inputs]

    @property
    def output(self) -> int:
        return int(self.node.outputs[0])

    @property
    def relu6(self) -> bool:
        return bool(getattr(self.node.builtinOptions, "fusedActivationFunction", 0) == _RELU6)


class Graph:
    """Tensors are named by their place in the file."""

    def __init__(self, content: bytes) -> None:
        self._model: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        (self._graph,) = self._model.subgraphs
        codes = [_NAMES[code.builtinCode] for code in self._model.operatorCodes]
        self.operators = [Operator(node, codes[node.opcodeIndex]) for node in self._graph.operators]
        self._unshare()

    def content(self) -> bytes:
        """The file."""
        self._graph.operators = [operator.node for operator in self.operators]
        builder = _Builder(1 << 20)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def writer(self, tensor: int) -> Operator | None:
        """The operator that a tensor comes from; None for inputs and weights."""
        return next((one for one in self.operators if one.output == tensor), None)

    def made_by(self, kind: str, tensor: int) -> Operator:
        """``writer``, of this kind. Raises ValueError where it is another network's."""
        found = self.writer(tensor)
        if found is None or found.kind != kind:
            raise ValueError(f"tensor {tensor} is made by {found and found.kind}, not by {kind}")
        return found

    def readers(self, tensor: int) -> list[Operator]:
        return [one for one in self.operators if tensor in one.inputs]

    def given(self) -> dict[str, int]:
        """The inputs of the signature, by name."""
        (signature,) = self._model.signatureDefs
        return {one.name.decode(): int(one.tensorIndex) for one in signature.inputs}

    def outputs(self) -> dict[str, int]:
        """Of the signature, by name."""
        (signature,) = self._model.signatureDefs
        return {one.name.decode(): int(one.tensorIndex) for one in signature.outputs}

    def shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(int(n) for n in self._graph.tensors[tensor].shape)

    def numbers(self, tensor: int) -> Whole:
        """Of a constant tensor, in its own type."""
        found = self._graph.tensors[tensor]
        data = np.asarray(self._model.buffers[found.buffer].data, np.uint8)
        return data.view(_KINDS[found.type]).reshape(self.shape(tensor)).copy()

    def steps(self, tensor: int) -> NDArray[np.float64]:
        """The sizes of one step: of the whole tensor, or of each channel."""
        return np.array(self._graph.tensors[tensor].quantization.scale, np.float64)

    def zero(self, tensor: int) -> int:
        return int(self._graph.tensors[tensor].quantization.zeroPoint[0])

    def set_numbers(self, tensor: int, numbers: Whole) -> None:
        """Of a constant tensor; its shape follows."""
        found = self._graph.tensors[tensor]
        found.shape = list(numbers.shape)
        kept = np.ascontiguousarray(numbers, _KINDS[found.type])
        self._model.buffers[found.buffer].data = kept.reshape(-1).view(np.uint8)

    def set_shape(self, tensor: int, shape: Sequence[int]) -> None:
        self._graph.tensors[tensor].shape = list(shape)

    def set_steps(self, tensor: int, steps: NDArray[np.floating]) -> None:
        kept = self._graph.tensors[tensor].quantization
        kept.scale = [float(np.float32(step)) for step in steps]
        kept.zeroPoint = [int(kept.zeroPoint[0])] * len(kept.scale)

    def set_zero(self, tensor: int, zero: int) -> None:
        self._graph.tensors[tensor].quantization.zeroPoint = [zero]

    def like(self, tensor: int, name: str) -> int:
        """A new tensor of the same kind and, if it is a constant, with the same numbers."""
        found = copy(self._graph.tensors[tensor])
        found.quantization = copy(found.quantization)
        found.name = name.encode()
        if self._is_constant(tensor):
            found.buffer = self._copied(found.buffer)
        self._graph.tensors.append(found)
        return len(self._graph.tensors) - 1

    def _unshare(self) -> None:
        """Equal constants, as many a bias, are one in a file: here each is its reader's own."""
        tensors, buffers = set[int](), set[int]()
        for operator in self.operators:
            inputs = operator.inputs
            for i, tensor in enumerate(inputs):
                if not self._is_constant(tensor):
                    continue
                if tensor in tensors:
                    inputs[i] = self.like(tensor, f"own_{tensor}")
                found = self._graph.tensors[inputs[i]]
                if found.buffer in buffers:
                    found.buffer = self._copied(found.buffer)
                tensors.add(tensor)
                buffers.add(found.buffer)
            operator.node.inputs = inputs

    def _is_constant(self, tensor: int) -> bool:
        """Not what is worked out, nor an input that is left out (−1)."""
        if tensor < 0:
            return False
        return self._model.buffers[self._graph.tensors[tensor].buffer].data is not None

    def _copied(self, buffer: int) -> int:
        self._model.buffers.append(copy(self._model.buffers[buffer]))
        return len(self._model.buffers) - 1

    def insert_like(
        self, operator: Operator, inputs: Sequence[int], output: int, before: Operator
    ) -> None:
        """Another operator of the same kind and options."""
        node = copy(operator.node)
        node.inputs, node.outputs = list(inputs), [output]
        self.operators.insert(self.operators.index(before), Operator(node, operator.kind))


class _Builder(flatbuffers.Builder):  # type: ignore[misc, unused-ignore]
    """Vectors lie aligned; zero points, eight bytes a channel and all of them nought, are written
    once for each length."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.head: int
        self._begun, self._wide = 0, 0
        self._written: dict[bytes, int] = {}

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:  # noqa: N802
        self._begun, self._wide = self.Offset(), elemSize
        return super().StartVector(elemSize, numElems, max(alignment, _ALIGNED))

    def EndVector(self, *count: int) -> Any:  # noqa: N802
        place = super().EndVector(*count)
        if self._wide != _ZERO_POINT_BYTES:
            return place
        text = bytes(self.Bytes[self.head : len(self.Bytes) - self._begun])
        known = self._written.setdefault(text, place)
        if known != place:
            self.head = len(self.Bytes) - self._begun
        return known
