import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The step between the jars and the archive of the distribution, run by the build as a source file:
 * {@code java -cp ASM:PICOCLI:... PrepareDistribution.java OUT CLI_JAR}.
 *
 * <p>Writes two things into OUT. The picocli jar with its class files raised from version 49 to 52:
 * the JVM leaves anything older out of class data archives, and three quarters of a short command's
 * start are picocli's classes. There, picocli also no longer looks for Groovy, which has every jar
 * of the class path opened: a quarter of a start. And {@code build-id}, a digest of what the class path holds: the
 * launcher names class data archives after it, because every file of a reproducible archive has the
 * same time stamp, which is all that the JVM itself would compare.
 */
public final class PrepareDistribution {
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private PrepareDistribution() {}

  public static void main(String[] args) throws Exception {
    Path out = Files.createDirectories(Path.of(args[0]));
    List<Path> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    Path picocli =
        classPath.stream()
            .filter(jar -> jar.getFileName().toString().startsWith("picocli-"))
            .findFirst()
            .orElseThrow();
    Path lifted = out.resolve(picocli.getFileName());
    lift(picocli, lifted);

    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(lifted));
    digest.update(Files.readAllBytes(Path.of(args[1])));
    for (Path jar : classPath) {
      if (jar.getFileName().toString().startsWith("mlserve-")) {
        digest.update(Files.readAllBytes(jar));
      }
    }
    String id = HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    Files.writeString(out.resolve("build-id"), id + "\n");
  }

  private static void lift(Path from, Path to) throws IOException, NoSuchAlgorithmException {
    TreeMap<String, byte[]> entries = new TreeMap<>();
    Manifest manifest;
    try (JarFile jar = new JarFile(from.toFile())) {
      manifest = jar.getManifest();
      for (Enumeration<JarEntry> e = jar.entries(); e.hasMoreElements(); ) {
        JarEntry entry = e.nextElement();
        if (!entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
          try (InputStream content = jar.getInputStream(entry)) {
            entries.put(entry.getName(), content.readAllBytes());
          }
        }
      }
    }
    manifest
        .getMainAttributes()
        .put(
            new Attributes.Name("Mlserve-Modified"),
            "class files raised from version 49 to 52 and the search for Groovy taken out, with ASM");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      manifest.write(text);
      add(jar, JarFile.MANIFEST_NAME, text.toByteArray());
      for (var entry : entries.entrySet()) {
        String name = entry.getKey();
        boolean old = name.endsWith(".class") && !name.endsWith("module-info.class");
        add(jar, name, old ? lift(entry.getValue()) : entry.getValue());
      }
    }
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(to))) {
      new ByteArrayInputStream(bytes.toByteArray()).transferTo(file);
    }
  }

  private static byte[] lift(byte[] classFile) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    new ClassReader(classFile).accept(new Lift(writer), ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  private static final class Lift extends ClassVisitor {
    Lift(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visit(
        int version, int access, String name, String generic, String parent, String[] interfaces) {
      super.visit(
          Math.max(version, Opcodes.V1_8), access, name, generic, parent, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String generic, String[] exceptions) {
      MethodVisitor body = super.visitMethod(access, name, descriptor, generic, exceptions);
      if (!name.equals("loadClosureClass")) {
        return body;
      }
      body.visitCode(); // return null: what it does if there is no Groovy
      body.visitInsn(Opcodes.ACONST_NULL);
      body.visitInsn(Opcodes.ARETURN);
      body.visitMaxs(0, 0);
      body.visitEnd();
      return null;
    }
  }

  private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setTimeLocal(EPOCH);
    jar.putNextEntry(entry);
    jar.write(content);
    jar.closeEntry();
  }
}
