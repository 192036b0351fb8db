"""tensorflow-serving-api with tensorflow, as they are."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import grpc
import numpy as np
import tensorflow as tf
from google.protobuf import wrappers_pb2
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    inference_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from checks import GRPC, PRICES, ROWS, check, close, equal, finish, refused

channel = grpc.insecure_channel(GRPC)
predictions = prediction_service_pb2_grpc.PredictionServiceStub(channel)
models = model_service_pb2_grpc.ModelServiceStub(channel)
SECONDS = 20


def request(model, tensors, version=None, label=None, signature="", only=()):
    made = predict_pb2.PredictRequest(output_filter=only)
    spec(made.model_spec, model, version, label, signature)
    for name, tensor in tensors.items():
        made.inputs[name].CopyFrom(tensor)
    return made


def spec(made, model, version=None, label=None, signature=""):
    made.name = model
    made.signature_name = signature
    if version is not None:
        made.version.CopyFrom(wrappers_pb2.Int64Value(value=version))
    if label is not None:
        made.version_label = label


def content(values, dtype=np.float32):
    made = tf.make_tensor_proto(np.array(values, dtype))
    assert made.tensor_content, "make_tensor_proto has changed"
    return made


def typed(values):
    return tensor_pb2.TensorProto(
        dtype=tf.float32.as_datatype_enum,
        tensor_shape=tf.TensorShape([len(values)]).as_proto(),
        float_val=values,
    )


def y(response):
    return tf.make_ndarray(response.outputs["y"])


def predict(*args, **named):
    return predictions.Predict(request(*args, **named), SECONDS)


def examples(made, rows):
    for features in rows:
        example = tf.train.Example()
        for name, values in features.items():
            example.features.feature[name].float_list.value.extend(values)
        made.input.example_list.examples.append(example)
    return made


@check("Predict, tensor_content")
def _():
    response = predict("half_plus_two", {"x": content([1, 2, 5])}, signature="serving_default")
    close(y(response), [2.5, 3, 4.5])
    answered = response.model_spec
    equal(
        (answered.name, answered.version.value, answered.signature_name),
        ("half_plus_two", 123, "serving_default"),
    )


@check("Predict, typed values")
def _():
    close(y(predict("half_plus_two", {"x": typed([1, 2, 5])})), [2.5, 3, 4.5])


@check("Predict, one typed value for all elements")
def _():
    tensor = typed([4, 4, 4])
    del tensor.float_val[1:]
    close(y(predict("half_plus_two", {"x": tensor})), [4, 4, 4])


@check("Predict, each version by number")
def _():
    for version, price in PRICES.items():
        response = predict("uci_housing", {"x": content(ROWS)}, version=version)
        close(y(response)[0], [price])
        equal(response.model_spec.version.value, version)


@check("Predict, by label")
def _():
    for label, version in {"stable": 2, "canary": 4}.items():
        response = predict("uci_housing", {"x": content(ROWS)}, label=label)
        close(y(response)[0], [PRICES[version]])


NUMBERS = {
    "float": np.array([1.5, -0.1], np.float32),
    "double": np.array([0.1, 1e300]),
    "int8": np.array([-128, 127], np.int8),
    "int16": np.array([-32768, 32767], np.int16),
    "int32": np.array([-(2**31), 2**31 - 1], np.int32),
    "int64": np.array([-(2**63), 2**63 - 1]),
    "uint8": np.array([0, 255], np.uint8),
    "bool": np.array([True, False]),
}


def types():
    tensors = {name: tf.make_tensor_proto(values) for name, values in NUMBERS.items()}
    return tensors | {"string": tf.make_tensor_proto(["", "ünï"])}


@check("Predict, nine types in and out")
def _():
    outputs = predict("types", types()).outputs
    for name, values in NUMBERS.items():
        answer = tf.make_ndarray(outputs[name + "_out"])
        equal((answer.dtype, answer.tolist()), (values.dtype, values.tolist()))
    equal(tf.make_ndarray(outputs["string_out"]).tolist(), [b"", "ünï".encode()])


@check("Predict, output_filter")
def _():
    equal(list(predict("types", types(), only=["int64_out"]).outputs), ["int64_out"])


@check("Predict, float16")
def _():
    half = np.array([1.5, -65504, np.inf, 6e-8], np.float16)
    outputs = predict("types_half", {"float16": tf.make_tensor_proto(half)}).outputs
    equal(tf.make_ndarray(outputs["float16_out"]).tobytes(), half.tobytes())


@check("Predict, an empty batch")
def _():
    tensor = tf.make_tensor_proto(np.zeros((0, 13), np.float32))
    equal(y(predict("uci_housing", {"x": tensor})).shape, (0, 1))


@check("GetModelMetadata")
def _():
    asked = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    spec(asked.model_spec, "uci_housing", version=2)
    response = predictions.GetModelMetadata(asked, SECONDS)
    equal(response.model_spec.version.value, 2)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures), response
    signature = signatures.signature_def["serving_default"]
    equal(signature.method_name, "tensorflow/serving/predict")
    equal(signature.inputs["x"].dtype, tf.float32.as_datatype_enum)
    equal([dim.size for dim in signature.inputs["x"].tensor_shape.dim], [-1, 13])


@check("GetModelStatus")
def _():
    asked = get_model_status_pb2.GetModelStatusRequest()
    spec(asked.model_spec, "uci_housing")
    states = models.GetModelStatus(asked, SECONDS).model_version_status
    available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
    equal([(s.version, s.state) for s in states], [(v, available) for v in (4, 2, 1)])
    spec(asked.model_spec, "uci_housing", version=2)
    equal([s.version for s in models.GetModelStatus(asked, SECONDS).model_version_status], [2])


@check("Regress")
def _():
    asked = examples(regression_pb2.RegressionRequest(), [{"x": [1]}, {"x": [2]}])
    spec(asked.model_spec, "half_plus_two")
    close([r.value for r in predictions.Regress(asked, SECONDS).result.regressions], [2.5, 3])


@check("Regress, the signature of TensorFlow Serving's example")
def _():
    asked = examples(regression_pb2.RegressionRequest(), [{"x": [1]}, {"x": [2]}])
    spec(asked.model_spec, "half_plus_two", signature="tensorflow/serving/regress")
    close([r.value for r in predictions.Regress(asked, SECONDS).result.regressions], [2.5, 3])


@check("Classify")
def _():
    asked = examples(classification_pb2.ClassificationRequest(), [{"x": [0, 2, 1]}])
    spec(asked.model_spec, "three_classes")
    classes = predictions.Classify(asked, SECONDS).result.classifications[0].classes
    close([c.score for c in classes], [0.09003, 0.66524, 0.24473])


@check("MultiInference")
def _():
    asked = examples(inference_pb2.MultiInferenceRequest(), [{"x": [1]}, {"x": [2]}])
    task = asked.tasks.add(method_name="tensorflow/serving/regress")
    spec(task.model_spec, "half_plus_two")
    results = predictions.MultiInference(asked, SECONDS).results
    close([r.value for r in results[0].regression_result.regressions], [2.5, 3])


@check("a deadline that is too short")
def _():
    refused(
        grpc.RpcError,
        "DEADLINE_EXCEEDED",
        lambda: predictions.Predict(request("slow", {"x": content([3, 0])}), 0.2),
    )


@check("errors: no such model, version, label, signature, input; wrong type, shape")
def _():
    good = {"x": content([1, 2])}

    def asks(*args, **named):
        return lambda: predict(*args, **named)

    refused(grpc.RpcError, "NOT_FOUND", asks("nobody", good))
    refused(grpc.RpcError, "NOT_FOUND", asks("half_plus_two", good, version=7))
    refused(grpc.RpcError, "INVALID_ARGUMENT", asks("half_plus_two", good, label="nobody"))
    refused(grpc.RpcError, "FAILED_PRECONDITION", asks("half_plus_two", good, signature="nobody"))
    refused(grpc.RpcError, "INVALID_ARGUMENT", asks("half_plus_two", {"z": content([1, 2])}))
    refused(
        grpc.RpcError, "INVALID_ARGUMENT", asks("half_plus_two", {"x": content([1, 2], np.int64)})
    )
    refused(grpc.RpcError, "INVALID_ARGUMENT", asks("uci_housing", {"x": content([[1, 2]])}))


channel.close()
finish()
