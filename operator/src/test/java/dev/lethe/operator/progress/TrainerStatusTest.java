package dev.lethe.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.ProgressPost;
import dev.lethe.api.status.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerStatusTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void ourWorkersNumbersAreTheirProgress() {
        var body =
                """
                {"trainerStatus": {"progressPercentage": 30, "estimatedRemainingSeconds": 70, "metrics": [
                  {"name": "step", "value": "3"}, {"name": "steps", "value": "10"}, {"name": "unit", "value": "steps"},
                  {"name": "epoch", "value": "0.5"}, {"name": "loss", "value": "NaN"}, {"name": "rate", "value": "12.5"},
                  {"name": "rateUnit", "value": "tokens"}], "lastUpdatedTime": "2025-12-31T23:59:59Z"}}""";
        assertThat(parse(body, NOW))
                .isEqualTo(new Progress(
                        3, 10, "steps", 0.5, null, 12.5, "tokens", 70L, Instant.parse("2025-12-31T23:59:59Z")));
    }

    @Test
    void whatAWorkerPostsComesBackAsItWas() {
        var progress = new Progress(45, 180, "steps", 1.25, 0.5, 812.5, "tokens/s", 600L, NOW);
        assertThat(parse(Documents.line(ProgressPost.of(progress)), NOW.plusSeconds(9)))
                .isEqualTo(progress);
    }

    @Test
    void anotherTrainersPercentageIsAllThatIsUnderstood() {
        assertThat(parse("{\"trainerStatus\": {\"progressPercentage\": 250, \"more\": {}}}", NOW))
                .isEqualTo(new Progress(100, 100, "percent", null, null, null, null, null, NOW));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"trainerStatus\": 3}",
                "a secret row",
                "{\"trainerStatus\": {}} secret"
            })
    void anythingElseIsRefusedWithoutBeingQuoted(String body) {
        assertThatThrownBy(() -> parse(body, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("secret")
                .hasLineCount(1);
    }

    private static Progress parse(String body, Instant now) {
        return TrainerStatus.parse(body.getBytes(StandardCharsets.UTF_8), now);
    }
}
