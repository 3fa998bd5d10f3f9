package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.Phase;
import dev.lethe.api.status.StageSummary;
import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.cluster.Command;
import dev.lethe.e2e.scene.Applied;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart's rows forgotten with the published recipe, in a cluster. */
@ExtendWith(InCluster.class)
class QuickstartTest {
    @TempDir
    Path folder;

    @Test
    void theExampleEndsAsOnALaptop(Scene scene) throws IOException {
        scene.foreignClaim("shared");
        var sources = scene.listing("shared");

        var job = scene.apply(clusterExample()).awaitEnd();

        assertThat(job.status().phase()).as(job.yaml()).isEqualTo("Succeeded");
        assertThat(job.status().verdict()).isEqualTo("Passed");
        assertThat(job.status().reason()).isEqualTo("Published");
        assertThat(job.status().stages())
                .extracting(StageSummary::name)
                .containsExactlyInAnyOrder(
                        "prepare",
                        "train-over",
                        "train-under",
                        "merge",
                        "eval-base",
                        "eval-over",
                        "eval-under",
                        "eval-merge",
                        "publish");
        assertThat(job.status().stages()).allSatisfy(stage -> {
            assertThat(stage.phase()).isEqualTo(Phase.Succeeded);
            assertThat(stage.attempt()).isEqualTo(1);
        });
        assertThat(scene.jobs().names()).hasSize(job.status().stages().size());

        var merged = job.stage("merge").status().digest();
        assertThat(job.status().document().path("model").path("digest").asText())
                .isEqualTo(merged);
        assertThat(mergedHere(scene, job)).isEqualTo(merged);
        assertThat(scene.node().has(scene.folder("models") + "/olmo-1b-4711/model.safetensors"))
                .isTrue();
        assertThat(saysTheForgetSet(scene)).isFalse();
        assertThat(scene.listing("shared")).as("the sources").isEqualTo(sources);
    }

    /** The job of examples/cluster; what it reads belongs to another team. */
    private static String clusterExample() throws IOException {
        return Files.readString(Cluster.home().resolve("examples/cluster/unlearningjob.yaml"))
                .replaceFirst("(?m)^  suspend: true.*\\n", "")
                .replace("pvc://models/quickstart", "pvc://shared/quickstart")
                .replace("pvc://requests/4711", "pvc://shared/4711");
    }

    /** The digest of the same adapters' merge on this machine. */
    private String mergedHere(Scene scene, Applied job) throws IOException {
        for (String adapter : new String[] {"train-over", "train-under"}) {
            scene.node().fetch(job.stage(adapter).output(), Files.createDirectory(folder.resolve(adapter)));
        }
        Path manifest = Files.writeString(
                folder.resolve("merge.yaml"),
                """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelMerge
                metadata: {name: merge}
                spec:
                  base: {uri: file:%s}
                  inputs: [{name: over, uri: file:train-over}, {name: under, uri: file:train-under}]
                  density: 0.8
                  output: {uri: file:merged, form: model}
                """
                        .formatted(Cluster.home().resolve("examples/quickstart/model")));
        Command.run(Cluster.home(), "./lethe", "merge", "-f", manifest.toString());
        return Documents.read(folder.resolve("merged/result.json"), StageResult.class)
                .output()
                .digest();
    }

    /** Whether a row's text shows in a resource, an event or a log; "Pammi" is in the first of the forget set. */
    private static boolean saysTheForgetSet(Scene scene) {
        var pods = scene.pods().stream()
                .map(pod -> scene.kubectl("logs " + pod.getMetadata().getName()));
        var resources = scene.kubectl("get events,jobs,pods,ulj,mprp,mtrn,mmrg,mevl,mpub -o yaml");
        return Stream.concat(pods, Stream.of(resources)).anyMatch(text -> text.contains("Pammi"));
    }
}
