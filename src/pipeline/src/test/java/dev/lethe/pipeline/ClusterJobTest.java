package dev.lethe.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.pipeline.status.ConditionCheck;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterJobTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void anInvalidJobIsStalledAtOnce() {
        var third = new Specialist("third", null, null, null, null);
        var plan = new PipelinePlanner(Layout.cluster()).plan(job(List.of(third), null), List.of(), NOW);
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.status().phase()).isEqualTo(Phase.Failed);
        assertThat(plan.status().conditions())
                .extracting(Condition::type, Condition::reason, Condition::observedGeneration)
                .contains(tuple("Ready", Reason.InvalidInput, 7L), tuple("Stalled", Reason.InvalidInput, 7L));
        ConditionCheck.hold(Phase.Failed, plan.status().conditions(), 7L, 7L);

        var homeless = new PipelinePlanner(Layout.cluster()).plan(job(null, null), List.of(), NOW);
        assertThat(homeless.status().conditions().getFirst().message())
                .isEqualTo("spec.workspace: found nothing, expected the persistentVolumeClaim that the stages share");
    }

    @Test
    void aClusterJobLivesInItsClaimAndFineTunesOnWhatIsKept() {
        var ft = new Specialist("ft", new ObjectiveSpec("ft", null, null, null, null, null), null, null, null);
        var plan = new PipelinePlanner(Layout.cluster()).plan(job(List.of(ft), new Workspace("lethe")), List.of(), NOW);
        var create = (Action.CreateStage) plan.actions().getFirst();
        assertThat(create.stage().metadata())
                .isEqualTo(new Metadata(
                        "request-train-ft",
                        "ns",
                        null,
                        null,
                        Map.of("lethe.dev/job", "request", "lethe.dev/stage", "train-ft"),
                        null,
                        null));
        assertThat(create.stage().spec()).isInstanceOfSatisfying(ModelTrainingSpec.class, training -> {
            assertThat(training.outputUri()).isEqualTo("pvc://lethe/request/stages/train-ft/output");
            assertThat(training.data()).isEqualTo(Source.of("pvc://c/retain"));
            assertThat(training.forget()).isNull();
            assertThat(training.workspace()).isEqualTo(new Workspace("lethe"));
        });
    }

    private static Resource<UnlearningJobSpec, UnlearningJobStatus> job(
            List<Specialist> specialists, Workspace workspace) {
        var spec = new UnlearningJobSpec(
                null,
                Source.of("pvc://c/model"),
                Source.of("pvc://c/forget"),
                Source.of("pvc://c/retain"),
                workspace,
                new Destination("pvc://c/out"),
                specialists,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return Resource.of(Kind.UnlearningJob, new Metadata("request", "ns", "uid", 7L, null, null, null), spec);
    }
}
