#!/bin/sh
# grpcurl, $1, against $GRPC: it knows no .proto file and asks the server's reflection for all.
set -u
failed=0

# says NAME WHAT-THE-ANSWER-HOLDS ARGUMENTS...; the server goes before the last words.
says() {
  name=$1
  expected=$2
  shift 2
  answer=$(timeout 30 "$grpcurl" -plaintext -max-time 20 "$@" 2>&1 | tr -d ' \n')
  case $answer in
    *"$expected"*) echo "ok   $name" ;;
    *)
      echo "FAIL $name: $answer (expected: $expected)"
      failed=1
      ;;
  esac
}

grpcurl=$1

says 'list' 'inference.GRPCInferenceService' "$GRPC" list
says 'list of a service' 'tensorflow.serving.PredictionService.Predict' \
  "$GRPC" list tensorflow.serving.PredictionService
says 'describe' 'rpcModelInfer(.inference.ModelInferRequest)' \
  "$GRPC" describe inference.GRPCInferenceService
says 'health' '"status":"SERVING"' "$GRPC" grpc.health.v1.Health/Check
says 'ServerMetadata' '"name":"mlserve"' "$GRPC" inference.GRPCInferenceService/ServerMetadata
says 'ModelInfer' '[2.5,3,4.5]' -d '{"model_name": "half_plus_two", "inputs": [
  {"name": "x", "datatype": "FP32", "shape": [3], "contents": {"fp32_contents": [1, 2, 5]}}]}' \
  "$GRPC" inference.GRPCInferenceService/ModelInfer
says 'Predict' '[2.5,3,4.5]' -d '{"model_spec": {"name": "half_plus_two"}, "inputs":
  {"x": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 3}]}, "float_val": [1, 2, 5]}}}' \
  "$GRPC" tensorflow.serving.PredictionService/Predict
says 'GetModelMetadata, which unpacks an Any' '"serving_default"' \
  -d '{"model_spec": {"name": "half_plus_two"}, "metadata_field": ["signature_def"]}' \
  "$GRPC" tensorflow.serving.PredictionService/GetModelMetadata
says 'GetModelStatus' '"state":"AVAILABLE"' -d '{"model_spec": {"name": "half_plus_two"}}' \
  "$GRPC" tensorflow.serving.ModelService/GetModelStatus
says 'an error' 'NotFound' -d '{"model_spec": {"name": "nobody"}}' \
  "$GRPC" tensorflow.serving.ModelService/GetModelStatus

exit "$failed"
