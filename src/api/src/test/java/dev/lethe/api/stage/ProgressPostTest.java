package dev.lethe.api.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Progress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressPostTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void progressComesBackAsItWasPosted() {
        var progress = new Progress(45, 180, "steps", 1.25, 0.5, 812.5, "tokens/s", 600L, NOW);
        String posted = Documents.line(ProgressPost.of(progress));
        assertThat(posted)
                .startsWith("{\"trainerStatus\":{\"progressPercentage\":25,\"estimatedRemainingSeconds\":600,"
                        + "\"metrics\":[{\"name\":\"step\",\"value\":\"45\"}")
                .endsWith("\"lastUpdatedTime\":\"2026-01-01T00:00:00Z\"}}");
        assertThat(read(posted)).isEqualTo(progress);
    }

    @Test
    void aForeignTrainersPercentageIsItsSteps() {
        assertThat(
                        read(
                                """
                        {"trainerStatus": {"progressPercentage": 37, "phase": "train", "metrics": [
                          {"name": "loss", "value": "NaN"}, {"name": "grad_norm", "value": "x"}, {"name": "epoch", "value": "1.5"}]}}
                        """))
                .isEqualTo(new Progress(37, 100, "percent", 1.5, null, null, null, null, NOW));
        assertThat(read("{\"trainerStatus\": {}}"))
                .isEqualTo(new Progress(0, 100, "percent", null, null, null, null, null, NOW));
    }

    private static Progress read(String document) {
        return Documents.parse("post", document, ProgressPost.class).progress(NOW);
    }
}
