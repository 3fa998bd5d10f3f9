package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/**
 * A hub that speaks Hugging Face's protocol, with the bytes of large files on another server, as there. It breaks connections where
 * it is told to.
 */
final class HubServer implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String TOKEN = "hf_secret";
    private static final int LARGE = 1000;

    private final HttpServer hub;
    private final HttpServer blobs;
    private final Map<String, Map<String, byte[]>> repositories = new TreeMap<>();
    private final Map<String, byte[]> contents = new ConcurrentHashMap<>();
    private final Map<String, String> errors = new ConcurrentHashMap<>();

    /** What was asked for, in order: {@code PATH}, with {@code !} before it where a token came with it. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Of so many bytes of an answer, how many are sent before the connection breaks. */
    volatile IntUnaryOperator cut = bytes -> bytes;

    HubServer() throws IOException {
        hub = server(this::hub);
        blobs = server(this::blob);
    }

    private interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    private HttpServer server(Answering answering) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            boolean known = exchange.getRequestHeaders().containsKey("Authorization");
            asked.add((known ? "!" : "") + exchange.getRequestURI().getPath());
            answering.answer(exchange);
        });
        server.start();
        return server;
    }

    /** @param kindAndName {@code models/OWNER/NAME} or {@code datasets/OWNER/NAME} */
    HubServer with(String kindAndName, Map<String, byte[]> files) {
        repositories.put(kindAndName, files);
        return this;
    }

    /** Has whoever comes without a token, or with one where {@code known}, told an error of the hub. */
    HubServer refusing(String kindAndName, int status, String code) {
        errors.put(kindAndName, status + " " + code);
        return this;
    }

    Map<String, String> environment() {
        return Map.of("HF_ENDPOINT", url(hub), "HF_TOKEN", TOKEN, "HF_HOME", "/nonexistent");
    }

    private static String url(HttpServer server) {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    private void hub(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String kind = path.startsWith("/datasets/") || path.startsWith("/api/datasets/") ? "datasets" : "models";
        String[] steps =
                path.replaceFirst("^/api/(models|datasets)/|^/(datasets/)?", "").split("/", 5);
        String repository = kind + "/" + steps[0] + "/" + steps[1];
        Map<String, byte[]> files = repositories.get(repository);
        String error = errors.get(repository);
        if (error != null) {
            refuse(exchange, Integer.parseInt(error.split(" ", -1)[0]), error.split(" ", -1)[1]);
        } else if (files == null) {
            refuse(exchange, 401, "RepoNotFound");
        } else if (steps.length > 3 && !List.of("main", COMMIT).contains(steps[3])) {
            refuse(exchange, 404, "RevisionNotFound");
        } else if (path.startsWith("/api/")) {
            send(exchange, listing(files).getBytes(UTF_8), 200);
        } else {
            byte[] content = files.get(steps[4]);
            if (content == null) {
                refuse(exchange, 404, "EntryNotFound");
            } else if (content.length >= LARGE) {
                String sha256 = hex("SHA-256", content);
                contents.put(sha256, content);
                exchange.getResponseHeaders().set("Location", url(blobs) + "/" + sha256 + "?signature=1");
                exchange.sendResponseHeaders(302, -1);
                exchange.close();
            } else {
                range(exchange, content);
            }
        }
    }

    private void blob(HttpExchange exchange) throws IOException {
        range(exchange, contents.get(exchange.getRequestURI().getPath().substring(1)));
    }

    private static String listing(Map<String, byte[]> files) {
        return files.entrySet().stream()
                .map(file -> """
                        {"rfilename": "%s", "size": %d, "blobId": "%s"%s}"""
                        .formatted(
                                file.getKey(),
                                file.getValue().length,
                                git(file.getValue()),
                                file.getValue().length < LARGE
                                        ? ""
                                        : ", \"lfs\": {\"sha256\": \"%s\", \"size\": %d}"
                                                .formatted(hex("SHA-256", file.getValue()), file.getValue().length)))
                .collect(Collectors.joining(",", "{\"sha\": \"" + COMMIT + "\", \"siblings\": [", "]}"));
    }

    private void range(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String[] ends = range.replace("bytes=", "").split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(Integer.parseInt(ends[1]), content.length - 1);
        exchange.getResponseHeaders().set("Content-Range", "bytes %d-%d/%d".formatted(from, to, content.length));
        send(exchange, Arrays.copyOfRange(content, from, to + 1), 206);
    }

    private void send(HttpExchange exchange, byte[] body, int status) throws IOException {
        int sent = status == 206 ? cut.applyAsInt(body.length) : body.length;
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body, 0, sent);
        exchange.getResponseBody().flush();
        exchange.close(); // where not all was sent that was promised, this breaks the connection
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", code);
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    static String git(byte[] content) {
        byte[] header = ("blob " + content.length + "\0").getBytes(UTF_8);
        byte[] all = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, all, header.length, content.length);
        return hex("SHA-1", all);
    }

    static String hex(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        blobs.stop(0);
    }
}
