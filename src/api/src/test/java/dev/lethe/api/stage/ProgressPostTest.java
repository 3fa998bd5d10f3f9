package dev.lethe.api.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.status.Progress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressPostTest {
    @Test
    void progressIsPostedAsKubeflowTrainerReadsIt() {
        var progress = new Progress(
                45, 180, "steps", 1.25, null, 812.5, "tokens/s", 600L, Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(Documents.line(ProgressPost.of(progress)))
                .isEqualTo(
                        """
                        {"trainerStatus":{"progressPercentage":25,"estimatedRemainingSeconds":600,"metrics":[\
                        {"name":"step","value":"45"},{"name":"steps","value":"180"},{"name":"unit","value":"steps"},\
                        {"name":"epoch","value":"1.25"},{"name":"rate","value":"812.5"},\
                        {"name":"rateUnit","value":"tokens/s"}],"lastUpdatedTime":"2026-01-01T00:00:00Z"}}""");
    }
}
