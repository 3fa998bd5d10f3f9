package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lethe.api.status.Condition;
import dev.lethe.api.status.Reason;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import dev.lethe.planner.ResourceName;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Input that cannot work ends, or waits, with a reason that says what to change. */
@ExtendWith(InCluster.class)
class BadInputTest {
    private static final String FORGET = "pvc://requests/few/forget.jsonl";
    private static final String MODEL = "pvc://models/quickstart";

    @Test
    void aMissingFileIsInvalidInput(Scene scene) {
        refused(scene, FORGET, "pvc://requests/few/nothing.jsonl", "InvalidInput", "nothing.jsonl");
    }

    @Test
    void aPickleModelIsRefused(Scene scene) {
        var models = scene.folder("models");
        scene.node().run("cp -rp %1$s/quickstart %1$s/pickled".formatted(models));
        scene.node().run("mv %1$s/pickled/model.safetensors %1$s/pickled/pytorch_model.bin".formatted(models));
        refused(scene, MODEL, "pvc://models/pickled", "RefusedInput", "pytorch_model.bin");
    }

    @Test
    void aCorruptModelIsInvalidInput(Scene scene) {
        var models = scene.folder("models");
        scene.node().run("cp -rp %1$s/quickstart %1$s/corrupt".formatted(models));
        scene.node().run("truncate -s -1 %s/corrupt/model.safetensors".formatted(models));
        refused(scene, MODEL, "pvc://models/corrupt", "InvalidInput", "model.safetensors");
    }

    @Test
    void aDigestThatDiffersIsRefused(Scene scene) {
        var digest = "sha256:" + "0".repeat(64);
        refused(scene, MODEL + "}", MODEL + ", digest: '" + digest + "'}", "RefusedInput", digest);
    }

    private static void refused(Scene scene, String good, String bad, String reason, String named) {
        var training =
                scene.apply(Manifests.training("bad", 1).replace(good, bad)).awaitEnd();

        assertThat(training.status().reason()).as(training.yaml()).isEqualTo(reason);
        assertThat(training.status().message()).contains(named);
        assertThat(training.status().attempts()).hasSize(1);
        assertThat(scene.jobs().names()).hasSize(1);
    }

    @Test
    void aJobWithABadInputTrainsNothing(Scene scene) {
        var job = scene.apply(Manifests.job("bad").replace(FORGET, "pvc://requests/few/nothing.jsonl"))
                .awaitEnd();

        assertThat(job.status().reason()).as(job.yaml()).isEqualTo("StageFailed");
        assertThat(job.status().message()).contains("nothing.jsonl");
        nothingWasTrained(scene, job);
    }

    private static void nothingWasTrained(Scene scene, Applied job) {
        assertThat(scene.jobs().names()).as(job.yaml()).hasSize(1);
        assertThat(job.status().stages())
                .filteredOn(stage -> !stage.name().equals("prepare"))
                .allSatisfy(stage -> assertThat(stage.attempt()).isZero());
    }

    @Test
    void anOutputThatIsThereIsKnownBeforeAnythingIsTrained(Scene scene) {
        scene.node().run("mkdir %s/taken".formatted(scene.folder("models")));

        var job = scene.apply(Manifests.job("taken")).awaitEnd();

        assertThat(job.status().message()).contains("output: found an existing path");
        nothingWasTrained(scene, job);
    }

    @Test
    void anOutputWhoseClaimIsMissingIsKnownBeforeAnythingIsTrained(Scene scene) {
        var job = scene.apply(Manifests.job("homeless").replace("pvc://models/homeless", "pvc://absent/homeless"))
                .awaitReason("ClaimMissing");

        assertThat(job.status().message()).contains("absent");
        nothingWasTrained(scene, job);
    }

