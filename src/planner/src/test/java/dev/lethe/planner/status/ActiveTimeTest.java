package dev.lethe.planner.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ActiveTimeTest {
    private static final ActiveTime NEW = new ActiveTime(null, null, null);

    @Test
    void suspendedTimeDoesNotCount() {
        var running = NEW.at(at(0), true).at(at(50), true).at(at(100), false);
        assertThat(running).isEqualTo(new ActiveTime(at(100), null, null));
        assertThat(running.deadline(60L)).contains(at(160));

        var held = running.at(at(130), true);
        assertThat(held.deadline(60L)).isEmpty();
        assertThat(held.exceeds(60L, at(1000))).isFalse();

        var resumed = held.at(at(1130), false);
        assertThat(resumed).isEqualTo(new ActiveTime(at(100), 1000L, null));
        assertThat(resumed.deadline(60L)).contains(at(1160));
        assertThat(resumed.exceeds(60L, at(1159))).isFalse();
        assertThat(resumed.exceeds(60L, at(1160))).isTrue();
        assertThat(resumed.exceeds(null, at(9999))).isFalse();

        var again = resumed.at(at(1140), true).at(at(1150), false);
        assertThat(again.deadline(60L)).contains(at(1170));
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }
}
