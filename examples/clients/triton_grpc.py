"""tritonclient.grpc, as it is."""

import queue

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from checks import GRPC, PRICES, ROWS, check, close, equal, finish, refused
from tensors import TYPES, texts

client = triton.InferenceServerClient(GRPC)


def tensor(name, data, datatype):
    made = triton.InferInput(name, list(data.shape), datatype)
    made.set_data_from_numpy(data)
    return made


def x(values):
    return [tensor("x", np.array(values, np.float32), "FP32")]


def types():
    return [tensor(name, data, datatype) for name, (datatype, data) in TYPES.items()]


def same(result, names):
    for name in names:
        equal(texts(result.as_numpy(name + "_out")), texts(TYPES[name][1]))


@check("is_server_live")
def _():
    equal(client.is_server_live(), True)


@check("is_server_ready")
def _():
    equal(client.is_server_ready(), True)


@check("is_model_ready")
def _():
    equal(client.is_model_ready("half_plus_two"), True)
    equal(client.is_model_ready("half_plus_two", "123"), True)
    equal(client.is_model_ready("half_plus_two", "7"), False)
    equal(client.is_model_ready("nobody"), False)


@check("get_server_metadata")
def _():
    metadata = client.get_server_metadata()
    equal(metadata.name, "mlserve")
    for extension in ("model_repository", "statistics", "model_configuration"):
        assert extension in metadata.extensions, metadata.extensions


@check("get_model_metadata")
def _():
    metadata = client.get_model_metadata("uci_housing", as_json=True)
    equal(sorted(metadata["versions"]), ["1", "2", "4"])
    equal(metadata["inputs"], [{"name": "x", "datatype": "FP32", "shape": ["-1", "13"]}])
    equal(metadata["outputs"], [{"name": "y", "datatype": "FP32", "shape": ["-1", "1"]}])


@check("get_model_config")
def _():
    config = client.get_model_config("uci_housing").config
    equal(config.name, "uci_housing")
    equal(triton.model_config_pb2.DataType.Name(config.input[0].data_type), "TYPE_FP32")


@check("infer")
def _():
    result = client.infer("half_plus_two", x([1, 2, 5]), request_id="seven")
    close(result.as_numpy("y"), [2.5, 3, 4.5])
    response = result.get_response()
    equal((response.id, response.model_name, response.model_version), ("seven", "half_plus_two", "123"))


@check("infer, each version")
def _():
    for version, price in PRICES.items():
        result = client.infer("uci_housing", x(ROWS), model_version=str(version))
        close(result.as_numpy("y")[0], [price])


@check("infer, nine types in and out")
def _():
    same(client.infer("types", types()), TYPES)


@check("infer, two outputs asked for, in that order")
def _():
    outputs = [triton.InferRequestedOutput("string_out"), triton.InferRequestedOutput("int64_out")]
    result = client.infer("types", types(), outputs=outputs)
    equal([output.name for output in result.get_response().outputs], ["string_out", "int64_out"])
    same(result, ["string", "int64"])


@check("infer, FP16")
def _():
    half = np.array([1.5, -65504, np.inf, 6e-8], np.float16)
    result = client.infer("types_half", [tensor("float16", half, "FP16")])
    equal(result.as_numpy("float16_out").tobytes(), half.tobytes())


@check("infer, an empty batch")
def _():
    result = client.infer("uci_housing", x(np.zeros((0, 13))))
    equal(result.as_numpy("y").shape, (0, 1))


@check("infer, the best two classes")
def _():
    outputs = [triton.InferRequestedOutput("probabilities", class_count=2)]
    result = client.infer("three_classes", x([[0, 2, 1]]), outputs=outputs)
    best = [value.decode() for value in result.as_numpy("probabilities").flatten()]
    equal([value.split(":")[1] for value in best], ["1", "2"])


@check("infer, a timeout that is long enough, and parameters")
def _():
    result = client.infer(
        "half_plus_two", x([1]), timeout=5_000_000, priority=1, parameters={"who": "me", "n": 1}
    )
    close(result.as_numpy("y"), [2.5])