    @Test
    void ofTwoRequestsForOnePlaceTheLaterOneIsStalledUntilTheFirstIsGone(Scene scene) {
        var first = scene.apply(Manifests.job("first") + "  suspend: true\n");
        first.await("suspension", status -> status.phase().equals("Suspended"));
        first.awaitNextSecond(); // of two of one second, their UIDs say which is the earlier one
        var second = scene.apply(Manifests.job("second").replace("pvc://models/second", "pvc://models/./first/"))
                .awaitReason("DestinationTaken");
        assertThat(second.status().message()).contains("UnlearningJob first");
        assertThat(second.status().conditions())
                .extracting(Condition::type, Condition::status)
                .contains(tuple("Stalled", "True"))
                .doesNotContain(tuple("Reconciling", "True"));
        assertThat(scene.jobs().names()).isEmpty();

        first.delete();
        second.stage("prepare");
    }

    @Test
    void anExhaustedHeapIsOutOfMemoryAndTriedAgain(Scene scene) {
        var training = scene.apply(Manifests.training("small", 1)
                        .replace(
                                "  output:",
                                "  compute: {env: [{name: JAVA_TOOL_OPTIONS, value: '-Xmx6m'}]}\n"
                                        + "  retry: {maxAttempts: 2}\n  output:"))
                .awaitEnd();

        assertThat(training.status().reason()).as(training.yaml()).isEqualTo("AttemptsExhausted");
        assertThat(training.status().attempts()).hasSize(2).allSatisfy(attempt -> assertThat(attempt.reason())
                .isEqualTo(Reason.OutOfMemory));
        assertThat(training.status().message()).contains("heap");
    }

    @Test
    void aMissingClaimIsNamed(Scene scene) {
        var training = scene.apply(Manifests.training("bad", 1).replace(FORGET, "pvc://absent/forget.jsonl"))
                .awaitReason("ClaimMissing");

        assertThat(training.status().message()).contains("absent");
    }

    @Test
    void manyPodsThatALimitRangeForbidsAllSayWhatItAllows(Scene scene) {
        scene.applyOther(
                """
                apiVersion: v1
                kind: LimitRange
                metadata: {name: small}
                spec: {limits: [{type: Pod, max: {memory: 32Mi}}]}
                """);
        var trainings = IntStream.range(0, 5)
                .mapToObj(it -> scene.apply(Manifests.training("large-" + it, 1)))
                .toList();

        assertThat(trainings).allSatisfy(training -> assertThat(
                        training.awaitReason("QuotaExceeded").status().message())
                .contains("maximum memory usage per Pod is 32Mi"));
    }

    @Test
    void aDeadlineOfAPodThatNeverRanSaysWhatItWaitedFor(Scene scene) {
        var training = scene.apply(Manifests.training("waits", 1)
                        .replace(
                                "  output:",
                                "  compute: {nodeSelector: {room: attic}}\n  activeDeadlineSeconds: 10\n  output:"))
                .awaitEnd();

        assertThat(training.status().reason()).as(training.yaml()).isEqualTo("DeadlineExceeded");
        assertThat(training.status().message()).contains("never ran", "Unschedulable");
    }

    @Test
    void anImageThatCannotBePulledIsNamed(Scene scene) {
        var training = scene.apply(Manifests.training("bad", 1)
                        .replace("  output:", "  compute: {runtime: {image: 'docker.io/lethe/absent:1'}}\n  output:"))
                .awaitReason("ImagePullFailed");

        assertThat(training.status().message()).contains("docker.io/lethe/absent:1");
    }

    @Test
    void aStageWhoseNameIsTakenIsNamed(Scene scene) {
        scene.apply(Manifests.training("bad-train-over", 1) + "  suspend: true\n");

        var job = scene.apply(Manifests.job("bad")).awaitReason("NameTaken");

        assertThat(job.status().message()).contains("bad-train-over");
    }

    @Test
    void anAttemptWhoseNameIsTakenIsNamed(Scene scene) {
        var training = scene.apply(Manifests.training("bad", 1) + "  suspend: true\n");
        var name = ResourceName.attempt("bad", 1, training.uid() + "/1");
        scene.kubectl("create job %s --image=none".formatted(name));

        training.suspend(false);

        training.awaitReason("NameTaken");
        assertThat(training.status().message()).contains(name);
    }
}
