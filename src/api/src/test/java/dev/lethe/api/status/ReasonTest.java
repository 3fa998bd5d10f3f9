package dev.lethe.api.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReasonTest {
    /** What tools and dashboards match on: add to the end of {@code reasons.txt}, never rename or remove. */
    @Test
    void reasonsAreFrozen() throws Exception {
        try (var frozen = ReasonTest.class.getResourceAsStream("reasons.txt")) {
            List<String> names = new String(frozen.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(Arrays.stream(Reason.values()).map(Reason::name)).containsExactlyInAnyOrderElementsOf(names);
        }
    }
}
