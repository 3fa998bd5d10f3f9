package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A bucket in a store that speaks S3's protocol, in path style. It answers whoever signs as {@link #environment} says. */
final class S3Server implements AutoCloseable {
    private final HttpServer server;

    /** The bucket's objects, by key. */
    final Map<String, byte[]> objects = new TreeMap<>();

    /** What everybody is told, where it is not empty: {@code STATUS CODE}. */
    volatile String error = "";

    S3Server() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    Map<String, String> environment() {
        return Map.of(
                "AWS_ENDPOINT_URL_S3",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "AWS_ACCESS_KEY_ID",
                "test",
                "AWS_SECRET_ACCESS_KEY",
                "secret",
                "AWS_REGION",
                "eu-west-1");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String signed = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/", 2);
        byte[] content = path.length == 2 ? objects.get(path[1]) : null;
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        if (!error.isEmpty()) {
            refuse(exchange, Integer.parseInt(error.split(" ", -1)[0]), error.split(" ", -1)[1]);
        } else if (!signed.contains("Credential=test/") || !signed.contains("/eu-west-1/s3/")) {
            refuse(exchange, 403, "InvalidAccessKeyId");
        } else if (!path[0].equals("bucket")) {
            refuse(exchange, 404, "NoSuchBucket");
        } else if (query.contains("list-type=2")) {
            send(
                    exchange,
                    200,
                    listing(query.replaceFirst(".*prefix=([^&]*).*", "$1")).getBytes(UTF_8));
        } else if (content == null) {
            refuse(exchange, 404, "NoSuchKey");
        } else {
            object(exchange, content);
        }
    }

    private String listing(String prefix) {
        return objects.entrySet().stream()
                .filter(it -> it.getKey().startsWith(prefix)
                        && !it.getKey().substring(prefix.length()).contains("/"))
                .map(it -> "<Contents><Key>%s</Key><Size>%d</Size><ETag>%s</ETag></Contents>"
                        .formatted(it.getKey(), it.getValue().length, tag(it.getValue())))
                .collect(Collectors.joining(
                        "", "<ListBucketResult><IsTruncated>false</IsTruncated>", "</ListBucketResult>"));
    }

    private static String tag(byte[] content) {
        return "\"" + HubServer.hex("MD5", content) + "\"";
    }

    private static void object(HttpExchange exchange, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("ETag", tag(content));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } else if (!tag(content).equals(exchange.getRequestHeaders().getFirst("If-Match"))) {
            refuse(exchange, 412, "PreconditionFailed");
        } else {
            String[] ends = exchange.getRequestHeaders()
                    .getFirst("Range")
                    .replace("bytes=", "")
                    .split("-", -1);
            int from = Integer.parseInt(ends[0]);
            int to = Math.min(Integer.parseInt(ends[1]), content.length - 1);
            exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to, content.length));
            send(exchange, 206, Arrays.copyOfRange(content, from, to + 1));
        }
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        send(
                exchange,
                status,
                "<Error><Code>%s</Code><Message>no</Message></Error>"
                        .formatted(code)
                        .getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
