package dev.lethe.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A refused request that nothing explains is seen, however many others were to be expected. */
class DisturbancesTest {
    private static final String REFUSED =
            """
            {"verb": "watch", "objectRef": {"resource": "pods", "namespace": "team"}, "requestReceivedTimestamp": "2026-01-01T00:00:%s.000001Z", \
            "user": {"extra": {"authentication.kubernetes.io/pod-name": ["%s"]}}, "annotations": {"authorization.k8s.io/decision": "forbid"}}
            """;

    @ParameterizedTest
    @CsvSource({
        // An upgrade at second 10 replaced pod old by pod new; the API server was away from second 30 to 40.
        "old, 09, false",
        "old, 11, true",
        "new, 11, false",
        "new, 29, false",
        "new, 35, true",
        "new, 41, false",
        "'', 11, false",
    })
    void explainWhatTheyDidAndNothingElse(String pod, String second, boolean explained) {
        var disturbances = new Disturbances();
        disturbances.replaced(List.of("old"), second(10));
        disturbances.replaced(List.of("old"), second(20));
        disturbances.apiServerAway(second(30), second(40));

        var permissions = Permissions.used(REFUSED.formatted(second, pod));

        assertThat(permissions.allowed()).isEmpty();
        assertThat(permissions.refused()).singleElement().satisfies(refusal -> {
            assertThat(refusal.permission()).isEqualTo("watch pods");
            assertThat(disturbances.explain(refusal)).isEqualTo(explained);
        });
    }

    private static Instant second(int second) {
        return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
    }
}
