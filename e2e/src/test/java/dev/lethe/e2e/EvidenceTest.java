package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.status.Verdict;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nothing old and nothing forged passes: what is published was measured, by this job, on the rows that it read. */
@ExtendWith(InCluster.class)
class EvidenceTest {
    /** As many bounds as fit in no summary that repeats its gates, subtasks among them. */
    private static final String MANY_GATES = IntStream.range(0, 32)
            .mapToObj(i -> "{metric: semeval2025/%s-%s%s, max: %s, min: 0, maxOfBase: 1000000, minOfBase: 0}"
                    .formatted(
                            i % 2 == 0 ? "forget" : "retain",
                            i % 4 < 2 ? "regurgitation" : "regurgitation-unicode",
                            i < 8 ? "" : "/Task1",
                            1 + i))
            .collect(Collectors.joining(", "));

    @Test
    void aRequestOfTheSameNameForOtherRowsIsCarriedOutForThose(Scene scene) {
        var manifest = Manifests.job("again").replace("{metric: semeval2025/forget-knowledge, max: 1.0}", MANY_GATES);
        var first = published(scene.apply(manifest));
        assertThat(first.status().gates())
                .hasSize(128)
                .extracting(it -> it.verdict())
                .containsOnly(Verdict.Passed);
        var forgotten = first.status().document().at("/inputs/forget").asText();
        var model = first.status().document().at("/model/digest").asText();

        first.delete();
        Await.until(
                "the end of the first request",
                () -> !first.exists() && scene.pods().isEmpty(),
                scene::describe);
        scene.node()
                .run(
                        """
                        cd %s && sed -n 23,26p 4711/forget.jsonl > few/forget.jsonl
                        rm -r %s/again
                        """
                                .formatted(scene.folder("requests"), scene.folder("models")));

        var second = published(scene.apply(manifest));
        assertThat(second.status().document().at("/inputs/forget").asText())
                .startsWith("sha256:")
                .isNotEqualTo(forgotten);
        assertThat(second.status().document().at("/model/digest").asText()).isNotEqualTo(model);
        assertThat(scene.node().run("cat %s/again/lethe-evidence.json".formatted(scene.folder("models"))))
                .contains(second.status().document().at("/inputs/forget").asText())
                .doesNotContain(forgotten);
        assertThat(scene.node().has(second.output() + "/report.html")).isTrue();

        whatABackupBringsBackWithoutItsStatusDoesNotRunAgain(scene, second);
    }

    /** Backup tools restore objects without status and without owners, unless they are told otherwise. */
    private static void whatABackupBringsBackWithoutItsStatusDoesNotRunAgain(Scene scene, Applied job) {
        var kinds = Stream.of(Kind.values()).map(kind -> kind + ".lethe.dev").collect(Collectors.joining(","));
        var backup = scene.kubectl("get -o yaml " + kinds);
        job.delete();
        Await.until(
                "the end of the job and its stages",
                () -> scene.kubectl("get -o name " + kinds).isBlank()
                        && scene.pods().isEmpty(),
                scene::describe);

        scene.restore(withoutStatusAndOwners(backup));

        job.awaitReason("Restored");
        new Applied(scene, Kind.ModelPublication, job.name() + "-publish").awaitReason("Restored");
        assertThat(scene.pods()).hasSizeLessThan(2); // a preparation, where the job came first
    }

    private static List<HasMetadata> withoutStatusAndOwners(String objects) {
        KubernetesList list = Serialization.unmarshal(objects, KubernetesList.class);
        for (var object : list.getItems()) {
            var meta = object.getMetadata();
            object.setMetadata(new ObjectMetaBuilder()
                    .withName(meta.getName())
                    .withLabels(meta.getLabels())
                    .build());
            ((GenericKubernetesResource) object).getAdditionalProperties().remove("status");
        }
        return list.getItems();
    }

    private static Applied published(Applied job) {
        return job.awaitReason("Published");
    }

    /** Who can write the workspace, and nothing else, copies one evaluation's result to where the merge's will be. */
    @Test
    void aResultThatSomebodyPlantedIsNotBelieved(Scene scene) {
        var job = scene.apply(Manifests.job("forged"));
        var base = job.stage("eval-base").awaitReason("Succeeded").output();
        var planted = base.replace("eval-base", "eval-merge");
        scene.node().run("mkdir -p $(dirname %2$s) && cp -rp %1$s %2$s".formatted(base, planted));

        job.awaitEnd();
        assertThat(job.status().reason()).as(job.yaml()).isEqualTo("StageFailed");
        assertThat(job.status().message()).contains("eval-merge", "output");
        assertThat(scene.node().has(job.output())).isFalse();
    }

    /** What a stage told of when it ended is what its file must say when it is published. */
    @Test
    void aResultThatWasChangedAfterItsStageEndedIsNotPublished(Scene scene) {
        var job = scene.apply(Manifests.job("changed"));
        var base = job.stage("eval-base").awaitReason("Succeeded").output();
        scene.node().run("sed -i 's/\"n\" : [0-9]*/\"n\" : 4711/' %s/result.json".formatted(base));

        job.awaitEnd();
        assertThat(job.status().message()).as(job.yaml()).contains("publish", "result.json: digest: found sha256:");
        assertThat(scene.node().has(job.output())).isFalse();
    }
}
