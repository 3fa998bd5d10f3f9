package dev.lethe.operator;

import dev.lethe.operator.workload.CertificateAuthority;
import dev.lethe.operator.workload.Labels;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Secret with the certificate of the progress endpoint, its key and the authority that signed it: {@code tls.crt}, {@code
 * tls.key} and {@code ca.crt}, as PEM. It is read anew at times, so it may be replaced while the operator runs. All replicas
 * read the same one, as a worker's report reaches any of them.
 */
final class CertificateSecret implements Supplier<PemKeyCertOptions> {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateSecret.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final Optional<IssuedCertificate.Request> own;
    private volatile Optional<CertificateAuthority> authority = Optional.empty();

    /** @param own what is made where the Secret does not exist; empty where it is somebody else's to make */
    CertificateSecret(KubernetesClient client, String namespace, String name, Optional<IssuedCertificate.Request> own) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.own = own;
    }

    /** Who signed the certificate that was read last; empty for one of those whom the platform trusts. */
    Optional<CertificateAuthority> authority() {
        return authority;
    }

    /**
     * Reads the certificate and its key, and remembers who signed it.
     *
     * @throws IllegalStateException if the Secret cannot be read, or lacks something
     */
    @Override
    public PemKeyCertOptions get() {
        try {
            var secret = Optional.ofNullable(read())
                    .or(() -> own.map(this::make))
                    .orElseThrow(() -> problem("nothing", "a Secret with tls.crt, tls.key and ca.crt"));
            var options = new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(required(secret, "tls.crt")))
                    .addKeyValue(Buffer.buffer(required(secret, "tls.key")));
            authority = content(secret, "ca.crt").map(this::authority);
            return options;
        } catch (KubernetesClientException e) {
            throw new IllegalStateException(where() + ": " + e.getMessage(), e);
        }
    }

    private Secret read() {
        return client.secrets().inNamespace(namespace).withName(name).get();
    }

    /** Of several replicas one is first, and the others read what that one made. */
    private Secret make(IssuedCertificate.Request request) {
        var made = IssuedCertificate.of(request);
        var secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(Labels.MANAGED_BY, Labels.SELECTOR.get(Labels.MANAGED_BY))
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToData("tls.crt", base64(made.certificate()))
                .addToData("tls.key", base64(made.key()))
                .addToData("ca.crt", base64(made.authority()))
                .build();
        try {
            client.resource(secret).create();
            LOG.info("made a certificate for progress: Secret {}/{}", namespace, name);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
        return read();
    }

    private CertificateAuthority authority(byte[] pem) {
        try {
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty()) {
                throw new CertificateException("found no certificate");
            }
            return new CertificateAuthority(new String(pem, StandardCharsets.US_ASCII));
        } catch (CertificateException e) {
            throw new IllegalStateException(where() + ": ca.crt: expected certificates as PEM: " + e.getMessage(), e);
        }
    }

    private byte[] required(Secret secret, String key) {
        return content(secret, key).orElseThrow(() -> problem("no " + key, "tls.crt, tls.key and ca.crt"));
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** An entry of the Secret; empty where there is none, or nothing in it. */
    private static Optional<byte[]> content(Secret secret, String key) {
        return Optional.ofNullable(secret.getData())
                .map(data -> data.get(key))
                .map(Base64.getDecoder()::decode)
                .filter(bytes -> bytes.length > 0);
    }

    private IllegalStateException problem(String found, String expected) {
        return new IllegalStateException("%s: found %s, expected %s".formatted(where(), found, expected));
    }

    private String where() {
        return "Secret " + namespace + "/" + name;
    }
}
