package dev.lethe.sources;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.InvalidInput;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Asks over HTTP. Redirects are followed, and who asks is told to nobody but the server that was asked first. */
final class WebClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_DOCUMENT_BYTES = 64 << 20;

    private static final Duration STALL = Duration.ofMinutes(1);

    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final Thread watch = Thread.ofVirtual().name("stalls").start(this::closeStalled);

    /** Each stream needs a connection of its own: one that all share is no faster than one stream. */
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();

    /**
     * What a server says; its body must be closed.
     *
     * @param uri that was asked last, after redirects
     */
    record Answer(URI uri, int status, HttpHeaders headers, InputStream body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** The whole body of a document. */
        byte[] document() throws IOException {
            try (body) {
                byte[] bytes = body.readNBytes(MOST_DOCUMENT_BYTES + 1);
                if (bytes.length > MOST_DOCUMENT_BYTES) {
                    throw new IOException("an answer of more than %d MiB".formatted(MOST_DOCUMENT_BYTES >> 20));
                }
                return bytes;
            }
        }

        /** @throws Busy where the server has too much to do, or is broken for now */
        void requireReady() throws IOException {
            if (status == 408 || status == 429 || status >= 500) {
                body.close();
                String after = header("Retry-After");
                throw new Busy(
                        "HTTP " + status + " of " + uri.getHost(),
                        Duration.ofSeconds(after.matches("\\d{1,6}") ? Long.parseLong(after) : 0));
            }
        }

        /** The bytes of a range, where the server sends it or all of the file. */
        InputStream range(long from) throws IOException {
            if (status == 206 && header("Content-Range").startsWith("bytes " + from + "-")) {
                return body;
            }
            if (status == 200) {
                body.skipNBytes(from);
                return body;
            }
            body.close();
            throw new IOException("HTTP %d of %s, expected bytes from %d on".formatted(status, uri.getHost(), from));
        }
    }

    /**
     * @param headers for every server
     * @param secret headers for the server of the URI alone
     */
    Answer get(URI uri, Map<String, String> headers, Map<String, String> secret) throws IOException {
        URI next = uri;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(next).timeout(TIMEOUT).header("User-Agent", "lethe");
            headers.forEach(request::header);
            if (sameServer(uri, next)) {
                secret.forEach(request::header);
            }
            HttpResponse<InputStream> response = send(request.build());
            String location = response.headers().firstValue("Location").orElse(null);
            if (response.statusCode() / 100 != 3 || location == null) {
                Answer answer =
                        new Answer(next, response.statusCode(), response.headers(), new Watched(response.body()));
                answer.requireReady();
                return answer;
            }
            response.body().close();
            next = redirected(next, location);
        }
        throw new IOException("more than %d redirects of %s".formatted(MOST_REDIRECTS, uri.getHost()));
    }

    /**
     * The server that a variable of the environment names, without a slash at its end.
     *
     * @throws InvalidInput where that is none
     */
    static Optional<URI> endpoint(Map<String, String> environment, String variable) {
        String text = environment.getOrDefault(variable, "").strip().replaceFirst("/+$", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null
                    && Set.of("http", "https").contains(uri.getScheme())
                    && uri.getUserInfo() == null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            // said below, as for a URI of another kind
        }
        throw InvalidInput.at("environment", variable, Location.shown(text), "https://HOST or http://HOST");
    }

    /** The header that asks for a range. */
    static Map<String, String> range(long from, long count) {
        return Map.of("Range", "bytes=%d-%d".formatted(from, from + count - 1));
    }

    /** A path of which each step is written as URLs have it. */
    static String path(String path) {
        return Arrays.stream(path.split("/", -1)).map(WebClient::step).collect(Collectors.joining("/"));
    }

    static String step(String step) {
        return URLEncoder.encode(step, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Closes streams that bring nothing: the platform's client waits for ever. */
    private final class Watched extends FilterInputStream {
        private volatile long since = System.nanoTime();

        Watched(InputStream in) {
            super(in);
            open.add(this);
        }

        @Override
        public int read() throws IOException {
            since = System.nanoTime();
            return in.read();
        }

        @Override
        public int read(byte[] block, int from, int count) throws IOException {
            since = System.nanoTime();
            return in.read(block, from, count);
        }

        @Override
        public void close() throws IOException {
            open.remove(this);
            in.close();
        }
    }

    private void closeStalled() {
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(1));
                for (Watched each : open) {
                    if (System.nanoTime() - each.since > STALL.toNanos()) {
                        each.close();
                    }
                }
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt(); // the client is closed
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static URI redirected(URI from, String location) throws IOException {
        try {
            URI next = from.resolve(location);
            boolean down = "https".equals(from.getScheme()) && !"https".equals(next.getScheme());
            if (next.getHost() == null || down || !next.getScheme().startsWith("http")) {
                throw new IOException("a redirect of %s to where nothing is fetched from".formatted(from.getHost()));
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw new IOException("a redirect of %s to no URL".formatted(from.getHost()), e);
        }
    }

    static boolean sameServer(URI one, URI other) {
        return Objects.equals(one.getScheme(), other.getScheme())
                && Objects.equals(one.getHost(), other.getHost())
                && one.getPort() == other.getPort();
    }

    @Override
    public void close() {
        watch.interrupt();
        client.shutdownNow();
    }
}
