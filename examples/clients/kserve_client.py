"""KServe's InferenceRESTClient and InferenceGRPCClient, as they are."""

import asyncio
import logging

import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from kserve.protocol.infer_type import RequestedOutput

from checks import GRPC, HTTP, PRICES, ROWS, check, close, equal, finish, refused
from tensors import TYPES, texts

logging.disable(logging.CRITICAL)  # it logs a stack trace for each error that it raises
URL = f"http://{HTTP}"


def tensor(name, data, datatype, binary):
    made = InferInput(name, list(data.shape), datatype)
    made.set_data_from_numpy(data, binary_data=binary)
    return made


def half(binary, outputs=None):
    return InferRequest(
        "half_plus_two",
        [tensor("x", np.array([1, 2, 5], np.float32), "FP32", binary)],
        request_id="seven",
        request_outputs=outputs,
    )


def rest(protocol, ask):
    async def run():
        config = RESTConfig(protocol=protocol, retries=1, timeout=20)
        async with InferenceRESTClient(config) as client:
            return await ask(client)

    return asyncio.run(run())


def grpc(ask):
    async def run():
        async with InferenceGRPCClient(GRPC, timeout=20) as client:
            return await ask(client)

    return asyncio.run(run())


@check("REST v2: is_server_live, is_server_ready")
def _():
    equal(rest("v2", lambda client: client.is_server_live(URL)), True)
    equal(rest("v2", lambda client: client.is_server_ready(URL)), True)


@check("REST v2: is_model_ready")
def _():
    equal(rest("v2", lambda client: client.is_model_ready(URL, "half_plus_two")), True)
    equal(rest("v2", lambda client: client.is_model_ready(URL, "nobody")), False)


@check("REST v2: infer, JSON")
def _():
    result = rest("v2", lambda client: client.infer(URL, half(False), "half_plus_two"))
    close(result.outputs[0].as_numpy(), [2.5, 3, 4.5])
    equal((result.id, result.model_name), ("seven", "half_plus_two"))


@check("REST v2: infer, binary in")
def _():
    result = rest("v2", lambda client: client.infer(URL, half(True), "half_plus_two"))
    close(result.outputs[0].as_numpy(), [2.5, 3, 4.5])


@check("REST v2: infer, binary in and out")
def _():
    outputs = [RequestedOutput("y", {"binary_data": True})]
    result = rest("v2", lambda client: client.infer(URL, half(True, outputs), "half_plus_two"))
    close(result.outputs[0].as_numpy(), [2.5, 3, 4.5])


@check("REST v2: infer, nine types in and out, binary")
def _():
    inputs = [tensor(name, data, datatype, True) for name, (datatype, data) in TYPES.items()]
    outputs = [RequestedOutput(name + "_out", {"binary_data": True}) for name in TYPES]
    request = InferRequest("types", inputs, request_outputs=outputs)
    result = rest("v2", lambda client: client.infer(URL, request, "types"))
    for output in result.outputs:
        sent = TYPES[output.name.removesuffix("_out")][1]
        equal(texts(output.as_numpy()), texts(sent))
    equal(len(result.outputs), len(TYPES))


@check("REST v1: infer")
def _():
    data = {"instances": ROWS}
    result = rest("v1", lambda client: client.infer(URL, data, "uci_housing"))
    close(result["predictions"][0], [PRICES[4]])


@check("REST: an error says why")
def _():
    refused(
        Exception, "nobody", lambda: rest("v2", lambda c: c.infer(URL, half(False), "nobody"))
    )


@check("gRPC: is_server_live, is_server_ready, is_model_ready")
def _():
    equal(grpc(lambda client: client.is_server_live()), True)
    equal(grpc(lambda client: client.is_server_ready()), True)
    equal(grpc(lambda client: client.is_model_ready("half_plus_two")), True)
    equal(grpc(lambda client: client.is_model_ready("nobody")), False)


@check("gRPC: infer, typed contents")
def _():
    result = grpc(lambda client: client.infer(half(False)))
    close(result.outputs[0].as_numpy(), [2.5, 3, 4.5])


@check("gRPC: infer, raw contents")
def _():
    result = grpc(lambda client: client.infer(half(True)))
    close(result.outputs[0].as_numpy(), [2.5, 3, 4.5])


@check("gRPC: an error says why")
def _():
    request = half(True)
    request.model_name = "nobody"
    refused(Exception, "nobody", lambda: grpc(lambda client: client.infer(request)))


finish()
