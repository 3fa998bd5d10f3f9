package dev.lethe.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.operator.Informers.Reading;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class UnreadTest {
    private static final Reading PODS = new Reading("gone", new GroupVersionKind(null, "v1", "Pod"));
    private static final Reading JOBS = new Reading("gone", new GroupVersionKind("batch", "v1", "Job"));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private List<Reading> missing = List.of(PODS, JOBS);
    private final Unread unread = new Unread(() -> new TreeSet<>(missing), reading -> "gone", meters);

    @Test
    void whatTwoLooksFindIsTold() {
        unread.look();
        assertThat(unread.told()).isEmpty();

        missing = List.of(PODS);
        unread.look();
        assertThat(unread.told()).isEqualTo("namespace gone: pods");
        assertThat(meters.get("lethe.unread").gauge().value()).isEqualTo(1);

        missing = List.of();
        unread.look();
        assertThat(unread.told()).isEmpty();
    }
}
