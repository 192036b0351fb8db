package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import io.mlserve.serving.ModelSettings;
import io.mlserve.serving.Servable;
import io.mlserve.serving.ServableLoader;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** What {@code serve --check} does: loads and runs each model once and prints what it takes. */
final class ModelCheckReport {
  private final PrintWriter out;
  private final boolean json;

  private ModelCheckReport(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Fails at the first model that is not good. */
  static int run(List<ModelSettings> models, ServingOptions options, PrintWriter out, boolean json)
      throws IOException {
    ModelCheckReport report = new ModelCheckReport(out, json);
    ServableLoader loader = new ServableLoader(options);
    for (ModelSettings model : models) {
      ModelFiles files = model.folder().versionFiles().get(0);
      try (Servable servable =
          loader.load(model.name(), files.version().orElse(1), files.model(), Optional.empty())) {
        report.print(servable);
      } catch (MlserveException e) {
        MlserveException named =
            new MlserveException(e.code(), "model '" + model.name() + "': " + e.message(), e);
        throw e.hint().map(named::withHint).orElse(named);
      }
    }
    out.flush();
    return ExitStatus.OK;
  }

  private void print(Servable servable) throws IOException {
    Signature signature = servable.signature();
    if (json) {
      printJson(servable, signature);
      return;
    }
    out.printf("%s (version %d): loads and runs%n", servable.name(), servable.version());
    signature.inputs().forEach(input -> out.printf("  input  %s%n", input));
    signature.outputs().forEach(output -> out.printf("  output %s%n", output));
  }

  // One line a model.
  private void printJson(Servable servable, Signature signature) throws IOException {
    JsonGenerator generator =
        new JsonFactory()
            .createGenerator(out)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    generator.writeStartObject();
    generator.writeStringField("model", servable.name().text());
    generator.writeNumberField("version", servable.version());
    values(generator, "inputs", signature.inputs());
    values(generator, "outputs", signature.outputs());
    generator.writeEndObject();
    generator.close();
    out.println();
  }

  private static void values(JsonGenerator generator, String key, List<? extends ValueSpec> specs)
      throws IOException {
    generator.writeArrayFieldStart(key);
    for (ValueSpec spec : specs) {
      generator.writeStartObject();
      generator.writeStringField("name", spec.name());
      if (spec instanceof TensorSpec tensor) {
        generator.writeStringField("type", tensor.type().name());
        generator.writeFieldName("shape");
        long[] dims = tensor.shape().toArray();
        generator.writeArray(dims, 0, dims.length);
      } else if (spec instanceof ValueSpec.Structure structure) {
        generator.writeStringField("type", structure.form());
      }
      generator.writeEndObject();
    }
    generator.writeEndArray();
  }
}
