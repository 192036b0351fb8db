"""tritonclient.http, as it is."""

import urllib.request

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from checks import HTTP, PRICES, ROWS, check, close, equal, finish, refused
from tensors import TYPES, texts

client = triton.InferenceServerClient(HTTP, connection_timeout=10, network_timeout=20, concurrency=4)


def tensor(name, values, datatype, binary=True):
    data = values if isinstance(values, np.ndarray) else np.array(values)
    made = triton.InferInput(name, list(data.shape), datatype)
    made.set_data_from_numpy(data, binary_data=binary)
    return made


def x(values, binary=True):
    return [tensor("x", np.array(values, np.float32), "FP32", binary)]


def types(binary):
    return [tensor(name, data, datatype, binary) for name, (datatype, data) in TYPES.items()]


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
    equal(metadata["name"], "mlserve")
    for extension in ("binary_tensor_data", "model_repository", "statistics", "model_configuration"):
        assert extension in metadata["extensions"], metadata["extensions"]


@check("get_model_metadata")
def _():
    metadata = client.get_model_metadata("uci_housing")
    equal(sorted(metadata["versions"]), ["1", "2", "4"])
    equal(metadata["inputs"], [{"name": "x", "datatype": "FP32", "shape": [-1, 13]}])
    equal(metadata["outputs"], [{"name": "y", "datatype": "FP32", "shape": [-1, 1]}])


@check("get_model_config")
def _():
    config = client.get_model_config("uci_housing")
    equal(config["name"], "uci_housing")
    equal(config["input"][0]["data_type"], "TYPE_FP32")


@check("infer, binary in and out")
def _():
    result = client.infer("half_plus_two", x([1, 2, 5]))
    close(result.as_numpy("y"), [2.5, 3, 4.5])
    equal(result.get_response()["model_version"], "123")


@check("infer, JSON in and out")
def _():
    result = client.infer(
        "half_plus_two",
        x([1, 2, 5], binary=False),
        outputs=[triton.InferRequestedOutput("y", binary_data=False)],
        request_id="seven",
    )
    close(result.as_numpy("y"), [2.5, 3, 4.5])
    equal(result.get_response()["id"], "seven")
    assert "data" in result.get_output("y"), result.get_response()


@check("infer, JSON in and binary out")
def _():
    result = client.infer("half_plus_two", x([1, 2, 5], binary=False))
    close(result.as_numpy("y"), [2.5, 3, 4.5])
    assert "data" not in result.get_output("y"), result.get_response()


@check("infer, each version")
def _():
    for version, price in PRICES.items():
        result = client.infer("uci_housing", x(ROWS), model_version=str(version))
        close(result.as_numpy("y")[0], [price])
        equal(result.get_response()["model_version"], str(version))


@check("infer, nine types in and out, binary")
def _():
    same(client.infer("types", types(True)), TYPES)


@check("infer, nine types in and out, JSON")
def _():
    outputs = [triton.InferRequestedOutput(n + "_out", binary_data=False) for n in TYPES]
    same(client.infer("types", types(False), outputs=outputs), TYPES)


@check("infer, two outputs asked for, in that order")
def _():
    outputs = [
        triton.InferRequestedOutput("string_out", binary_data=True),
        triton.InferRequestedOutput("int64_out", binary_data=False),
    ]
    result = client.infer("types", types(True), outputs=outputs)
    equal([o["name"] for o in result.get_response()["outputs"]], ["string_out", "int64_out"])
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
    refused(
        InferenceServerException,
        "200 ms",
        lambda: client.infer("slow", x([3]), timeout=200_000),
    )


@check("infer, bodies compressed both ways")
def _():
    for algorithm in ("gzip", "deflate"):
        result = client.infer(
            "half_plus_two",
            x(np.arange(1000)),
            request_compression_algorithm=algorithm,
            response_compression_algorithm=algorithm,
        )
        close(result.as_numpy("y")[:3], [2, 2.5, 3])


@check("async_infer, twenty at once")
def _():
    calls = [client.async_infer("half_plus_two", x([n])) for n in range(20)]
    for n, call in enumerate(calls):
        close(call.get_result(timeout=20).as_numpy("y"), [n / 2 + 2])


@check("generate_request_body and parse_response_body")
def _():
    body, size = triton.InferenceServerClient.generate_request_body(x([1, 2, 5]))
    url = f"http://{HTTP}/v2/models/half_plus_two/infer"
    headers = {"Inference-Header-Content-Length": str(size)}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as response:
        result = triton.InferenceServerClient.parse_response_body(
            response.read(), header_length=int(response.headers["Inference-Header-Content-Length"])
        )
    close(result.as_numpy("y"), [2.5, 3, 4.5])


@check("get_inference_statistics")
def _():
    stats = client.get_inference_statistics("half_plus_two")["model_stats"]
    equal([(s["name"], s["version"]) for s in stats], [("half_plus_two", "123")])
    assert stats[0]["inference_count"] > 0, stats
    for duration in ("success", "fail", "queue", "compute_input", "compute_infer", "compute_output"):
        assert stats[0]["inference_stats"][duration]["ns"] >= 0, stats
    equal(len(client.get_inference_statistics("uci_housing", "2")["model_stats"]), 1)
    assert len(client.get_inference_statistics()["model_stats"]) >= 8


@check("get_model_repository_index")
def _():
    index = {(m["name"], m.get("version")): m.get("state") for m in client.get_model_repository_index()}
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
