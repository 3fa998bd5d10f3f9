package dev.lethe.planner.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must hold of conditions so that kstatus tools read a resource rightly: the checks of fluxcd/pkg
 * {@code runtime/conditions/check}, and that what kstatus makes of them is what the phase says.
 */
public final class ConditionCheck {
    private static final Set<String> ABNORMAL_TRUE = Set.of(Conditions.RECONCILING, Conditions.STALLED);

    private ConditionCheck() {}

    /**
     * @param observed the status' {@code observedGeneration}
     * @param generation the resource's
     */
    public static void hold(Phase phase, List<Condition> conditions, Long observed, Long generation) {
        assertThat(conditions).extracting(Condition::type).doesNotHaveDuplicates();
        Map<String, Condition> byType = conditions.stream().collect(Collectors.toMap(Condition::type, it -> it));
        assertThat(byType).containsKeys(Conditions.READY, Conditions.SUCCEEDED, Conditions.FINISHED);
        assertThat(byType.keySet().containsAll(ABNORMAL_TRUE))
                .as("Reconciling and Stalled exclude each other")
                .isFalse();
        for (Condition condition : conditions) {
            assertThat(condition.status()).isIn("True", "False", "Unknown");
            assertThat(condition.lastTransitionTime()).isNotNull();
            assertThat(ABNORMAL_TRUE.contains(condition.type())
                            && !condition.status().equals("True"))
                    .as("%s is there only while true", condition.type())
                    .isFalse();
            assertThat(condition.observedGeneration())
                    .as("%s lags behind the status", condition.type())
                    .isEqualTo(observed);
        }
        assertThat(generation == null || Objects.requireNonNull(observed) <= generation)
                .as("nothing is observed before it is there")
                .isTrue();
        assertThat(kstatus(byType)).isEqualTo(expected(phase));
        assertThat(byType.get(Conditions.SUCCEEDED).status())
                .isEqualTo(phase == Phase.Succeeded ? "True" : phase.terminal() ? "False" : "Unknown");
        assertThat(byType.get(Conditions.FINISHED).status()).isEqualTo(phase.terminal() ? "True" : "False");
    }

    /** As cli-utils {@code pkg/kstatus/status} computes it of conditions that are up to date. */
    private static String kstatus(Map<String, Condition> conditions) {
        if (conditions.containsKey(Conditions.RECONCILING)) {
            return "InProgress";
        }
        if (conditions.containsKey(Conditions.STALLED)) {
            return "Failed";
        }
        return conditions.get(Conditions.READY).status().equals("True") ? "Current" : "InProgress";
    }

    private static String expected(Phase phase) {
        return switch (phase) {
            case Succeeded -> "Current";
            case Failed -> "Failed";
            default -> "InProgress";
        };
    }
}
