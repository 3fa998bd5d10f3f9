package dev.lethe.operator;

import dev.lethe.operator.workload.CertificateAuthority;
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

/** The file of the certificate authority. It may be replaced at any time; while it is invalid, the last valid one counts. */
final class CertificateAuthorityFile implements Supplier<CertificateAuthority> {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthorityFile.class);

    private final Path file;
    private CertificateAuthority last;
    private String lastWarning = "";

    /** @throws IllegalStateException if the file is invalid */
    CertificateAuthorityFile(Path file) {
        this.file = file;
        last = read();
    }

    @Override
    public synchronized CertificateAuthority get() {
        try {
            last = read();
            lastWarning = "";
        } catch (IllegalStateException e) {
            if (!lastWarning.equals(e.getMessage())) {
                lastWarning = e.getMessage();
                LOG.warn("{}; the last one stands", lastWarning);
            }
        }
        return last;
    }

    private CertificateAuthority read() {
        try {
            var content = Files.readAllBytes(file);
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(content))
                    .isEmpty()) {
                throw new CertificateException("found no certificate");
            }
            return new CertificateAuthority(new String(content, StandardCharsets.US_ASCII));
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException(
                    "lethe.progress.ca: " + file + ": expected certificates as PEM: " + e.getMessage(), e);
        }
    }
}
