package dev.lethe.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Compute;
import dev.lethe.api.resource.DecoupleSource;
import dev.lethe.api.resource.Destination;
import dev.lethe.api.resource.Execution;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Metadata;
import dev.lethe.api.resource.ModelPreparationSpec;
import dev.lethe.api.resource.ModelTrainingSpec;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.RowsSource;
import dev.lethe.api.resource.Source;
import dev.lethe.api.resource.Specialist;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.resource.Workspace;
import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.Reason;
import dev.lethe.api.status.ResolvedSettings;
import dev.lethe.api.status.StageResourceStatus;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.planner.recipe.Resolver;
import dev.lethe.planner.status.ConditionCheck;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterJobTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void anInvalidJobIsStalledAtOnce() {
        var third = new Specialist("third", null, null, null, null);
        var plan = new JobPlanner(Layout.cluster(), Timings.CLUSTER).plan(job(List.of(third), null), List.of(), NOW);
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.status().phase()).isEqualTo(Phase.Failed);
        assertThat(plan.status().conditions())
                .extracting(Condition::type, Condition::reason, Condition::observedGeneration)
                .contains(tuple("Ready", Reason.InvalidInput, 7L), tuple("Stalled", Reason.InvalidInput, 7L));
        ConditionCheck.hold(Phase.Failed, plan.status().conditions(), 7L, 7L);

        var homeless = new JobPlanner(Layout.cluster(), Timings.CLUSTER).plan(job(null, null), List.of(), NOW);
        assertThat(homeless.status().conditions().getFirst().message())
                .isEqualTo("spec.workspace: found nothing, expected the persistentVolumeClaim that the stages share");
    }

    @Test
    void aClusterJobLivesInItsClaimAndFineTunesOnWhatIsKept() {
        var ft = new Specialist("ft", ObjectiveSpec.of("ft"), null, null, null);
        var planner = new JobPlanner(Layout.cluster(), Timings.CLUSTER);
        var job = job(List.of(ft), new Workspace("lethe"));
        var prepare = (JobAction.CreateStage)
                planner.plan(job, List.of(), NOW).actions().getFirst();
        assertThat(prepare.stage().spec().writes())
                .containsExactly("pvc://lethe/request/uid/stages/prepare/output", "pvc://c/out");

        var digests = Map.of("model", "sha256:1", "forget", "sha256:2", "retain", "sha256:3");
        var create = (JobAction.CreateStage) planner.plan(job, List.of(prepared(prepare.stage(), digests)), NOW)
                .actions()
                .getFirst();
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
            assertThat(training.outputUri()).isEqualTo("pvc://lethe/request/uid/stages/train-ft/output");
            assertThat(training.data()).isEqualTo(new RowsSource("pvc://c/retain", "sha256:3", null));
            assertThat(training.forget()).isNull();
            assertThat(training.execution().workspace()).isEqualTo(new Workspace("lethe"));
        });
    }

    /** The prompts are the job's, the answers its preparation's: what a specialist reads is the file that the preparation made. */
    @Test
    void whatTheModelAnsweredIsReadFromThePreparation() {
        var po = new Specialist(
                "po", new ObjectiveSpec("po", Map.of("weights", Map.of("decouple", 1.0))), null, null, null);
        var prompts = new DecoupleSource("pvc://c/prompts", null, null, "model");
        var compute =
                Documents.parse("compute", "{\"resources\": {\"limits\": {\"nvidia.com/gpu\": 1}}}", Compute.class);
        var planner = new JobPlanner(Layout.cluster(), Timings.CLUSTER);
        var job = job(List.of(po), new Workspace("lethe"), prompts, compute);
        var prepare = (JobAction.CreateStage)
                planner.plan(job, List.of(), NOW).actions().getFirst();
        assertThat(prepare.stage().spec()).isInstanceOfSatisfying(ModelPreparationSpec.class, preparation -> {
            assertThat(preparation.sources().get("decouplePrompts")).isEqualTo(Source.of("pvc://c/prompts"));
            assertThat(preparation.execution().compute()).as("it computes").isEqualTo(compute);
        });

        var digests = Map.of("model", "sha256:1", "forget", "sha256:2", "retain", "sha256:3", "decouple", "sha256:4");
        var create = (JobAction.CreateStage) planner.plan(job, List.of(prepared(prepare.stage(), digests)), NOW)
                .actions()
                .getFirst();
        assertThat(((ModelTrainingSpec) create.stage().spec()).decouple())
                .isEqualTo(RowsSource.of("pvc://lethe/request/uid/stages/prepare/output/decouple.jsonl")
                        .pinned("sha256:4"));
    }

    /** What a preparation does not tell of cannot be held to anything: the job fails before it trains. */
    @Test
    void aPreparationThatForgetsAnInputFailsTheJob() {
        var planner = new JobPlanner(Layout.cluster(), Timings.CLUSTER);
        var job = job(null, new Workspace("lethe"));
        var prepare = (JobAction.CreateStage)
                planner.plan(job, List.of(), NOW).actions().getFirst();
        var plan = planner.plan(
                job, List.of(prepared(prepare.stage(), Map.of("model", "sha256:1", "retain", "sha256:3"))), NOW);
        assertThat(plan.actions()).isEmpty();
        assertThat(plan.status().conditions().getFirst().message())
                .isEqualTo("stage prepare: found no digest of forget, expected one of everything that the job reads");
    }

    /** Another version of the operator, with other defaults, goes on with those that the job began with. */
    @Test
    void aJobKeepsTheSettingsThatItBeganWith() {
        var planner = new JobPlanner(Layout.cluster(), Timings.CLUSTER);
        var job = job(null, new Workspace("lethe"));
        var status = planner.plan(job, List.of(), NOW).status();
        assertThat(status.resolved()).isEqualTo(Resolver.resolve(job.spec()).settings());

        var before = status.resolved();
        var other = new ResolvedSettings(
                "of-another-version",
                "none",
                List.of(before.specialists().getFirst()),
                before.merge(),
                before.evaluation(),
                1);
        var plan = planner.plan(job.withStatus(with(JobStatus.NEW, other)), List.of(), NOW);
        assertThat(plan.status().resolved()).isEqualTo(other);
        assertThat(plan.actions().getFirst()).isInstanceOfSatisfying(JobAction.CreateStage.class, create -> assertThat(
                        ((ModelPreparationSpec) create.stage().spec()).specialists())
                .isEqualTo(other.specialists()));
    }

    private static UnlearningJobStatus with(UnlearningJobStatus status, ResolvedSettings resolved) {
        var document = Documents.mapper().<ObjectNode>valueToTree(status);
        document.set("resolved", Documents.mapper().valueToTree(resolved));
        return Documents.parse("status", document.toString(), UnlearningJobStatus.class);
    }

    private static Resource<? extends StageSpec, StageResourceStatus> prepared(
            Resource<? extends StageSpec, StageResourceStatus> stage, Map<String, String> digests) {
        var done = new Condition("Ready", "True", Reason.Succeeded, null, 1L, NOW);
        return stage.withStatus(new StageResourceStatus(
                1L,
                Phase.Succeeded,
                List.of(done),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                digests,
                NOW,
                NOW,
                null,
                null));
    }

    private static Resource<UnlearningJobSpec, UnlearningJobStatus> job(
            List<Specialist> specialists, Workspace workspace) {
        return job(specialists, workspace, null, null);
    }

    private static Resource<UnlearningJobSpec, UnlearningJobStatus> job(
            List<Specialist> specialists, Workspace workspace, DecoupleSource decouple, Compute compute) {
        var spec = new UnlearningJobSpec(
                null,
                Source.of("pvc://c/model"),
                RowsSource.of("pvc://c/forget"),
                RowsSource.of("pvc://c/retain"),
                decouple,
                null,
                new Destination("pvc://c/out"),
                specialists,
                null,
                null,
                null,
                new Execution(workspace, compute, null, null, null, null, null));
        return Resource.of(Kind.UnlearningJob, new Metadata("request", "ns", "uid", 7L, null, null, null), spec);
    }
}
