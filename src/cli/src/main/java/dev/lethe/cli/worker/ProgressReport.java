package dev.lethe.cli.worker;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.status.Progress;
import dev.lethe.cli.AtomicFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps {@code progress.json} and posts the same document where the stage file names a URL; not more often than somebody
 * could look. It never fails the stage.
 */
public final class ProgressReport implements Consumer<Progress>, AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Path file;
    private final Optional<Post> post;
    private Instant next = Instant.MIN;

    /** Where the document goes, and how. */
    private record Post(URI url, HttpClient client) {
        static Post to(String url) {
            return new Post(
                    URI.create(url),
                    HttpClient.newBuilder().connectTimeout(TIMEOUT).build());
        }

        void send(String document) {
            HttpRequest request = HttpRequest.newBuilder(url)
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(document))
                    .build();
            var unused = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .exceptionally(lost -> null); // the next one follows in seconds
        }
    }

    private ProgressReport(Path file, Optional<Post> post) {
        this.file = file;
        this.post = post;
    }

    /** The report of a stage, in its work folder. */
    public static ProgressReport of(StageFile stage) {
        return new ProgressReport(
                StageOutput.of(stage).work().resolve("progress.json"),
                Optional.ofNullable(stage.progressUrl()).map(Post::to));
    }

    @Override
    public void accept(Progress progress) {
        Instant now = Instant.now();
        if (now.isBefore(next) || !Files.isDirectory(file.getParent())) {
            return;
        }
        next = now.plus(EVERY);
        String document = Documents.json(progress);
        AtomicFile.write(file, document);
        post.ifPresent(to -> to.send(document));
    }

    @Override
    public void close() {
        post.ifPresent(to -> to.client.shutdownNow());
    }
}
