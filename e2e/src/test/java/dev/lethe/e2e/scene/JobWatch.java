package dev.lethe.e2e.scene;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Sees every Job that a namespace ever has: one created twice under one name counts twice. */
public final class JobWatch implements AutoCloseable {
    private final Map<String, String> nameByUid = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Job> informer;

    private JobWatch(KubernetesClient client, String namespace) {
        informer = client.batch().v1().jobs().inNamespace(namespace).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Job job) {
                nameByUid.put(job.getMetadata().getUid(), job.getMetadata().getName());
            }

            @Override
            public void onUpdate(Job before, Job after) {}

            @Override
            public void onDelete(Job job, boolean unknown) {}
        });
    }

    static JobWatch of(KubernetesClient client, String namespace) {
        return new JobWatch(client, namespace);
    }

    /** Names of all Jobs ever seen, sorted. */
    public List<String> names() {
        return nameByUid.values().stream().sorted().toList();
    }

    @Override
    public void close() {
        informer.close();
    }
}
