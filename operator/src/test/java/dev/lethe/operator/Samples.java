package dev.lethe.operator;

import dev.lethe.api.resource.Compute;
import dev.lethe.operator.cluster.JsonText;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.workload.CertificateAuthority;
import dev.lethe.operator.workload.GpuSettings;
import dev.lethe.operator.workload.WorkerResources;
import dev.lethe.operator.workload.WorkerSettings;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects as users apply them. */
final class Samples {
    static final WorkerSettings WORKERS = madeBy("ours");

    private Samples() {}

    static WorkerSettings madeBy(String release) {
        return workers("Never", release, null, null);
    }

    static WorkerSettings workers(String authority) {
        return workers("IfNotPresent", "ours", "https://operator", new CertificateAuthority(authority));
    }

    private static WorkerSettings workers(
            String pullPolicy, String release, @Nullable String progress, @Nullable CertificateAuthority authority) {
        return new WorkerSettings(
                "worker:1",
                GpuSettings.NONE,
                pullPolicy,
                List.of(),
                Compute.ABSENT,
                null,
                WorkerResources.NONE,
                null,
                null,
                release,
                progress,
                authority);
    }

    static LetheObject job(String name) {
        return object(
                new LetheObject.UnlearningJob(),
                name,
                """
                {"recipe": "semeval2025-merge", "model": {"uri": "pvc://models/base"},
                 "forget": {"uri": "pvc://data/forget.jsonl"}, "retain": {"uri": "pvc://data/retain.jsonl"},
                 "workspace": {"persistentVolumeClaim": "work"}, "output": {"uri": "pvc://models/out"}}""");
    }

    static LetheObject merge(String name) {
        return merge(name, "");
    }

    /** @param more fields of the spec */
    static LetheObject merge(String name, String more) {
        return object(
                new LetheObject.ModelMerge(),
                name,
                """
                {"inputs": [{"name": "a", "uri": "pvc://work/a"}, {"name": "b", "uri": "pvc://work/b"}], %s
                 "output": {"uri": "pvc://work/merged"}, "workspace": {"persistentVolumeClaim": "work"}}"""
                        .formatted(more));
    }

    private static LetheObject object(LetheObject object, String name, String spec) {
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(FakeCluster.NAMESPACE)
                .build());
        object.setSpec(new JsonText(spec));
        return object;
    }
}
