package io.mlserve.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.model.ElementType;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OipTypesTest {
  private static final Set<ElementType> WITHOUT_NAME =
      EnumSet.of(
          ElementType.FLOAT8E4M3FN,
          ElementType.FLOAT8E4M3FNUZ,
          ElementType.FLOAT8E5M2,
          ElementType.FLOAT8E5M2FNUZ);

  @Test
  void everyNameLeadsBackToItsType() {
    for (ElementType type : EnumSet.complementOf(EnumSet.copyOf(WITHOUT_NAME))) {
      assertThat(OipTypes.datatype(type).flatMap(OipTypes::ofDatatype)).contains(type);
    }
  }

  @Test
  void namesAreThoseOfTheProtocol() {
    assertThat(
            EnumSet.allOf(ElementType.class).stream()
                .flatMap(type -> OipTypes.datatype(type).stream())
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64",
            "FP16", "FP32", "FP64", "BF16", "BYTES");
  }

  @Test
  void eightBitFloatsHaveNoName() {
    for (ElementType type : WITHOUT_NAME) {
      assertThat(OipTypes.datatype(type)).isEmpty();
      assertThat(OipTypes.configType(type)).isEmpty();
    }
  }

  @Test
  void stringsAreBytesInTensorsAndStringsInConfigurations() {
    assertThat(OipTypes.datatype(ElementType.STRING)).contains("BYTES");
    assertThat(OipTypes.configType(ElementType.STRING)).contains("TYPE_STRING");
    assertThat(OipTypes.configType(ElementType.FLOAT)).contains("TYPE_FP32");
  }

  @Test
  void strangeNamesLeadNowhere() {
    assertThat(OipTypes.ofDatatype("fp32")).isEmpty();
    assertThat(OipTypes.ofDatatype("FLOAT")).isEmpty();
    assertThat(OipTypes.ofDatatype("")).isEmpty();
  }
}
