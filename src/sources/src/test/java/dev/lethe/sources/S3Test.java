package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.resource.Location;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.engine.ProgressListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3Test {
    @TempDir
    Path folder;

    private S3Server server;

    @BeforeEach
    void start() throws IOException {
        server = new S3Server();
        Bytes.model().forEach((name, content) -> server.objects.put("models/tiny/" + name, content));
        server.objects.put("4711/forget.jsonl", "{}\n".getBytes(UTF_8));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aFolderOfObjectsIsAModelWhoseListingNamesIt() throws IOException {
        Snapshot snapshot = fetch("s3://bucket/models/tiny");
        assertThat(Bytes.digests(folder.resolve("tiny"))).isEqualTo(Bytes.digests());
        assertThat(snapshot.place().uri()).isEqualTo("s3://bucket/models/tiny?etags=" + snapshot.id());
        assertThat(resolve("s3://bucket/models/tiny/")).isEqualTo(snapshot);
        server.objects.put("models/tiny/pytorch_model.bin", new byte[1]);
        assertThat(resolve(snapshot.place().uri()))
                .as("what is not taken may change")
                .isEqualTo(snapshot);
        server.objects.put("models/tiny/config.json", new byte[1]);
        assertThatThrownBy(() -> resolve(snapshot.place().uri()))
                .isInstanceOf(RefusedInput.class)
                .hasMessageMatching(
                        "s3://bucket/models/tiny: listing: found etags=.*, expected etags=" + snapshot.id());
    }

    @Test
    void anObjectIsAFileAndStaysTheSameWhileItIsFetched() {
        Snapshot snapshot = fetch("s3://bucket/4711/forget.jsonl");
        assertThat(folder.resolve("forget.jsonl")).hasContent("{}\n");
        server.objects.put("4711/forget.jsonl", "[]\n".getBytes(UTF_8));
        try (Store store = S3.of(server.environment(), Bytes.TRANSFER)) {
            assertThatThrownBy(() ->
                            Fetch.into(folder.resolve("other"), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE))
                    .isInstanceOf(SourceUnavailable.class)
                    .hasMessageContaining("it changed while it was fetched");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            s3://bucket/none | ''                          | key: found neither an object nor a folder of them, expected one of the two
            s3://other/a     | ''                          | bucket: found none of that name, expected one of the store's
            s3://bucket/a    | 403 AccessDenied            | access: found credentials that the store does not let in
            s3://bucket/a/   | 400 ExpiredToken            | the credentials are not valid now (ExpiredToken)
            s3://bucket/a/   | 503 SlowDown                | no answer in 5 tries: HTTP 503 SlowDown
            s3://bucket/a/   | 400 AuthorizationHeaderMalformed | region: found another than the bucket's, expected AWS_REGION
            """)
    void whatGoesWrongIsSaidInALine(String uri, String error, String message) {
        server.error = error;
        assertThatThrownBy(() -> resolve(uri))
                .hasMessageStartingWith(uri + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void whoIsNotKnownIsNotLetIn() {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put("AWS_ACCESS_KEY_ID", "stranger");
        try (Store store = S3.of(environment, Bytes.TRANSFER)) {
            assertThatThrownBy(() -> store.resolve((Location.Remote) Location.of("s3://bucket/4711/forget.jsonl")))
                    .isInstanceOf(RefusedInput.class);
        }
    }

    private Snapshot resolve(String uri) {
        try (Store store = S3.of(server.environment(), Bytes.TRANSFER)) {
            return store.resolve((Location.Remote) Location.of(uri));
        }
    }

    private Snapshot fetch(String uri) {
        try (Store store = S3.of(server.environment(), Bytes.TRANSFER)) {
            Snapshot snapshot = store.resolve((Location.Remote) Location.of(uri));
            Fetch.into(folder.resolve(snapshot.title()), snapshot, store, Bytes.TRANSFER, ProgressListener.NONE);
            return snapshot;
        }
    }
}
