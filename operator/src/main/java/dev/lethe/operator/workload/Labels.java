package dev.lethe.operator.workload;

import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.status.Attempt;
import java.util.Map;
import java.util.TreeMap;

/** Labels of every Job and pod that the operator makes. */
public final class Labels {
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String COMPONENT = "app.kubernetes.io/component";

    /** The kind of the stage resource. */
    public static final String KIND = "lethe.dev/kind";

    /** The name of the stage resource. */
    public static final String STAGE = "lethe.dev/stage";

    /** The attempt's number. */
    public static final String ATTEMPT = "lethe.dev/attempt";

    /** The UnlearningJob that the stage belongs to, where it belongs to one. */
    public static final String JOB = "lethe.dev/job";

    /** On a Job alone: the queue that admits it. */
    public static final String QUEUE = "kueue.x-k8s.io/queue-name";

    /** What informers select by. */
    public static final Map<String, String> OURS = Map.of(MANAGED_BY, "lethe", COMPONENT, "worker");

    private Labels() {}

    static Map<String, String> of(Resource<? extends StageSpec, ?> stage, Attempt attempt) {
        var labels = new TreeMap<>(OURS);
        labels.put(KIND, stage.kind().name());
        labels.put(STAGE, stage.name());
        labels.put(ATTEMPT, Integer.toString(attempt.number()));
        var given = stage.metadata().labels();
        if (given != null && given.containsKey(JOB)) {
            labels.put(JOB, given.get(JOB));
        }
        return labels;
    }
}
