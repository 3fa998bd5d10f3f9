package dev.lethe.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.planner.stage.ObservedAttempt;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code observations.yaml}: what a cluster shows, in the words of its own components, and what is made of it. */
class AttemptObservationTest {
    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();

    /** One entry of the table. */
    record Row(String name, Map<?, ?> seen) {
        /** A text of the row; {@code null} where there is none. */
        String text(String key) {
            return String.valueOf((Object) seen.get(key));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        var table = AttemptObservationTest.class.getResourceAsStream("observations.yaml");
        var settings = LoadSettings.builder().setMaxAliasesForCollections(200).build();
        return ((List<?>) new Load(settings).loadFromInputStream(table))
                .stream().map(it -> (Map<?, ?>) it).map(it -> new Row((String) it.get("case"), it));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isWhatTheClusterShows(Row row) {
        var observed = AttemptObservation.of(
                CLIENT.convertValue(row.seen.get("job"), Job.class),
                all(row, "pods", Pod.class),
                all(row, "events", Event.class),
                new Queue(
                        Optional.ofNullable(
                                CLIENT.convertValue(row.seen.get("workload"), GenericKubernetesResource.class)),
                        row.seen.containsKey("unread")));
        assertThat(observed.name()).isEqualTo("s-1-0");
        assertThat(told(observed)).isEqualTo(row.text("is"));
        assertThat(String.valueOf(observed.message())).isEqualTo(row.text("says"));
        assertThat(String.valueOf(observed.started())).isEqualTo(row.text("started"));
    }

    private static String told(ObservedAttempt observed) {
        return observed.state()
                + (observed.reason() == null ? "" : " " + observed.reason())
                + (observed.exitCode() == null ? "" : " " + observed.exitCode())
                + (observed.report() == null ? "" : " " + observed.report().output());
    }

    private static <T> List<T> all(Row row, String key, Class<T> type) {
        return row.seen.get(key) instanceof List<?> list
                ? list.stream().map(it -> CLIENT.convertValue(it, type)).toList()
                : List.of();
    }
}
