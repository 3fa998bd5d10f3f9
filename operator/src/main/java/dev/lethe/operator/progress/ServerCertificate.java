package dev.lethe.operator.progress;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The certificate of the progress endpoint and its key: PEM files that may be replaced at any time. */
public record ServerCertificate(Path certificate, Path key) {
    /** @throws UncheckedIOException if a file cannot be read */
    PemKeyCertOptions read() {
        return new PemKeyCertOptions()
                .addCertValue(content("certificate", certificate))
                .addKeyValue(content("key", key));
    }

    private static Buffer content(String setting, Path file) {
        try {
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("lethe.progress." + setting + ": " + file + " cannot be read", e);
        }
    }
}
