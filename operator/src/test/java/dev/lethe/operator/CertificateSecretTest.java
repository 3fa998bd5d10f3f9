package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CertificateSecretTest {
    private static final IssuedCertificate.Request REQUEST = new IssuedCertificate.Request("operator.ns.svc", 30);

    private final FakeCluster cluster = new FakeCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itIsMadeWhereThereIsNoneAndEveryReplicaReadsTheSame() throws Exception {
        var first = secret(Optional.of(REQUEST));
        var second = secret(Optional.of(REQUEST));
        assertThat(first.get().getCertValue()).isEqualTo(second.get().getCertValue());
        assertThat(first.authority()).isPresent().isEqualTo(second.authority());

        var server = certificate(first.get().getCertValue().toString(StandardCharsets.US_ASCII));
        var authority = certificate(first.authority().orElseThrow().certificates());
        server.verify(authority.getPublicKey());
        server.checkValidity();
        assertThat(authority.getBasicConstraints()).isNotNegative();
        assertThat(server.getSubjectAlternativeNames())
                .extracting(it -> (Object) it.get(1))
                .containsExactly("operator.ns.svc");

        cluster.others.secrets().inNamespace("ns").withName("tls").delete();
        var before = first.authority();
        first.get();
        assertThat(first.authority())
                .as("one that was deleted is made anew")
                .isPresent()
                .isNotEqualTo(before);
    }

    @Test
    void whoseItIsNotMakesNoneAndSaysWhatIsMissing() {
        var others = secret(Optional.empty());
        assertThatThrownBy(others::get)
                .hasMessage("Secret ns/tls: found nothing, expected a Secret with tls.crt, tls.key and ca.crt");
        write("", "key");
        assertThatThrownBy(others::get)
                .hasMessage("Secret ns/tls: found no tls.crt, expected tls.crt, tls.key and ca.crt");
    }

    /** As an issuer does whom the platform trusts: cert-manager's Secret of such a one has no authority. */
    @Test
    void anAuthorityThatIsNotSaidIsThePlatformsAndAWrongOneLeavesTheLast() {
        write("certificate", "key");
        var others = secret(Optional.empty());
        others.get();
        assertThat(others.authority()).isEmpty();

        var issued = IssuedCertificate.of(REQUEST);
        write("certificate", "key", issued.authority());
        others.get();
        write("certificate", "key", issued.authority().substring(0, 100));
        assertThatThrownBy(others::get).hasMessageStartingWith("Secret ns/tls: ca.crt: expected certificates as PEM");
        assertThat(others.authority().orElseThrow().certificates()).isEqualTo(issued.authority());
    }

    private CertificateSecret secret(Optional<IssuedCertificate.Request> own) {
        return new CertificateSecret(cluster.client, "ns", "tls", own);
    }

    private void write(String certificate, String key) {
        write(certificate, key, "");
    }

    private void write(String certificate, String key, String authority) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName("tls")
                .endMetadata()
                .addToData("tls.crt", base64(certificate))
                .addToData("tls.key", base64(key))
                .addToData("ca.crt", base64(authority))
                .build();
        cluster.others.resource(secret).createOr(it -> it.update());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
