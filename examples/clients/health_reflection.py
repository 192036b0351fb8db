"""grpcio-health-checking and grpcio-reflection, as they are: what grpc_health_probe asks."""

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from checks import GRPC, check, equal, finish, refused

channel = grpc.insecure_channel(GRPC)
health = health_pb2_grpc.HealthStub(channel)
SERVICES = (
    "grpc.health.v1.Health",
    "inference.GRPCInferenceService",
    "tensorflow.serving.ModelService",
    "tensorflow.serving.PredictionService",
)


def status(service):
    answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=20)
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


@check("health of the server")
def _():
    equal(status(""), "SERVING")


@check("health of a service")
def _():
    equal(status("inference.GRPCInferenceService"), "SERVING")


@check("health of a service that is not there")
def _():
    refused(grpc.RpcError, "NOT_FOUND", lambda: status("nobody"))


@check("watching the health")
def _():
    stream = health.Watch(health_pb2.HealthCheckRequest(service=""), timeout=20)
    equal(next(stream).status, health_pb2.HealthCheckResponse.SERVING)
    stream.cancel()


@check("reflection lists the services")
def _():
    services = ProtoReflectionDescriptorDatabase(channel).get_services()
    missing = [service for service in SERVICES if service not in services]
    equal(missing, [])


@check("reflection describes the services")
def _():
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    for service in SERVICES:
        equal(pool.FindServiceByName(service).full_name, service)
    infer = pool.FindServiceByName("inference.GRPCInferenceService").methods_by_name["ModelInfer"]
    equal(infer.input_type.fields_by_name["raw_input_contents"].number, 7)


channel.close()
finish()
