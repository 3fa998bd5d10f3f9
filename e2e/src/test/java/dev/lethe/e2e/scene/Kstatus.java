package dev.lethe.e2e.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.status.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The invariants that tools for GitOps rely on, after Flux's condition checker (fluxcd/pkg, runtime/conditions/check). */
final class Kstatus {
    private Kstatus() {}

    static void check(Applied applied) {
        var resource = applied.resource().get();
        if (resource == null) {
            return;
        }
        Documents.parse(
                applied.name(), Serialization.asJson(resource), Resource.class); // strict: our records know it all
        var status = Status.of(resource);
        long generation = resource.getMetadata().getGeneration();
        Map<String, Condition> conditions =
                status.conditions().stream().collect(Collectors.toMap(Condition::type, Function.identity()));
        var where = applied.kind() + " " + applied.name() + "\n" + status;

        assertThat(status.document().path("observedGeneration").asLong(-1))
                .as(where)
                .isEqualTo(generation);
        assertThat(conditions).as(where).containsKey("Ready");
        assertThat(conditions.values())
                .as(where)
                .allSatisfy(c -> assertThat(c.observedGeneration()).isEqualTo(generation))
                .allSatisfy(c -> assertThat(c.lastTransitionTime()).isNotNull());
        var reconciling = isTrue(conditions, "Reconciling");
        var stalled = isTrue(conditions, "Stalled");
        var ready = isTrue(conditions, "Ready");
        assertThat(reconciling && stalled)
                .as("both Reconciling and Stalled: " + where)
                .isFalse();
        assertThat(ready && (reconciling || stalled))
                .as("Ready and not at rest: " + where)
                .isFalse();
        assertThat(ready).as(where).isEqualTo(status.phase().equals("Succeeded"));
        assertThat(stalled).as(where).isEqualTo(status.phase().equals("Failed"));
        assertThat(reconciling)
                .as(where)
                .isEqualTo(!status.ended() && !status.phase().equals("Skipped"));
    }

    private static boolean isTrue(Map<String, Condition> conditions, String type) {
        return conditions.containsKey(type) && conditions.get(type).status().equals("True");
    }
}