@check("infer, a timeout that is too short")
def _():
    refused(InferenceServerException, "200 ms", lambda: client.infer("slow", x([3]), timeout=200_000))


@check("infer, the client's own deadline")
def _():
    refused(
        InferenceServerException,
        "DEADLINE_EXCEEDED",
        lambda: client.infer("slow", x([3]), client_timeout=0.2),
    )


@check("infer, messages compressed")
def _():
    for algorithm in ("gzip", "deflate"):
        result = client.infer("half_plus_two", x(range(1000)), compression_algorithm=algorithm)
        close(result.as_numpy("y")[:3], [2, 2.5, 3])


@check("async_infer, twenty at once")
def _():
    done = queue.Queue()
    for n in range(20):
        client.async_infer(
            "half_plus_two", x([n]), lambda result, error: done.put((result, error)), request_id=str(n)
        )
    for _ in range(20):
        result, error = done.get(timeout=20)
        assert error is None, error
        close(result.as_numpy("y"), [int(result.get_response().id) / 2 + 2])


@check("async_stream_infer: ten answers in order, one error between, the stream goes on")
def _():
    done = queue.Queue()
    client.start_stream(lambda result, error: done.put((result, error)), stream_timeout=30)
    for n in range(5):
        client.async_stream_infer("half_plus_two", x([n]), request_id=str(n))
    client.async_stream_infer("nobody", x([1]))
    for n in range(5, 10):
        client.async_stream_infer("half_plus_two", x([n]), request_id=str(n))
    answers = [done.get(timeout=20) for _ in range(11)]
    client.stop_stream()
    errors = [error for _, error in answers if error is not None]
    assert len(errors) == 1 and "nobody" in str(errors[0]), errors
    results = [result for result, error in answers if error is None]
    equal([result.get_response().id for result in results], [str(n) for n in range(10)])
    close([result.as_numpy("y")[0] for result in results], [n / 2 + 2 for n in range(10)])


@check("get_inference_statistics")
def _():
    stats = client.get_inference_statistics("half_plus_two").model_stats
    equal([(s.name, s.version) for s in stats], [("half_plus_two", "123")])
    assert stats[0].inference_count > 0 and stats[0].inference_stats.success.ns > 0, stats
    equal(len(client.get_inference_statistics("uci_housing", "2").model_stats), 1)
    assert len(client.get_inference_statistics().model_stats) >= 8


@check("get_model_repository_index")
def _():
    index = {(m.name, m.version): m.state for m in client.get_model_repository_index().models}
    equal(index["half_plus_two", "123"], "READY")
    equal(index["uci_housing", "4"], "READY")


@check("unload_model and load_model")
def _():
    client.unload_model("three_classes")
    equal(client.is_model_ready("three_classes"), False)
    refused(
        InferenceServerException, "three_classes", lambda: client.infer("three_classes", x([[0, 2, 1]]))
    )
    client.load_model("three_classes")
    equal(client.is_model_ready("three_classes"), True)
    equal(client.infer("three_classes", x([[0, 2, 1]])).as_numpy("label").tolist(), [1])


@check("errors: no such model, input, output; wrong shape, type")
def _():
    def infer(model, inputs, outputs=None):
        return lambda: client.infer(model, inputs, outputs=outputs)

    refused(InferenceServerException, "nobody", infer("nobody", x([1])))
    wrong = [tensor("z", np.array([1], np.float32), "FP32")]
    refused(InferenceServerException, "z", infer("half_plus_two", wrong))
    nothing = [triton.InferRequestedOutput("z")]
    refused(InferenceServerException, "z", infer("half_plus_two", x([1]), nothing))
    refused(InferenceServerException, "x", infer("uci_housing", x([[1, 2, 3]])))
    integers = [tensor("x", np.array([1], np.int64), "INT64")]
    refused(InferenceServerException, "INT64", infer("half_plus_two", integers))
    refused(InferenceServerException, "nobody", lambda: client.load_model("nobody"))
    refused(InferenceServerException, "nobody", lambda: client.get_model_metadata("nobody"))


client.close()
finish()
