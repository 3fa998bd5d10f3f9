package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a build takes from elsewhere is what it was when somebody looked at it. */
class PinnedTest {
    private static final String DIGEST = "debian@sha256:" + "0".repeat(64);
    private static final int REFUSED = 2;
    private static final int WENT_ON = 42;

    @TempDir
    Path folder;

    @Test
    void mavenIsCheckedByItsHashAndChecksWhatItDownloads() throws IOException {
        var wrapper = new Properties();
        try (var properties = Files.newBufferedReader(Chart.HOME.resolve(".mvn/wrapper/maven-wrapper.properties"))) {
            wrapper.load(properties);
        }
        assertThat(wrapper.getProperty("distributionSha256Sum")).matches("[0-9a-f]{64}");
        // --strict-checksums
        assertThat(Chart.HOME.resolve(".mvn/maven.config")).hasContent("-C");
    }

    @ParameterizedTest
    @CsvSource({
        "1.0.0, '', '', 2",
        "1.0.0, debian:bookworm-slim, '', 2",
        "1.0.0, debian@sha256:12, '', 2",
        "1.0.0, DIGEST, '', 42",
        "1.0.0, testcluster/base:1, yes, 42",
        "1.0.0-SNAPSHOT, '', '', 42",
    })
    void aReleasesImagesStandOnABaseByDigest(String version, String base, String unpinned, int exit)
            throws IOException, InterruptedException {
        build(version, Map.of("BASE", base.equals("DIGEST") ? DIGEST : base, "UNPINNED", unpinned), exit, "BASE");
    }

    @ParameterizedTest
    @CsvSource({
        "GPU, cuda13, 42",
        "GPU, cuda12, 2",
        "IMAGES, worker-cuda, 2",
        "BLAS, mkl, 42",
        "BLAS, atlas, 2",
    })
    void whatAnImageMayBeMadeWithIsKnown(String variable, String value, int exit)
            throws IOException, InterruptedException {
        build("1.0.0-SNAPSHOT", Map.of(variable, value), exit, variable);
    }

    /** Runs a build, up to the first thing that it calls, and expects one line about a variable where it is refused. */
    private void build(String version, Map<String, String> environment, int exit, String variable)
            throws IOException, InterruptedException {
        Files.copy(
                Chart.HOME.resolve("image/build"),
                Files.createDirectory(folder.resolve("image")).resolve("build"));
        Files.writeString(
                folder.resolve("pom.xml"), "<project>\n  <version>%s</version>\n</project>\n".formatted(version));
        Files.createFile(
                folder.resolve("mvnw"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(folder.resolve("mvnw"), "#!/bin/sh\nexit %d\n".formatted(WENT_ON));
        var build = new ProcessBuilder("bash", folder.resolve("image/build").toString()).redirectErrorStream(true);
        build.environment().putAll(environment);
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = build.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exit);
        if (exit == REFUSED) {
            assertThat(said)
                    .startsWith("image/build: %s: found ".formatted(variable))
                    .hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda13.wheels", "mkl.wheels"})
    void wheelsArePinnedByDigest(String list) throws IOException {
        assertThat(Files.readAllLines(Chart.HOME.resolve("image").resolve(list)))
                .filteredOn(line -> !line.startsWith("#"))
                .isNotEmpty()
                .allMatch(line -> line.matches(
                        "[a-z0-9-]+==[0-9.]+ --hash=sha256:[0-9a-f]{64}(  # lib\\S+\\.so\\S*( lib\\S+)*)?"));
    }
}
