package dev.lethe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.scene.InCluster;
import dev.lethe.e2e.scene.Manifests;
import dev.lethe.e2e.scene.Scene;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An operator that serves one namespace, with what a Role there allows. */
@ExtendWith(InCluster.class)
class ScopeTest {
    /** A namespace that is watched and not there: nobody can be allowed to read it. */
    static final String GONE = "gone";

    @Test
    void oneNamespaceIsServedAndNoOtherThoughAnotherIsGone(Scene scene) {
        scene.cluster()
                .operator()
                .install(Map.of(
                        "watchNamespaces[0]", scene.namespace(),
                        "watchNamespaces[1]", GONE,
                        "networkPolicy.worker.namespaces[0]", scene.namespace()));

        assertThat(scene.cluster().operator().clusterWideRules())
                .as("what the operator may do in every namespace")
                .allSatisfy(rule -> assertThat(rule.getApiGroups()).doesNotContain("lethe.dev", "batch", ""));
        assertThat(scene.kubectl("get networkpolicies")).contains("lethe-operator.lethe-system.workers");
        try (var elsewhere = scene.beside()) {
            var ignored = elsewhere.apply(Manifests.training("ignored", 1));
            scene.apply(Manifests.job("served")).stage("train-over").awaitReason("Succeeded");
            assertThat(ignored.status().conditions())
                    .as("what anybody said of it")
                    .isEmpty();
            assertThat(ignored.jobs()).isEmpty();
            ignored.delete();
        }
    }

    @AfterEach
    void everyNamespaceAgain() {
        Cluster.shared().operator().install(Map.of());
    }
}
