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
        Files.copy(
                Chart.HOME.resolve("image/build"),
                Files.createDirectory(folder.resolve("image")).resolve("build"));
        Files.writeString(
                folder.resolve("pom.xml"), "<project>\n  <version>%s</version>\n</project>\n".formatted(version));
        // The first that a build calls.
        Files.createFile(
                folder.resolve("mvnw"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(folder.resolve("mvnw"), "#!/bin/sh\nexit %d\n".formatted(WENT_ON));
        var build = new ProcessBuilder("bash", folder.resolve("image/build").toString()).redirectErrorStream(true);
        build.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "BASE",
                        base.equals("DIGEST") ? DIGEST : base,
                        "UNPINNED",
                        unpinned));
        var process = build.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exit);
        if (exit == REFUSED) {
            assertThat(said).startsWith("image/build: BASE: found ").hasLineCount(1);
        }
    }
}
