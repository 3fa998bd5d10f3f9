package dev.lethe.e2e.cluster;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A real Kubernetes with the operator of this build, one for all tests. */
public final class Cluster {
    /** The node's image where none is given. */
    private static final String K3S = "rancher/k3s:v1.34.4-k3s1";

    private final Node node;
    private final KubernetesClient client;
    private final Disturbances disturbances;
    private final Installation operator;
    private final AtomicInteger namespaces = new AtomicInteger();

    private Cluster(Node node, KubernetesClient client) {
        this.node = node;
        this.client = client;
        this.disturbances = new Disturbances();
        this.operator = new Installation(node, client, disturbances);
    }

    private static final class Shared {
        static final Cluster CLUSTER = start();
    }

    public static Cluster shared() {
        return Shared.CLUSTER;
    }

    private static Cluster start() {
        var image = System.getenv("LETHE_TEST_K8S_IMAGE");
        var node = Node.start(image == null || image.isBlank() ? K3S : image);
        node.load(workerImage(), "docker.io/lethe/lethe-operator:" + version());
        node.tag(workerImage(), gpuWorkerImage());
        node.folder("/e2e");
        node.copy(home().resolve("examples/quickstart"), "/e2e/quickstart");
        var cluster = new Cluster(node, node.client());
        cluster.operator.makeNamespace();
        cluster.operator.install(Map.of());
        return cluster;
    }

    public Node node() {
        return node;
    }

    public KubernetesClient client() {
        return client;
    }

    public Installation operator() {
        return operator;
    }

    /** Ends the API server's process without notice, and waits until another is ready. */
    public void killApiServer() {
        var since = Instant.now();
        node.killApiServer();
        disturbances.apiServerAway(since, Instant.now());
    }

    /** What the operator has asked for; requests that it may well be refused, after what tests did, are left out. */
    public Permissions permissions() {
        var used = Permissions.used(node.auditLog());
        return new Permissions(
                used.allowed(),
                used.refused().stream()
                        .filter(refusal -> !disturbances.explain(refusal))
                        .toList());
    }

    /** Makes the scheduler count so many GPUs; there need be none. */
    public void gpus(int count) {
        var gpus = new Quantity(Integer.toString(count));
        var name = client.nodes().list().getItems().getFirst().getMetadata().getName();
        client.nodes().withName(name).editStatus(node -> new NodeBuilder(node)
                .editStatus()
                .addToCapacity("nvidia.com/gpu", gpus)
                .addToAllocatable("nvidia.com/gpu", gpus)
                .endStatus()
                .build());
    }

    /** A name that no namespace has. */
    public String newNamespace() {
        return "scene-" + namespaces.incrementAndGet();
    }

    /** The root of this repository. */
    public static Path home() {
        return Path.of(System.getProperty("lethe.home"));
    }

    public static Path chart() {
        return home().resolve("helm/lethe");
    }

    public static String workerImage() {
        return "docker.io/lethe/lethe-worker:" + version();
    }

    /** What stages run that ask for a GPU: here the same image, as there is no GPU. */
    public static String gpuWorkerImage() {
        return Installation.GPU_WORKER + ":" + version();
    }

    private static String version() {
        return System.getProperty("lethe.version");
    }
}
