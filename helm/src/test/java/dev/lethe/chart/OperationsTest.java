package dev.lethe.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.Reason;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operations page says what every reason means, and what to do. */
class OperationsTest {
    @ParameterizedTest
    @EnumSource
    void everyReasonIsExplained(Reason reason) throws IOException {
        assertThat(Files.readString(Chart.HOME.resolve("docs/operations.md")))
                .containsPattern("(?m)^\\| `" + reason + "` \\| [^|]+ \\| [^|]+ \\|$");
    }
}
