package dev.lethe.unlearning.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PassLimitsTest {

    @Test
    void checkpointingIsTriedFirstThenHalfOfTheRowsAgainAndAgain() {
        assertThat(Stream.iterate(Optional.of(PassLimits.NONE), Optional::isPresent, it -> it.orElseThrow()
                                .tighter(5))
                        .skip(1)
                        .map(Optional::orElseThrow))
                .containsExactly(
                        PassLimits.of(true), new PassLimits(3, true), new PassLimits(2, true), new PassLimits(1, true));
    }
}
