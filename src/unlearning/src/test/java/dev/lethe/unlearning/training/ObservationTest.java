package dev.lethe.unlearning.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.unlearning.training.Measured.Decision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationTest {
    private static final TrainingTarget TARGET = new TrainingTarget(0.2, 0.1, 0.98, 10, 0);
    private static final Observation BASE = new Observation(6, 1, 1, 0.1, 1, 0.05);

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # standing, forget loss, retain exact, retain loss, repairing, last,  decision
                           6,         2.1,        1.0,         0.06,       false, false, CONTINUE
                           6,        2.05,        1.0,         0.06,       false, false, FASTER
                           6,        2.05,        1.0,         0.06,        true, false, CONTINUE
                           6,         2.1,        1.0,         0.16,       false, false, GENTLER
                           6,         2.1,       0.97,         0.06,       false, false, GENTLER
                           6,         2.1,        0.5,         1.06,       false, false, STEP_BACK
                           0,         2.1,        1.0,         0.09,       false, false, DONE
                           0,         2.1,        1.0,         0.11,       false, false, REPAIR
                           0,         2.1,      0.985,         0.06,       false, false, REPAIR
                           0,         2.1,        1.0,         0.09,       false,  true, DONE
                           1,         2.1,        1.0,         0.09,       false,  true, GAVE_UP
                    """)
    void whatIsDoneFollowsFromWhatIsSeen(
            int standing,
            double forgetLoss,
            double retainExact,
            double retainLoss,
            boolean repairing,
            boolean last,
            Decision decision) {
        Observation before = new Observation(6, 0.9, 1, 1.88, 1, 0.05);
        Observation now = new Observation(standing, 0.5, 0.9, forgetLoss, retainExact, retainLoss);
        assertThat(now.decide(TARGET, BASE, before, repairing, last)).isEqualTo(decision);
    }

    @Test
    void thePaceStaysWithinItsRangeWhateverIsDecided() {
        for (Decision decision : Decision.values()) {
            Pace pace = Pace.of(1e-4);
            for (int i = 0; i < 50; i++) {
                pace = pace.after(decision, 1e-4);
            }
            assertThat(pace.rate()).isBetween(1e-4 / 8, 8e-4);
            assertThat(pace.forgetting()).isBetween(1.0 / 32, 1.0);
        }
    }
}
