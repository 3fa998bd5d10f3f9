package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is published, and what is not. */
@ExtendWith(InCluster.class)
class VerdictTest {
    @Test
    void aGateThatCannotBeMetPublishesNothingHoweverManyRoundsThereAre(Scene scene) {
        var job = scene.apply(
                        Manifests.job("greedy").replace("forget-knowledge, max: 1.0", "retain-perplexity, max: 0.5")
                                + "  rounds: 2\n")
                .awaitEnd();

        assertThat(job.status().verdict()).as(job.yaml()).isEqualTo("Failed");
        assertThat(job.status().reason()).isEqualTo("GatesFailed");
        assertThat(job.status().message()).contains("after 2 rounds", "semeval2025/retain-perplexity", "0.5");
        assertThat(scene.node().has(job.output())).isFalse();
        assertThat(scene.node().has(job.stage("eval-merge-r2").output() + "/report.html"))
                .isTrue();
    }
}
