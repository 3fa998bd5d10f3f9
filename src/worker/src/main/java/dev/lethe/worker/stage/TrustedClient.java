package dev.lethe.worker.stage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An HTTP client that trusts the certificate authority in a file, which may be replaced while the stage runs. */
final class TrustedClient implements AutoCloseable {
    private final @Nullable Path authority;
    private final Duration timeout;
    private byte[] trusted = {};
    private HttpClient client;

    /** @param authority certificates as PEM; null for those that the platform trusts */
    TrustedClient(@Nullable Path authority, Duration timeout) throws IOException, GeneralSecurityException {
        this.authority = authority;
        this.timeout = timeout;
        if (authority == null) {
            client = builder().build();
        } else {
            trusted = Files.readAllBytes(authority);
            client = trusting(trusted);
        }
    }

    /** The client for the next request. It stays while the file cannot be used, such as when it is replaced. */
    HttpClient current() {
        if (authority != null) {
            try {
                byte[] found = Files.readAllBytes(authority);
                if (!Arrays.equals(found, trusted)) {
                    HttpClient renewed = trusting(found);
                    client.shutdown();
                    client = renewed;
                    trusted = found;
                }
            } catch (IOException | GeneralSecurityException e) {
                return client;
            }
        }
        return client;
    }

    private HttpClient trusting(byte[] pem) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate each :
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
            store.setCertificateEntry("authority-" + store.size(), each);
        }
        if (store.size() == 0) {
            throw new CertificateException(authority + ": found no certificate");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return builder().sslContext(context).build();
    }

    private HttpClient.Builder builder() {
        return HttpClient.newBuilder().connectTimeout(timeout).version(HttpClient.Version.HTTP_1_1);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
