package dev.lethe.worker.stage;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.ProgressPost;
import dev.lethe.api.status.Progress;
import dev.lethe.worker.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts progress by the contract of Kubeflow Trainer (KEP-2779): the server's URL, the file of its certificate
 * authority and the file of the token come from the environment. It sends at most one update in five seconds and one at
 * a time, and always the last one. An update that cannot be sent is lost; the stage continues.
 */
final class ProgressPush implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** A worker that is asked to stop has half a minute for everything. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final URI url;
    private final @Nullable Path token;
    private final TrustedClient client;
    private final Duration every;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    private Instant next = Instant.MIN;
    private @Nullable Progress unsent;
    private @Nullable Progress sent;

    private ProgressPush(URI url, @Nullable Path token, TrustedClient client, Duration every) {
        this.url = url;
        this.token = token;
        this.client = client;
        this.every = every;
    }

    /** Where the environment names a server. */
    static Optional<ProgressPush> of(Map<String, String> environment) {
        return of(environment, EVERY);
    }

    /** @param every the least time between two updates */
    static Optional<ProgressPush> of(Map<String, String> environment, Duration every) {
        String url = environment.get("KUBEFLOW_TRAINER_SERVER_URL");
        if (url == null || url.isBlank()) {
            return Optional.empty();
        }
        try {
            var client = new TrustedClient(path(environment.get("KUBEFLOW_TRAINER_SERVER_CA_CERT")), TIMEOUT);
            Path token = path(environment.get("KUBEFLOW_TRAINER_SERVER_TOKEN"));
            return Optional.of(new ProgressPush(URI.create(url), token, client, every));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            System.err.println("lethe: progress is not posted to " + url + ": "
                    + Failure.of(e).message());
            return Optional.empty();
        }
    }

    /** Accepts an update, and sends it if it is time. */
    void offer(Progress progress) {
        unsent = progress;
        if (last.isDone() && !Instant.now().isBefore(next)) {
            send();
        }
    }

    /** Sends the update that was held back or did not arrive, and waits for it a moment. */
    @Override
    public void close() {
        await();
        if (last.isCompletedExceptionally() && unsent == null) {
            unsent = sent;
        }
        send();
        await();
        client.close();
    }

    private void send() {
        Progress progress = unsent;
        if (progress == null) {
            return;
        }
        unsent = null;
        sent = progress;
        next = Instant.now().plus(every);
        try {
            var request = request(Documents.line(ProgressPost.of(progress)));
            last = client.current().sendAsync(request, BodyHandlers.discarding());
        } catch (IOException | IllegalArgumentException e) {
            unsent = progress; // such as a token that is just being replaced: the next update, or the end, tries again
        }
    }

    /** The token is read for every post, since it is replaced long before a training ends. */
    private HttpRequest request(String document) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(document));
        if (token != null) {
            request.header("Authorization", "Bearer " + Files.readString(token).strip());
        }
        return request.build();
    }

    private void await() {
        try {
            last.handle((answer, lost) -> answer).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException lost) {
            last.cancel(true);
        }
    }

    private static @Nullable Path path(@Nullable String file) {
        return file == null || file.isBlank() ? null : Path.of(file);
    }
}
