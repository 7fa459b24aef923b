"""A Kuksa databroker for tests: a gRPC server made from Kuksa's own protocol files. It knows the
signals of its table, and refuses other names, types and ranges as the real one does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent import futures
from typing import Any

import grpc
from kuksa.val.v1 import types_pb2 as types_v1
from kuksa.val.v1 import val_pb2 as val_v1
from kuksa.val.v1 import val_pb2_grpc as grpc_v1
from kuksa.val.v2 import val_pb2 as val_v2
from kuksa.val.v2 import val_pb2_grpc as grpc_v2

_KINDS = {
    "float": ("float", types_v1.DATA_TYPE_FLOAT),
    "double": ("double", types_v1.DATA_TYPE_DOUBLE),
    "boolean": ("bool", types_v1.DATA_TYPE_BOOLEAN),
    "string": ("string", types_v1.DATA_TYPE_STRING),
    "int8": ("int32", types_v1.DATA_TYPE_INT8),
    "int16": ("int32", types_v1.DATA_TYPE_INT16),
}


class Databroker(grpc_v1.VALServicer, grpc_v2.VALServicer):
    """``signals``: path to (datatype, unit, min, max)."""

    def __init__(self, signals: Mapping[str, tuple[str, str, float | None, float | None]]) -> None:
        self._signals = signals
        self.points: dict[str, types_v1.Datapoint] = {}
        self.published: dict[str, Any] = {}
        self.server = grpc.server(futures.ThreadPoolExecutor(2))
        grpc_v1.add_VALServicer_to_server(self, self.server)
        grpc_v2.add_VALServicer_to_server(self, self.server)
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def provide(self, path: str, value: float | bool | str) -> None:
        """What a provider in the car does: a new value with a new time stamp."""
        field, _ = _KINDS[self._signals[path][0]]
        point = types_v1.Datapoint(**{field: value})
        point.timestamp.FromNanoseconds(time.time_ns())
        self.points[path] = point

    def stop(self) -> None:
        self.server.stop(None).wait(2.0)

    def GetServerInfo(self, request: Any, _context: Any) -> Any:  # noqa: N802
        if isinstance(request, val_v2.GetServerInfoRequest):
            return val_v2.GetServerInfoResponse(name="test", version="0")
        return val_v1.GetServerInfoResponse(name="test", version="0")

    def Get(self, request: Any, _context: Any) -> Any:  # noqa: N802
        response = val_v1.GetResponse()
        for wanted in request.entries:
            if wanted.path not in self._signals:
                error = response.errors.add(path=wanted.path)
                error.error.code, error.error.reason = 404, "not_found"
                continue
            entry = response.entries.add(path=wanted.path)
            entry.metadata.data_type = _KINDS[self._signals[wanted.path][0]][1]
            if wanted.path in self.points:
                entry.value.CopyFrom(self.points[wanted.path])
        return response

    def PublishValue(self, request: Any, context: Any) -> Any:  # noqa: N802
        path, value = request.signal_id.path, request.data_point.value
        if path not in self._signals:
            context.abort(grpc.StatusCode.NOT_FOUND, f"unknown path {path}")
        if not request.data_point.HasField("value"):
            self.published[path] = None
            return val_v2.PublishValueResponse()
        datatype, _, low, high = self._signals[path]
        field = value.WhichOneof("typed_value")
        if field != _KINDS[datatype][0]:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{path}: {field} is no {datatype}")
        number = getattr(value, field)
        if (low is not None and number < low) or (high is not None and number > high):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{path}: {number} out of bounds")
        self.published[path] = number
        return val_v2.PublishValueResponse()
