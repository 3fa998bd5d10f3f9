package dev.lethe.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * A server's certificate by an authority of its own, whose key is forgotten at once. The JDK's {@code keytool} makes both, since
 * Java has no API that does.
 *
 * @param authority as PEM, like the others
 */
record IssuedCertificate(String authority, String certificate, String key) {
    private static final String AUTHORITY = "authority";
    private static final String SERVER = "server";

    /**
     * What is asked for.
     *
     * @param host whom the certificate is for: a DNS name
     * @param days for which it is valid
     */
    record Request(String host, int days) {}

    /** @throws UncheckedIOException if no certificate can be made */
    static IssuedCertificate of(Request request) {
        try {
            var folder = Files.createTempDirectory("certificate");
            var file = folder.resolve("keys.p12");
            try {
                return of(request, file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no certificate was made: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("no certificate was made: interrupted", e));
        }
    }

    private static IssuedCertificate of(Request request, Path file) throws IOException, InterruptedException {
        var password = UUID.randomUUID().toString();
        var common = List.of(
                "-genkeypair -keyalg EC -storetype PKCS12 -validity " + request.days,
                "-keystore " + file,
                "-storepass " + password);
        keytool(common, "-alias " + AUTHORITY, "-dname CN=lethe-authority -ext bc:c -ext ku:c=keyCertSign,cRLSign");
        keytool(
                common,
                "-alias " + SERVER + " -signer " + AUTHORITY,
                "-dname CN=lethe -ext san=dns:" + request.host + " -ext ku:c=digitalSignature -ext eku=serverAuth");
        try (var in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, password.toCharArray());
            return new IssuedCertificate(
                    pem("CERTIFICATE", store.getCertificate(AUTHORITY).getEncoded()),
                    pem("CERTIFICATE", store.getCertificate(SERVER).getEncoded()),
                    pem(
                            "PRIVATE KEY",
                            store.getKey(SERVER, password.toCharArray()).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void keytool(List<String> common, String... more) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        common.forEach(it -> command.addAll(List.of(it.split(" ", -1))));
        List.of(more).forEach(it -> command.addAll(List.of(it.split(" ", -1))));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), type);
    }
}
