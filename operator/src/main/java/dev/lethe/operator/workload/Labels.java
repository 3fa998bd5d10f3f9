package dev.lethe.operator.workload;

import dev.lethe.api.document.Sha256;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import dev.lethe.planner.StageLabels;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Labels of every Job and pod that the operator creates, besides the {@link StageLabels} of the stage. */
public final class Labels {
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String COMPONENT = "app.kubernetes.io/component";

    /** The kind of the stage resource. */
    public static final String KIND = "lethe.dev/kind";

    /** The name of the stage resource. */
    public static final String NAME = "lethe.dev/name";

    /** The attempt's number. */
    public static final String ATTEMPT = "lethe.dev/attempt";

    /** On pods only: the claim of the workspace. */
    public static final String WORKSPACE = "lethe.dev/workspace";

    /** On Jobs only: Kueue's priority class. */
    public static final String WORKLOAD_PRIORITY = "kueue.x-k8s.io/priority-class";

    /** On pods only: a digest of the certificate authority that the pod has. */
    public static final String PROGRESS_CA = "lethe.dev/progress-ca";

    /** On Jobs only: the release that made the Job. */
    public static final String RELEASE = "lethe.dev/release";

    /** On Jobs only: the queue that admits the Job. */
    public static final String QUEUE = "kueue.x-k8s.io/queue-name";

    /** The labels that informers select by. */
    public static final Map<String, String> SELECTOR = Map.of(MANAGED_BY, "lethe", COMPONENT, "worker");

    private static final int DIGEST_DIGITS = 16;
    private static final int MAX_VALUE = 63;

    private Labels() {}

    /** What stands for a text that is no label's value, such as a longer one. */
    static String digest(String text) {
        return Sha256.hex(text, DIGEST_DIGITS);
    }

    /** The mark of a release: the lease that only its replicas share. */
    public static String release(String leaseNamespace, String lease) {
        var release = leaseNamespace + "." + lease;
        return release.length() <= MAX_VALUE ? release : digest(release);
    }

    static Map<String, String> of(Resource<? extends StageSpec, ?> stage, Attempt attempt) {
        var labels = new TreeMap<>(SELECTOR);
        labels.put(KIND, stage.kind().name());
        labels.put(NAME, stage.name());
        labels.put(ATTEMPT, Integer.toString(attempt.number()));
        var given = stage.metadata().labels();
        if (given != null) {
            Stream.of(StageLabels.JOB, StageLabels.STAGE)
                    .filter(given::containsKey)
                    .forEach(it -> labels.put(it, given.get(it)));
        }
        return labels;
    }

    /**
     * The name of the stage resource that a Job or pod belongs to. Before 0.1.0 that name was the value of {@link
     * StageLabels#STAGE}, and such a Job may still run.
     */
    public static Optional<String> stageName(@Nullable Map<String, String> labels) {
        return labels == null
                ? Optional.empty()
                : Optional.ofNullable(labels.get(NAME)).or(() -> Optional.ofNullable(labels.get(StageLabels.STAGE)));
    }
}
