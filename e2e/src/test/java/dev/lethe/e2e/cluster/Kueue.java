package dev.lethe.e2e.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.marcnuri.helm.Helm;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;

/** A real Kueue, with two GPUs on the node and a quota of one in cluster queue {@code gpus}. */
public final class Kueue implements AutoCloseable {
    private static final String NAMESPACE = "kueue-system";
    private static final int SECONDS = 300;

    /** Everything but the GPU is plenty. */
    private static final String QUOTA =
            """
            apiVersion: kueue.x-k8s.io/v1beta1
            kind: ResourceFlavor
            metadata: {name: any}
            ---
            apiVersion: kueue.x-k8s.io/v1beta1
            kind: ClusterQueue
            metadata: {name: gpus}
            spec:
              namespaceSelector: {}
              preemption: {withinClusterQueue: LowerPriority}
              resourceGroups:
              - coveredResources: [cpu, memory, ephemeral-storage, nvidia.com/gpu]
                flavors:
                - name: any
                  resources:
                  - {name: cpu, nominalQuota: 1000}
                  - {name: memory, nominalQuota: 1000Gi}
                  - {name: ephemeral-storage, nominalQuota: 1000Gi}
                  - {name: nvidia.com/gpu, nominalQuota: 1}
            ---
            apiVersion: scheduling.k8s.io/v1
            kind: PriorityClass
            metadata: {name: urgent}
            value: 1000
            """;

    private final Cluster cluster;

    private Kueue(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Installs it from its chart, and the quota. */
    public static Kueue install(Cluster cluster, Path chart) {
        cluster.node().load("docker.io/testcluster/kueue:1");
        new Helm(chart)
                .install()
                .withName("kueue")
                .withNamespace(NAMESPACE)
                .createNamespace()
                .set("controllerManager.manager.image.repository", "docker.io/testcluster/kueue")
                .set("controllerManager.manager.image.tag", "1")
                .set("controllerManager.manager.image.pullPolicy", "IfNotPresent")
                .set("controllerManager.manager.resources.requests.cpu", "100m")
                .withKubeConfig(cluster.node().kubeconfig())
                .waitReady()
                .withTimeout(SECONDS)
                .call();
        // Its webhooks answer a moment after its pod is ready.
        Await.until(
                "Kueue's webhooks",
                () -> !cluster.client()
                        .load(new ByteArrayInputStream(QUOTA.getBytes(UTF_8)))
                        .serverSideApply()
                        .isEmpty(),
                () -> "no answer");
        cluster.gpus(2);
        return new Kueue(cluster);
    }

    /** Takes the GPUs away. Kueue stays: without it nobody would end what it holds. */
    @Override
    public void close() {
        cluster.gpus(0);
    }
}
