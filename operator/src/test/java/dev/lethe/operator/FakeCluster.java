package dev.lethe.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lethe.operator.cluster.ClusterClient;
import dev.lethe.operator.cluster.LetheObject;
import dev.lethe.operator.cluster.Ownership;
import dev.lethe.operator.job.JobCache;
import dev.lethe.operator.observation.Queue;
import dev.lethe.operator.stage.StageCache;
import dev.lethe.operator.workload.Labels;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An API server in memory, which checks the versions of statuses as a real one does, does not let the operator read a pod
 * that it does not list, remembers what was written, and can take the operator's life after any write.
 */
final class FakeCluster implements AutoCloseable, StageCache, JobCache {
    static final String NAMESPACE = "ns";

    /** What this API server signs tokens with. */
    static final String SIGNATURE = ".signed";

    /** What a client sees of the operator's death: the write is done, the answer never comes. */
    private static final int DEAD = 503;

    /** The operator's every create, update, patch and delete, but of events, as METHOD PATH. */
    final List<String> writes = new CopyOnWriteArrayList<>();

    /** What was asked to be watched. */
    final List<String> watches = new CopyOnWriteArrayList<>();

    /** Tokens that the operator asked about. */
    final AtomicInteger reviews = new AtomicInteger();

    /** Part of the paths that nobody may read, such as those of a namespace that is gone. */
    volatile @Nullable String forbidden;

    /** What admission says to every Job and stage that is created; nothing where null. */
    volatile @Nullable String denial;

    /** Whether a webhook suspends every Job that is created, as Kueue's may. */
    volatile boolean suspends;

    /** What the operator's informers cannot read. */
    volatile @Nullable String unread;

    volatile Queue queue = Queue.UNKNOWN;

    /** The time of all who act in a test but the API server: on a slow machine two clocks would drift apart. */
    volatile Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    final Set<String> revoked = ConcurrentHashMap.newKeySet();

    private final KubernetesMockServer server;

    /** The operator's own client, and one of the others', who read objects whole. */
    final NamespacedKubernetesClient client;

    final NamespacedKubernetesClient others;
    private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
    private volatile boolean dead;
    private volatile boolean operatorActs;

