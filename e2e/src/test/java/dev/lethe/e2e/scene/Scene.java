package dev.lethe.e2e.scene;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.resource.Kind;
import dev.lethe.e2e.cluster.Await;
import dev.lethe.e2e.cluster.Cluster;
import dev.lethe.e2e.cluster.Node;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A user's namespace, with Pod Security <em>restricted</em> enforced, and the {@link Claims} of a request. */
public final class Scene implements AutoCloseable {
    private final Cluster cluster;
    private final String namespace;
    private final JobWatch jobs;
    private final List<Applied> applied = new ArrayList<>();

    static Scene in(Cluster cluster) {
        return new Scene(cluster, cluster.newNamespace());
    }

    private Scene(Cluster cluster, String namespace) {
        this.cluster = cluster;
        this.namespace = namespace;
        client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
        Claims.make(this);
        jobs = JobWatch.of(client(), namespace);
    }

    /** Applies a manifest of one of our kinds. */
    public Applied apply(String manifest) {
        var resource = Serialization.unmarshal(manifest, GenericKubernetesResource.class);
        client().resource(resource).inNamespace(namespace).create();
        var made = new Applied(
                this, Kind.valueOf(resource.getKind()), resource.getMetadata().getName());
        applied.add(made);
        return made;
    }

    /** Applies anything else. */
    public void applyOther(String manifests) {
        client().load(new ByteArrayInputStream(manifests.getBytes(UTF_8)))
                .inNamespace(namespace)
                .create();
    }

    /** Makes what is not there, as a backup tool does: the operator may be faster with what it makes itself. */
    public void restore(List<HasMetadata> objects) {
        for (var object : objects) {
            var resource = client().resource(object).inNamespace(namespace);
            try {
                resource.create();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    /** Lets claims of the same names bind again. */
    public void releaseVolumes() {
        volumes().forEach(volume -> client().resource(volume)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"claimRef\":{\"uid\":null,\"resourceVersion\":null}}}"));
    }

    private List<PersistentVolume> volumes() {
        return client().persistentVolumes().list().getItems().stream()
                .filter(volume -> volume.getMetadata().getName().startsWith(namespace + "-"))
                .toList();
    }

    /** Makes a claim of another team with this model and these rows: files that a worker may read and not write. */
    public void foreignClaim(String name) {
        Claims.makeForeign(this, name);
    }

    /** What every file and folder of a claim is: name, owner, group, mode, size and when it was changed. */
    public String listing(String claim) {
        return node().run("cd %s && find . -exec stat -c '%%n %%u:%%g %%a %%s %%Y %%y' {} + | sort"
                .formatted(folder(claim)));
    }

    /** Another scene in a namespace of its own. */
    public Scene beside() {
        return in(cluster);
    }

    /** What was applied here, in that order. */
    public List<Applied> applied() {
        return List.copyOf(applied);
    }

    /** Every Job that there ever was here. */
    public JobWatch jobs() {
        return jobs;
    }

    public List<Pod> pods() {
        return client().pods().inNamespace(namespace).list().getItems();
    }

    /** Where a claim's content is on the node. */
    public String folder(String claim) {
        return "/e2e/%s/%s".formatted(namespace, claim);
    }

    public Cluster cluster() {
        return cluster;
    }

    public Node node() {
        return cluster.node();
    }

    public KubernetesClient client() {
        return cluster.client();
    }

    public String namespace() {
        return namespace;
    }

    /** What kubectl prints in this namespace. */
    public String kubectl(String arguments) {
        return node().run("kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml -n %s %s".formatted(namespace, arguments));
    }

    /** Deletes the namespace and waits until nothing is left of it. */
    public void delete() {
        client().namespaces().withName(namespace).delete();
        Await.until(
                "the end of namespace " + namespace,
                () -> client().namespaces().withName(namespace).get() == null,
                () -> client().namespaces()
                        .withName(namespace)
                        .get()
                        .getStatus()
                        .toString());
    }

    /** Pods and events, for people who look for the cause of a failure. */
    public String describe() {
        var pods = pods().stream()
                .map(pod -> "pod %s: %s".formatted(pod.getMetadata().getName(), Serialization.asJson(pod.getStatus())));
        var events = client().v1().events().inNamespace(namespace).list().getItems().stream()
                .map(Scene::line);
        return Stream.concat(pods, events).collect(Collectors.joining("\n"));
    }

    private static String line(Event event) {
        var about = event.getInvolvedObject();
        return "event %s %s: %s: %s".formatted(about.getKind(), about.getName(), event.getReason(), event.getMessage());
    }

    @Override
    public void close() {
        jobs.close();
        client().namespaces().withName(namespace).delete();
        volumes().forEach(volume -> client().resource(volume).delete());
    }
}
