package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A registry that speaks OCI's distribution protocol, whose blobs are given to those alone who have a token of its own. */
final class RegistryServer implements AutoCloseable {
    static final String LOGIN = "Basic " + Base64.getEncoder().encodeToString("user:pass:word".getBytes(UTF_8));

    private final HttpServer server;
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();

    /** A layer: its media type, the file's path where it says one, and the digest of its bytes. */
    record Layer(String mediaType, String path, String digest) {}

    /** Puts a layer's bytes there. */
    Layer layer(String mediaType, String path, byte[] content) {
        return new Layer(mediaType, path, put(content));
    }

    RegistryServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Tags an artifact of layers; returns the digest of its manifest. */
    String with(String tag, Layer... layers) {
        String listed = Arrays.stream(layers)
                .map(layer ->
                        """
                        {"mediaType": "%s", "size": %d, "digest": "%s", "annotations": {%s}}"""
                                .formatted(
                                        layer.mediaType(),
                                        contents.get(layer.digest()).length,
                                        layer.digest(),
                                        layer.path().isEmpty()
                                                ? ""
                                                : "\"org.cncf.model.filepath\": \"" + layer.path() + "\""))
                .collect(Collectors.joining(", "));
        byte[] manifest = ("{\"schemaVersion\": 2, \"layers\": [" + listed + "]}").getBytes(UTF_8);
        contents.put(tag, manifest);
        return put(manifest);
    }

    private String put(byte[] content) {
        String digest = "sha256:" + HubServer.hex("SHA-256", content);
        contents.put(digest, content);
        return digest;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, String> answer = new TreeMap<>();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] content = contents.get(path.substring(path.lastIndexOf('/') + 1));
        if (path.equals("/token")) {
            boolean known = LOGIN.equals(authorization);
            send(exchange, known ? 200 : 401, "{\"token\": \"t\"}".getBytes(UTF_8), answer);
        } else if (!"Bearer t".equals(authorization)) {
            answer.put(
                    "WWW-Authenticate",
                    "Bearer realm=\"http://%s/token\",service=\"here\",scope=\"repository:models/tiny:pull\""
                            .formatted(host()));
            send(exchange, 401, new byte[1], answer);
        } else if (content == null) {
            send(exchange, 404, new byte[1], answer);
        } else if (path.contains("/blobs/")) {
            String[] ends = exchange.getRequestHeaders()
                    .getFirst("Range")
                    .replace("bytes=", "")
                    .split("-", -1);
            int from = Integer.parseInt(ends[0]);
            int to = Math.min(Integer.parseInt(ends[1]), content.length - 1);
            answer.put("Content-Range", "bytes %d-%d/%d".formatted(from, to, content.length));
            send(exchange, 206, Arrays.copyOfRange(content, from, to + 1), answer);
        } else {
            send(exchange, 200, content, answer);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body, Map<String, String> headers)
            throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
