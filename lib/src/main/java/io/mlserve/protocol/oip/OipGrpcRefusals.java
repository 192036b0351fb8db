package io.mlserve.protocol.oip;

import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.wire.oip.CudaSharedMemoryRegisterRequest;
import io.mlserve.wire.oip.CudaSharedMemoryRegisterResponse;
import io.mlserve.wire.oip.CudaSharedMemoryStatusRequest;
import io.mlserve.wire.oip.CudaSharedMemoryStatusResponse;
import io.mlserve.wire.oip.CudaSharedMemoryUnregisterRequest;
import io.mlserve.wire.oip.CudaSharedMemoryUnregisterResponse;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import io.mlserve.wire.oip.LogSettingsRequest;
import io.mlserve.wire.oip.LogSettingsResponse;
import io.mlserve.wire.oip.SystemSharedMemoryRegisterRequest;
import io.mlserve.wire.oip.SystemSharedMemoryRegisterResponse;
import io.mlserve.wire.oip.SystemSharedMemoryStatusRequest;
import io.mlserve.wire.oip.SystemSharedMemoryStatusResponse;
import io.mlserve.wire.oip.SystemSharedMemoryUnregisterRequest;
import io.mlserve.wire.oip.SystemSharedMemoryUnregisterResponse;
import io.mlserve.wire.oip.TraceSettingRequest;
import io.mlserve.wire.oip.TraceSettingResponse;

/** The rpcs of the service that are answered with why they are not offered. */
abstract class OipGrpcRefusals extends GRPCInferenceServiceImplBase {
  @Override
  public final void systemSharedMemoryStatus(
      SystemSharedMemoryStatusRequest request,
      StreamObserver<SystemSharedMemoryStatusResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void systemSharedMemoryRegister(
      SystemSharedMemoryRegisterRequest request,
      StreamObserver<SystemSharedMemoryRegisterResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void systemSharedMemoryUnregister(
      SystemSharedMemoryUnregisterRequest request,
      StreamObserver<SystemSharedMemoryUnregisterResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void cudaSharedMemoryStatus(
      CudaSharedMemoryStatusRequest request,
      StreamObserver<CudaSharedMemoryStatusResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void cudaSharedMemoryRegister(
      CudaSharedMemoryRegisterRequest request,
      StreamObserver<CudaSharedMemoryRegisterResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void cudaSharedMemoryUnregister(
      CudaSharedMemoryUnregisterRequest request,
      StreamObserver<CudaSharedMemoryUnregisterResponse> observer) {
    throw refusal("shared memory", "tensors inside the request");
  }

  @Override
  public final void traceSetting(
      TraceSettingRequest request, StreamObserver<TraceSettingResponse> observer) {
    throw refusal("tracing", "the metrics and statistics");
  }

  @Override
  public final void logSettings(
      LogSettingsRequest request, StreamObserver<LogSettingsResponse> observer) {
    throw refusal("changing how the server logs", "options of its command line");
  }

  private static MlserveException refusal(String what, String instead) {
    return new MlserveException(
        ErrorCode.UNIMPLEMENTED, what + " is not offered (expected: " + instead + ")");
  }
}
