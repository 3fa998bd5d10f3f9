package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each stage kind is of use without a job. */
@ExtendWith(InCluster.class)
class StandaloneTest {
    @Test
    void anAdapterIsTrainedMergedAndMeasured(Scene scene) {
        var training = scene.apply(Manifests.training("adapter", 1) + "  ttlSecondsAfterFinished: 5\n")
                .awaitReason("Succeeded");

        var merge = scene.apply(
                        """
                        apiVersion: lethe.dev/v1alpha1
                        kind: ModelMerge
                        metadata: {name: folded}
                        spec:
                          base: {uri: pvc://models/quickstart}
                          inputs: [{name: adapter, uri: pvc://lethe-workspace/adapter/adapter, digest: '%s'}]
                          method: linear
                          workspace: {persistentVolumeClaim: lethe-workspace}
                          output: {uri: pvc://lethe-workspace/folded, form: model}
                        """
                                .formatted(training.status().digest()))
                .awaitReason("Succeeded");
        assertThat(merge.result().output().digest()).isEqualTo(merge.status().digest());

        var evaluation = scene.apply(
                        """
                        apiVersion: lethe.dev/v1alpha1
                        kind: ModelEvaluation
                        metadata: {name: measured}
                        spec:
                          model: {uri: pvc://lethe-workspace/folded}
                          forget: {uri: pvc://requests/few/forget.jsonl}
                          retain: {uri: pvc://requests/few/retain.jsonl}
                          suites: [{name: semeval2025, maxNewTokens: 4}]
                          gates: [{metric: semeval2025/retain-perplexity, max: 0.5}]
                          workspace: {persistentVolumeClaim: lethe-workspace}
                          output: {uri: pvc://lethe-workspace/measured}
                        """)
                .awaitReason("GatesFailed");
        // By now the training's Job and pod have gone. The facts stay, and nothing runs again.
        Await.until("the end of the training's Job", () -> training.jobs().isEmpty(), scene::describe);
        assertThat(training.status().phase()).isEqualTo("Succeeded");
        assertThat(training.status().attempts()).hasSize(1);
        assertThat(scene.jobs().names()).hasSize(3);
        assertThat(evaluation.status().verdict()).isEqualTo("Failed");
        assertThat(evaluation.status().document().path("metrics").has("semeval2025/forget-knowledge"))
                .isTrue();
        assertThat(scene.describe()).contains("GatesFailed: semeval2025/retain-perplexity");

        // The step of disposal: what has ended lets its claim go, and stays itself.
        assertThat(scene.pods()).hasSize(2);
        scene.kubectl("delete pvc lethe-workspace --timeout=60s");
        assertThat(scene.pods()).isEmpty();
        assertThat(merge.status().phase()).isEqualTo("Succeeded");
    }
}
