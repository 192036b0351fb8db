"""What the model "types" is sent, and gives back: datatype and data of each input."""

import numpy as np

TYPES = {
    "float": ("FP32", np.array([1.5, -0.1], np.float32)),
    "double": ("FP64", np.array([0.1, 1e300])),
    "int8": ("INT8", np.array([-128, 127], np.int8)),
    "int16": ("INT16", np.array([-32768, 32767], np.int16)),
    "int32": ("INT32", np.array([-(2**31), 2**31 - 1], np.int32)),
    "int64": ("INT64", np.array([-(2**63), 2**63 - 1])),
    "uint8": ("UINT8", np.array([0, 255], np.uint8)),
    "bool": ("BOOL", np.array([True, False])),
    "string": ("BYTES", np.array(["", "ünï"], np.object_)),
}


def texts(data):
    """The elements, bytes as text: some clients give back strings as bytes."""
    return [value.decode() if isinstance(value, bytes) else value for value in data.tolist()]
