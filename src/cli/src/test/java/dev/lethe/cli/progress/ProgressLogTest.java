package dev.lethe.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressLogTest {
    private final AtomicLong seconds = new AtomicLong();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void anEpochOrHalfAMinuteIsALine() {
        var log = new ProgressLog("train-over", out, this::now);
        // Two epochs of 100 steps of a second: a line at the start, per epoch, and wherever half a minute has passed.
        IntStream.rangeClosed(1, 200).forEach(step -> {
            log.accept(progress(step, 200, step / 100.0));
            seconds.incrementAndGet();
        });
        assertThat(lines())
                .containsExactly(
                        "train-over: 1 of 200 steps",
                        "train-over: 31 of 200 steps",
                        "train-over: 61 of 200 steps",
                        "train-over: 91 of 200 steps",
                        "train-over: epoch 1, 100 of 200 steps",
                        "train-over: epoch 1, 130 of 200 steps",
                        "train-over: epoch 1, 160 of 200 steps",
                        "train-over: epoch 1, 190 of 200 steps",
                        "train-over: epoch 2, 200 of 200 steps");
    }

    @Test
    void withoutEpochsTimeAloneCounts() {
        var log = new ProgressLog("merge", out, this::now);
        for (int step = 1; step <= 1000; step++) {
            log.accept(progress(step, 1001, null));
        }
        assertThat(lines()).containsExactly("merge: 1 of 1001 steps");
    }

    @Test
    void aLineOfJsonIsAnObjectWhateverItSays() {
        var log = JsonLog.of(out, this::now);
        log.println("lethe: \"forget\": déjà vu");
        log.print("two ");
        log.println("parts");
        assertThat(lines())
                .containsExactly(
                        "{\"message\":\"lethe: \\\"forget\\\": déjà vu\",\"timestamp\":\"1970-01-01T00:00:00Z\"}",
                        "{\"message\":\"two parts\",\"timestamp\":\"1970-01-01T00:00:00Z\"}");
    }

    private Instant now() {
        return Instant.ofEpochSecond(seconds.get());
    }

    private String[] lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
    }

    private static Progress progress(long step, long steps, @Nullable Double epoch) {
        return new Progress(step, steps, "steps", epoch, null, null, null, null, null);
    }
}
