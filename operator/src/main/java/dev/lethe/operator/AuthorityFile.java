package dev.lethe.operator;

import dev.lethe.operator.workload.Authority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of the certificate authority, which may be replaced at any time. While it cannot be used, the last one stands. */
final class AuthorityFile implements Supplier<Authority> {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityFile.class);

    private final Path file;
    private Authority last;
    private String told = "";

    /** @throws IllegalStateException if the file cannot be used */
    AuthorityFile(Path file) {
        this.file = file;
        last = read();
    }

    @Override
    public synchronized Authority get() {
        try {
            last = read();
            told = "";
        } catch (IllegalStateException e) {
            if (!told.equals(e.getMessage())) {
                told = e.getMessage();
                LOG.warn("{}; the last one stands", told);
            }
        }
        return last;
    }

    private Authority read() {
        try {
            var content = Files.readAllBytes(file);
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(content))
                    .isEmpty()) {
                throw new CertificateException("found no certificate");
            }
            return new Authority(new String(content, StandardCharsets.US_ASCII));
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException(
                    "lethe.progress.ca: " + file + ": expected certificates as PEM: " + e.getMessage(), e);
        }
    }
}
