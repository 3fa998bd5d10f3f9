package dev.lethe.e2e.scene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.StageResult;
import dev.lethe.e2e.cluster.Await;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A resource of ours in a scene. */
public record Applied(Scene scene, Kind kind, String name) {
    /** The stage of this job, such as {@code train-over}, once the job has it. */
    public Applied stage(String stage) {
        var kind = Await.value(
                "stage " + stage + " of " + name,
                () -> status().stages().stream()
                        .filter(s -> s.name().equals(stage) && s.attempt() > 0)
                        .map(s -> s.kind())
                        .findFirst(),
                this::describe);
        return new Applied(scene, kind, name + "-" + stage);
    }

    public Status status() {
        return Optional.ofNullable(resource().get()).map(Status::of).orElse(Status.NONE);
    }

    /** Waits until its status is so. */
    public Applied await(String what, Predicate<Status> condition) {
        Await.until("%s %s: %s".formatted(kind, name, what), () -> condition.test(status()), this::describe);
        return this;
    }

    /** Waits until whatever is created is younger: the cluster writes times in whole seconds. */
    public Applied awaitNextSecond() {
        var next = Instant.parse(resource().require().getMetadata().getCreationTimestamp())
                .plusSeconds(1);
        Await.until("the second after " + name, () -> Instant.now().isAfter(next), this::describe);
        return this;
    }

    /** Waits until it has ended, well or badly. */
    public Applied awaitEnd() {
        return await("its end", Status::ended);
    }

    /** Waits until condition {@code Ready} has that reason; an end for another reason is a failure. */
    public Applied awaitReason(String reason) {
        return await(reason, status -> {
            var is = status.reason().equals(reason);
            assertThat(is || !status.ended())
                    .as(() -> "%s, not %s%n%s".formatted(status.reason(), reason, describe()))
                    .isTrue();
            return is;
        });
    }

    /** Waits until its worker has written a checkpoint to continue from. */
    public Applied awaitCheckpoint() {
        var checkpoints = output().replaceFirst("/([^/]+)$", "/.$1.*.work/checkpoints");
        Await.until(
                "a checkpoint in " + checkpoints,
                () -> scene.node().has("\"$(ls -d %s/* | head -1)\"".formatted(checkpoints)),
                this::describe);
        return this;
    }

    /** Where its output is on the node. */
    public String output() {
        String uri = resource().require().get("spec", "output", "uri");
        var path = uri.substring("pvc://".length()).split("/", 2);
        return scene.folder(path[0]) + "/" + path[1];
    }

    /** What its worker wrote beside its output. */
    public StageResult result() {
        return Documents.parse(name, scene.node().run("cat " + output() + "/result.json"), StageResult.class);
    }

    /** The Jobs of its attempts. */
    public List<Job> jobs() {
        return scene.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(scene.namespace())
                .withLabel("lethe.dev/name", name)
                .list()
                .getItems();
    }

    /** Its pod, once its container runs. */
    public Pod runningPod() {
        return Await.value("a running pod of " + name, () -> pods().findFirst(), this::describe);
    }

    private Stream<Pod> pods() {
        var pods = scene.client().pods().inNamespace(scene.namespace()).withLabel("lethe.dev/name", name);
        return pods.list().getItems().stream().filter(Applied::isAtWork);
    }

    /** Whether a pod's container runs, and is not about to end. */
    public static boolean isAtWork(Pod pod) {
        return pod.getStatus().getPhase().equals("Running") && pod.getMetadata().getDeletionTimestamp() == null;
    }

    public boolean hasRunningPod() {
        return pods().findAny().isPresent();
    }

    /** Kills its worker as the kernel does when memory runs out. */
    public void killWorker() {
        scene.node().kill(this::runningPod);
    }

    /** Evicts its worker, as the drain of a node does. */
    public void evictWorker() {
        scene.client()
                .pods()
                .inNamespace(scene.namespace())
                .withName(runningPod().getMetadata().getName())
                .evict();
    }

    /** Sets {@code spec.suspend}. */
    public void suspend(boolean suspend) {
        // What `kubectl patch` sends: no version that the operator's writes could make an old one.
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":%s}}".formatted(suspend));
    }

    /** Sets {@code spec.retry.maxAttempts}. */
    public void retry(int maxAttempts) {
        resource()
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"retry\":{\"maxAttempts\":%d}}}".formatted(maxAttempts));
    }

    public void delete() {
        resource().delete();
    }

    public boolean exists() {
        return resource().get() != null;
    }

    public String uid() {
        return resource().require().getMetadata().getUid();
    }

    /** The resource as {@code kubectl get -o yaml} prints it. */
    public String yaml() {
        var found = resource().require();
        found.getMetadata().setManagedFields(List.of());
        return Serialization.asYaml(found);
    }

    /** Everything that tells why it is not as expected. */
    public String describe() {
        return (exists() ? yaml() : kind + " " + name + " is not there\n") + scene.describe();
    }

    Resource<GenericKubernetesResource> resource() {
        return scene.client()
                .genericKubernetesResources("lethe.dev/v1alpha1", kind.name())
                .inNamespace(scene.namespace())
                .withName(name);
    }
}
