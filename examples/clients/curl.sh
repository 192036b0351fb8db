#!/bin/sh
# The calls of TensorFlow Serving's REST documentation, and some beside them. $1 is the server, as
# http://host:port. An answer is compared without its white space.
set -u
failed=0

# is WHAT EXPECTED CURL-ARGUMENTS...: status and body of the answer, "200 {...}".
is() {
  name=$1
  expected=$(printf '%s' "$2" | tr -d ' \n')
  shift 2
  answer=$(curl -sS -m 20 -w '\n%{http_code}' "$@" 2>&1)
  answer=$(printf '%s' "$answer" | tail -n 1)$(printf '%s' "$answer" | sed '$d' | tr -d ' \n\r\t')
  if [ "$answer" = "$expected" ]; then
    echo "ok   $name"
  else
    echo "FAIL $name: $answer (expected: $expected)"
    failed=1
  fi
}

v1=$1/v1/models
version='{"version":"123","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}'

# As documented
is 'status' "200 {\"model_version_status\": [$version]}" "$v1/half_plus_three"
is 'predict' '200 {"predictions": [3.5, 4.0, 5.5]}' \
  -d '{"instances": [1.0,2.0,5.0]}' -X POST "$v1/half_plus_three:predict"
is 'regress' '200 {"results": [3.5, 4.0]}' \
  -d '{"signature_name": "tensorflow/serving/regress", "examples": [{"x": 1.0}, {"x": 2.0}]}' \
  -X POST "$v1/half_plus_three:regress"
is 'predict, no such model' '404 {"error": "Servable not found for request: Latest(half)"}' \
  -d '{"instances": [1.0,5.0]}' -X POST "$v1/half:predict"
is 'predict, the first call of the introduction' '200 {"predictions": [2.5, 3.0, 4.5]}' \
  -d '{"instances": [1.0, 2.0, 5.0]}' -X POST "$v1/half_plus_two:predict"

# By version and label
is 'status of a version' "200 {\"model_version_status\": [$version]}" "$v1/half_plus_two/versions/123"
is 'status of no version' '404 {"error": "Could not find version 7 of model half_plus_two"}' \
  "$v1/half_plus_two/versions/7"
is 'predict, a version' '200 {"predictions": [3.0]}' \
  -d '{"instances": [2]}' "$v1/half_plus_two/versions/123:predict"
is 'predict, a label' '200 {"predictions": [3.0]}' \
  -d '{"instances": [2]}' "$v1/half_plus_two/labels/stable:predict"
is 'predict, no such version' \
  '404 {"error": "Servable not found for request: Specific(half_plus_two, 7)"}' \
  -d '{"instances": [2]}' "$v1/half_plus_two/versions/7:predict"
is 'predict, no such label' '400 {"error": "Unrecognized servable version label: nobody"}' \
  -d '{"instances": [2]}' "$v1/half_plus_two/labels/nobody:predict"

# Metadata
metadata='{"model_spec": {"name": "half_plus_two", "signature_name": "", "version": "123"},
  "metadata": {"signature_def": {"signature_def": {"serving_default": {
    "inputs": {"x": {"dtype": "DT_FLOAT", "tensor_shape":
      {"dim": [{"size": "-1", "name": ""}], "unknown_rank": false}, "name": "x:0"}},
    "outputs": {"y": {"dtype": "DT_FLOAT", "tensor_shape":
      {"dim": [{"size": "-1", "name": ""}], "unknown_rank": false}, "name": "y:0"}},
    "method_name": "tensorflow/serving/predict", "defaults": {}}}}}}'
is 'metadata' "200 $metadata" "$v1/half_plus_two/metadata"
is 'metadata of a version' "200 $metadata" "$v1/half_plus_two/versions/123/metadata"
is 'metadata of a label' "200 $metadata" "$v1/half_plus_two/labels/stable/metadata"

# Row and column format
is 'predict, rows of objects' '200 {"predictions": [2.5, 3.0]}' \
  -d '{"signature_name": "serving_default", "instances": [{"x": 1.0}, {"x": 2.0}]}' \
  "$v1/half_plus_two:predict"
is 'predict, a column' '200 {"outputs": [2.5, 3.0, 4.5]}' \
  -d '{"inputs": [1.0, 2.0, 5.0]}' "$v1/half_plus_two:predict"
is 'predict, named columns' '200 {"outputs": [2.5, 3.0, 4.5]}' \
  -d '{"inputs": {"x": [1.0, 2.0, 5.0]}}' "$v1/half_plus_two:predict"
is 'predict, many inputs and outputs' '200 {"predictions": [{"float_out": 1.5, "double_out": 0.1,
    "int8_out": -8, "int16_out": -16, "int32_out": -32, "int64_out": -9223372036854775808,
    "uint8_out": 255, "bool_out": true, "string_out": "text"}]}' \
  -d '{"instances": [{"float": 1.5, "double": 0.1, "int8": -8, "int16": -16, "int32": -32,
    "int64": -9223372036854775808, "uint8": 255, "bool": true, "string": {"b64": "dGV4dA=="}}]}' \
  "$v1/types:predict"
is 'predict, NaN and infinity' '200 {"predictions": [NaN, Infinity, -Infinity]}' \
  -d '{"instances": [NaN, Infinity, -Infinity]}' "$v1/half_plus_two:predict"
is 'predict, another case' '200 {"predictions": [3.0]}' \
  -d '{"instances": [2]}' "$1/V1/Models/half_plus_two:PREDICT"
is 'predict, no JSON' '400' -o /dev/null -d '{"instances": ' "$v1/half_plus_two:predict"

# Classify and regress
is 'regress, signature left out' '200 {"results": [2.5, 3.0]}' \
  -d '{"examples": [{"x": 1.0}, {"x": 2.0}]}' "$v1/half_plus_two:regress"
is 'regress, a common feature' '200 {"results": [2.5]}' \
  -d '{"context": {"x": 1.0}, "examples": [{}]}' "$v1/half_plus_two:regress"
is 'classify' '200 {"results": [[["", 0.0], ["", 1.0], ["", 0.0]]]}' \
  -d '{"examples": [{"x": [0.0, 1000.0, 0.0]}]}' "$v1/three_classes:classify"
is 'classify, no classifier' '400' -o /dev/null \
  -d '{"examples": [{"x": 1.0}]}' "$v1/half_plus_two:classify"

exit "$failed"
