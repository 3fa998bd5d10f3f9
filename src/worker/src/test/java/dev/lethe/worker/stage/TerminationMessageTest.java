package dev.lethe.worker.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.stage.StageReport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TerminationMessageTest {
    /** Letters of one, two and four bytes, at every distance from the limit. */
    @Test
    void aLongErrorIsCutBetweenTwoCharactersAndSaysSo() {
        IntStream.range(0, 16)
                .mapToObj(i -> "x".repeat(4080 + i) + "ß😀aß😀".repeat(3))
                .forEach(message -> {
                    var words = TerminationMessage.bounded(message);
                    assertThat(words.getBytes(UTF_8)).hasSizeBetween(StageReport.MAX_BYTES - 8, StageReport.MAX_BYTES);
                    assertThat(words).endsWith(" …");
                    assertThat(message).startsWith(words.substring(0, words.length() - 2));
                });
        assertThat(TerminationMessage.bounded("ß".repeat(2048))).isEqualTo("ß".repeat(2048));
    }
}
