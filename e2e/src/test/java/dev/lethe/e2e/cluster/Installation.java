package dev.lethe.e2e.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator, installed from a chart. */
public final class Installation {
    public static final String NAMESPACE = "lethe-system";
    public static final String RELEASE = "lethe";
    static final String GPU_WORKER = "docker.io/lethe/lethe-worker-cuda";
    private static final int SECONDS = 300;
    private static final String REVISION = "pod-template-hash";
    private static final String REVISION_NUMBER = "deployment.kubernetes.io/revision";

    private final Node node;
    private final KubernetesClient client;
    private final Disturbances disturbances;

    Installation(Node node, KubernetesClient client, Disturbances disturbances) {
        this.node = node;
        this.client = client;
        this.disturbances = disturbances;
    }

    /** Its namespace, with Pod Security <em>restricted</em> enforced. */
    void makeNamespace() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    /** Installs this build's chart, or upgrades to it, with pods of a core each and room for many on the only node. */
    public void install(Map<String, Object> values) {
        var all = new HashMap<>(values);
        all.put("worker.image.cuda.repository", GPU_WORKER);
        all.put("worker.resources.requests.cpu", "10m");
        all.put("worker.resources.requests.memory", "64Mi");
        all.put("worker.resources.limits.cpu", 1);
        install(Cluster.chart(), all);
    }

    /** Installs the chart, or upgrades to it, and waits until every replica is ready. */
    public void install(Path chart, Map<String, Object> values) {
        var command = new Helm(chart)
                .upgrade()
                .install()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .resetValues()
                .withKubeConfig(node.kubeconfig())
                .waitReady()
                .withTimeout(SECONDS);
        values.forEach(command::set);
        var before = pods();
        var since = Instant.now();
        command.call();
        var revision = newestRevision();
        disturbances.replaced(
                before.stream()
                        .map(Pod::getMetadata)
                        .filter(pod -> !revision.equals(pod.getLabels().get(REVISION)))
                        .map(ObjectMeta::getName)
                        .toList(),
                since);
    }

    /** The label of the pods that the Deployment makes now; earlier ones end, perhaps a moment later. */
    private String newestRevision() {
        return client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems().stream()
                .map(ReplicaSet::getMetadata)
                .max(Comparator.comparingInt(
                        it -> Integer.parseInt(it.getAnnotations().get(REVISION_NUMBER))))
                .orElseThrow()
                .getLabels()
                .get(REVISION);
    }

    /** Adds a certificate to those that workers check the operator by: PEM, in base64. */
    public void trustAlso(String certificate) {
        var secret = client.secrets().inNamespace(NAMESPACE).withName(RELEASE + "-operator-tls");
        var trusted = Base64.getDecoder().decode(secret.require().getData().get("ca.crt"));
        var bundle =
                new String(trusted, US_ASCII) + new String(Base64.getDecoder().decode(certificate), US_ASCII);
        secret.edit(it -> new SecretBuilder(it)
                .addToData("ca.crt", Base64.getEncoder().encodeToString(bundle.getBytes(US_ASCII)))
                .build());
    }

    public List<Pod> pods() {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabel("app.kubernetes.io/name", "lethe")
                .list()
                .getItems();
    }

    /** The pod that holds the lease. */
    public Pod leader() {
        return Await.value(
                "a leader",
                () -> {
                    var holder = lease().getSpec().getHolderIdentity();
                    return pods().stream()
                            .filter(pod -> pod.getMetadata().getName().equals(holder))
                            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                            .findFirst();
                },
                () -> lease().toString());
    }

    private Lease lease() {
        return client.leases().inNamespace(NAMESPACE).list().getItems().getFirst();
    }

    /** What it may do in every namespace. */
    public List<PolicyRule> clusterWideRules() {
        return client.rbac().clusterRoleBindings().list().getItems().stream()
                .filter(binding -> isOurs(binding.getSubjects()))
                .flatMap(binding ->
                        client
                                .rbac()
                                .clusterRoles()
                                .withName(binding.getRoleRef().getName())
                                .require()
                                .getRules()
                                .stream())
                .toList();
    }

    private static boolean isOurs(List<Subject> subjects) {
        return subjects.stream().anyMatch(subject -> NAMESPACE.equals(subject.getNamespace()));
    }

    /** Ends the leader's process without notice. */
    public void killLeader() {
        node.kill(this::leader);
    }

    /** Gives the lease to somebody else: the leader finds that it is none any more. */
    public void takeLeaseAway() {
        var lease = lease();
        client.leases()
                .resource(lease)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"holderIdentity\":\"somebody-else\"}}");
    }
}