    FakeCluster() {
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new Dispatcher(), false);
        server.init();
        Stream.of(
                        LetheObject.UnlearningJob.class,
                        LetheObject.ModelPreparation.class,
                        LetheObject.ModelTraining.class,
                        LetheObject.ModelMerge.class,
                        LetheObject.ModelEvaluation.class,
                        LetheObject.ModelPublication.class)
                .map(CustomResourceDefinitionContext::fromCustomResourceType)
                .forEach(server::expectCustomResource);
        others = server.createClient();
        client = server.createClient(builder -> builder.withKubernetesSerialization(ClusterClient.serialization())
                .editOrNewConfig()
                .withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval(50)
                .endConfig());
    }

    /** The operator dies with its so-many-th write from now. */
    void dieAfter(int writesFromNow) {
        left.set(writesFromNow);
    }

    /** What is written meanwhile is the operator's doing. */
    void operatorActs(Runnable what) {
        operatorActs = true;
        try {
            what.run();
        } finally {
            operatorActs = false;
        }
    }

    boolean dead() {
        return dead;
    }

    void restart() {
        dead = false;
        left.set(Integer.MAX_VALUE);
    }

    @Override
    public Optional<Job> job(LetheObject stage, String name) {
        return Optional.ofNullable(client.batch()
                        .v1()
                        .jobs()
                        .inNamespace(NAMESPACE)
                        .withName(name)
                        .get())
                .filter(job -> Ownership.controls(stage, job));
    }

    @Override
    public List<Pod> pods(Job job) {
        return client.pods().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(pod -> Ownership.controls(job, pod))
                .toList();
    }

    @Override
    public List<Pod> pods(LetheObject stage) {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabel(Labels.NAME, stage.getMetadata().getName())
                .list()
                .getItems();
    }

    @Override
    public Optional<String> unread(String namespace) {
        return Optional.ofNullable(unread);
    }

    @Override
    public Queue queue(Job job) {
        return queue;
    }

    @Override
    public void rememberCreated(Job job) {}

    @Override
    public List<LetheObject> stages(LetheObject owner) {
        return allStages().stream()
                .filter(stage -> Ownership.controls(owner, stage))
                .toList();
    }

    @Override
    public List<LetheObject> orphans(LetheObject job) {
        return allStages().stream()
                .filter(stage -> Ownership.orphanOf(stage)
                        .filter(job.getMetadata().getName()::equals)
                        .isPresent())
                .toList();
    }

    @Override
    public void rememberCreated(LetheObject stage) {}

    List<LetheObject> allJobs() {
        return List.copyOf(client.resources(LetheObject.UnlearningJob.class)
                .inNamespace(NAMESPACE)
                .list()
                .getItems());
    }

    List<LetheObject> allStages() {
        return Stream.of(
                        LetheObject.ModelPreparation.class,
                        LetheObject.ModelTraining.class,
                        LetheObject.ModelMerge.class,
                        LetheObject.ModelEvaluation.class,
                        LetheObject.ModelPublication.class)
                .<LetheObject>flatMap(type -> client.resources(type).inNamespace(NAMESPACE).list().getItems().stream())
                .toList();
    }

    List<Job> jobs() {
        return jobs(NAMESPACE);
    }

    List<Job> jobs(String namespace) {
        return others.batch().v1().jobs().inNamespace(namespace).list().getItems();
    }

    @Override
    public void close() {
        client.close();
        others.close();
        server.destroy();
    }

    private final class Dispatcher extends KubernetesCrudDispatcher {
        private static final ObjectMapper JSON = new ObjectMapper();

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            if (dead) {
                return new MockResponse().setResponseCode(DEAD);
            }
            if (request.getPath().contains("watch=true")) {
                watches.add(request.getPath().replaceFirst("\\?.*", ""));
            }
            if (forbidden != null
                    && request.getMethod().equals("GET")
                    && request.getPath().contains(forbidden)) {
                return new MockResponse()
                        .setResponseCode(403)
                        .setBody("{\"kind\":\"Status\",\"code\":403,\"message\":\"may not be read\"}");
            }
            if (request.getPath().endsWith("/tokenreviews")) {
                return review(request);
            }
            if (operatorActs
                    && request.getMethod().equals("GET")
                    && request.getPath().contains("/pods/")) {
                return new MockResponse().setResponseCode(403).setBody("{\"kind\":\"Status\",\"code\":403}");
            }
            if (denial != null
                    && request.getMethod().equals("POST")
                    && !request.getPath().contains("/events")) {
                var status = JSON.createObjectNode()
                        .put("kind", "Status")
                        .put("code", 422)
                        .put("message", denial);
                return new MockResponse().setResponseCode(422).setBody(status.toString());
            }
            if (stale(request)) {
                return new MockResponse().setResponseCode(409).setBody("{\"kind\":\"Status\",\"code\":409}");
            }
            var response = super.dispatch(suspends ? suspended(request) : request);
            var path = request.getPath();
            if (!operatorActs
                    || request.getMethod().equals("GET")
                    || path.contains("/events")
                    || path.contains("/leases")) {
                return response;
            }
            writes.add(request.getMethod() + " " + path);
            dead = left.decrementAndGet() == 0;
            return dead ? new MockResponse().setResponseCode(DEAD) : response;
        }

        /** A token with our signature that nobody revoked is good, and belongs to the pod that it names. */
        private MockResponse review(RecordedRequest request) {
            reviews.incrementAndGet();
            var token = read(request.getBody()).at("/spec/token").asText();
            var review = JSON.createObjectNode()
                    .put("apiVersion", "authentication.k8s.io/v1")
                    .put("kind", "TokenReview");
            var good = token.endsWith(SIGNATURE) && !revoked.contains(token);
            var status = review.putObject("status").put("authenticated", good);
            if (good) {
                status.putArray("audiences").add("lethe-progress");
                var claims = claims(token);
                var user = status.putObject("user")
                        .put(
                                "username",
                                "system:serviceaccount:"
                                        + claims.at("/namespace").asText() + ":default");
                var extra = user.putObject("extra");
                extra.putArray("authentication.kubernetes.io/pod-name")
                        .add(claims.at("/pod/name").asText());
                extra.putArray("authentication.kubernetes.io/pod-uid")
                        .add(claims.at("/pod/uid").asText());
            }
            return new MockResponse().setResponseCode(201).setBody(review.toString());
        }

        /** A Job that is to be created, suspended; anything else as it is. */
        private static RecordedRequest suspended(RecordedRequest request) {
            if (!request.getMethod().equals("POST") || !request.getPath().endsWith("/jobs")) {
                return request;
            }
            var job = (ObjectNode) read(request.getBody());
            job.withObject("/spec").put("suspend", true);
            var body = new Buffer(job.toString().getBytes(StandardCharsets.UTF_8));
            return new RecordedRequest("HTTP/1.1", HttpMethod.POST, request.getPath(), request.getHeaders(), body);
        }

        private static JsonNode claims(String token) {
            var payload = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
            return read(new Buffer(payload)).get("kubernetes.io");
        }

        /** The in-memory server does not look at the version of a status that is put. */
        private boolean stale(RecordedRequest request) {
            if (!request.getMethod().equals("PUT") || !request.getPath().endsWith("/status")) {
                return false;
            }
            var path = request.getPath().substring(0, request.getPath().length() - "/status".length());
            var now = handleGet(path);
            return now.code() == 200 && !version(now.getBody()).equals(version(request.getBody()));
        }

        private static String version(Buffer json) {
            return read(json).at("/metadata/resourceVersion").asText();
        }

        /** Without using the buffer up. */
        private static JsonNode read(Buffer json) {
            try {
                return JSON.readTree(json.getBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
