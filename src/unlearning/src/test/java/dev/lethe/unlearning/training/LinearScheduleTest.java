package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearScheduleTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.25", "3, 0.75", "4, 1", "8, 0.5", "12, 0", "40, 0"})
    void risesAndFalls(int step, double rate) {
        assertThat(new LinearSchedule(12, 4, 2e-4).rate(step)).isCloseTo(rate * 2e-4, within(1e-18));
    }

    @ParameterizedTest
    @CsvSource({"1112, 1, 278", "1112, 2, 139", "7, 1, 1", "1, 2, 1"})
    void stepsOfAnEpoch(int rows, int batchSize, int steps) {
        TrainingSettings published = TrainingSettings.PUBLISHED;
        TrainingSettings settings = new TrainingSettings(
                5,
                batchSize,
                batchSize,
                4,
                1e-4,
                0.01,
                1,
                256,
                0,
                published.pairing(),
                true,
                false,
                42,
                0,
                Optional.empty());
        assertThat(settings.stepsPerEpoch(rows)).isEqualTo(steps);
        assertThat(settings.schedule(rows)).isEqualTo(new LinearSchedule(5 * steps, steps, 1e-4));
    }

    @Test
    void aRunThatCannotMoveIsRefused() {
        assertThatThrownBy(() -> new LinearSchedule(1, 1, 1e-4)).hasMessageContaining("warmupEpochs");
        assertThat(new LinearSchedule(1, 0, 1e-4).rate(0)).isEqualTo(1e-4);
    }
}
