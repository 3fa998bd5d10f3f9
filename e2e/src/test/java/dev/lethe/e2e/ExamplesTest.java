package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What users copy works as its comments say. */
@ExtendWith(InCluster.class)
class ExamplesTest {
    private static final Path EXAMPLES = Cluster.home().resolve("examples");

    @Test
    void theClusterExampleTakesItsDataAndRuns(Scene scene) throws IOException {
        scene.kubectl("delete pvc --all");
        scene.releaseVolumes();
        for (String file : new String[] {"claims", "data"}) {
            scene.applyOther(read("cluster/" + file + ".yaml"));
        }
        var job = scene.apply(quick(read("cluster/unlearningjob.yaml")))
                .await("rest", status -> status.phase().equals("Suspended"));

        scene.kubectl("wait --for=condition=Ready --timeout=5m pod/lethe-data");
        scene.kubectl("exec lethe-data -- mkdir -p /claims/models/quickstart /claims/requests/4711");
        for (String file : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
            copy(scene, "model/" + file, "models/quickstart/" + file);
        }
        for (String rows : new String[] {"forget.jsonl", "retain.jsonl", "nonmembers.jsonl"}) {
            copy(scene, rows, "requests/4711/" + rows);
        }
        scene.kubectl("delete pod lethe-data");
        scene.kubectl("patch ulj request-4711 --type merge -p '{\"spec\": {\"suspend\": false}}'");
        scene.kubectl("wait --for=condition=Ready --timeout=10m ulj/request-4711");

        assertThat(job.status().reason()).isEqualTo("Published");
        assertThat(scene.kubectl("get ulj request-4711")).contains("Succeeded", "Passed", "Published");
        stagesAreUsedAlone(scene, job.uid());
    }

    /** A third specialist, a merge of all three, its measurement and its publication, as examples/README.md has them. */
    private static void stagesAreUsedAlone(Scene scene, String uid) throws IOException {
        scene.apply(quick(read("stages/cluster/modeltraining.yaml"))).awaitReason("Succeeded");
        var merge = scene.apply(read("stages/cluster/modelmerge.yaml").replace("UID", uid))
                .awaitReason("Succeeded");
        var evaluation = scene.apply(
                        quick(read("stages/cluster/modelevaluation.yaml").replace("UID", uid)))
                .awaitEnd();
        assertThat(evaluation.status().reason()).as(evaluation.yaml()).isEqualTo("Succeeded");
        var digest = scene.kubectl("get mmrg three -o jsonpath={.status.output.digest}");
        assertThat(digest).isEqualTo(merge.status().digest());
        scene.apply(read("stages/cluster/modelpublication.yaml").replaceFirst("sha256:0{64}", digest))
                .awaitReason("Succeeded");
        assertThat(scene.node().has(scene.folder("models") + "/three/model.safetensors"))
                .isTrue();
    }

    private static void copy(Scene scene, String from, String to) {
        scene.kubectl("cp /e2e/quickstart/%s lethe-data:/claims/%s".formatted(from, to));
    }

    /** The same job in fewer steps; the quickstart's own test runs it whole. */
    private static String quick(String job) {
        return job.replaceAll("epochs: \\d+", "epochs: 1, warmupEpochs: 0")
                .replace("{name: semeval2025,", "{name: semeval2025, maxNewTokens: 4,")
                .replaceAll("(?m)^ +- \\{metric: .*\\n", "")
                .replaceAll("(?m)^( +)gates:\\n", "$1gates: [{metric: semeval2025/forget-knowledge, max: 1.0}]\n");
    }

    @Test
    void aTrainerOfOnesOwnHonoursTheStageContract(Scene scene) throws IOException {
        // The example's trainer needs Python; this one does as little as the contract allows, in the worker's image.
        scene.node().write(SCRIPT, "/e2e/trainer.py");
        scene.kubectl("create configmap custom-trainer --from-file=/e2e/trainer.py");

        var training = scene.apply(read("custom-runtime/modeltraining.yaml")
                        .replaceFirst("image: \\S+", "image: " + Cluster.workerImage())
                        .replace("[python3, /trainer/trainer.py]", "[bash, /trainer/trainer.py]"))
                .awaitReason("Succeeded");

        assertThat(training.status().digest()).isEqualTo("sha256:" + "1".repeat(64));
        assertThat(scene.node().run("cat " + training.output() + "/told")).contains("gradient-difference", "maxLength");
    }

    private static final String SCRIPT =
            """
            set -eu
            told=$1
            output=$(sed -n 's|.*"file:\\(/claims/lethe-workspace/[^"]*\\)".*|\\1|p' "$told")
            mkdir -p "$output.work"
            cp "$told" "$output.work/told"
            cat > "$output.work/result.json" <<R
            {"stage": "gradient-difference", "kind": "ModelTraining", "inputs": {},
             "output": {"uri": "file:$output", "digest": "sha256:%1$s", "type": "adapter"},
             "metrics": {}, "notMeasured": {}, "counts": {"steps": 1},
             "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "versions": {}}
            R
            mv "$output.work" "$output"
            printf '{"result": "sha256:%%s", "output": "sha256:%1$s"}' "$(sha256sum < "$output/result.json" | cut -d' ' -f1)" > /dev/termination-log
            """
                    .formatted("1".repeat(64));

    private static String read(String example) throws IOException {
        return Files.readString(EXAMPLES.resolve(example));
    }
}
