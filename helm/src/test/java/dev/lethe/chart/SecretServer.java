package dev.lethe.chart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** As much of an API server as helm's {@code lookup} asks for: whether there is a Secret. */
final class SecretServer {
    private static final String RESOURCES =
            """
            {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": [
              {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": ["get"]}]}
            """;
    private static final String NOT_FOUND =
            """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            """;

    private final AtomicReference<Optional<String>> secret = new AtomicReference<>(Optional.empty());

    /** Serves for as long as the tests run, and says in a kubeconfig where. */
    static SecretServer start(Path kubeconfig) {
        try {
            var here = new SecretServer();
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", here::answer);
            server.start();
            Files.writeString(
                    kubeconfig,
                    """
                    {"apiVersion": "v1", "kind": "Config", "current-context": "c", "users": [],
                     "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:%d"}}],
                     "contexts": [{"name": "c", "context": {"cluster": "c", "user": ""}}]}
                    """
                            .formatted(server.getAddress().getPort()));
            return here;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Secret that there is from now on, as JSON; none where empty. */
    void hold(Optional<String> json) {
        secret.set(json);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var found = path.contains("/secrets/")
                ? secret.get()
                : path.equals("/api/v1") ? Optional.of(RESOURCES) : Optional.<String>empty();
        var body = found.orElse(NOT_FOUND).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(found.isPresent() ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
