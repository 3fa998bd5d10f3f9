package dev.lethe.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** The operator's settings: {@code lethe.…}, or {@code LETHE_…} in the environment. */
@ConfigMapping(prefix = "lethe")
public interface OperatorSettings {
    Worker worker();

    /** The namespaces to watch; all where none is named. */
    Optional<List<String>> namespaces();

    Progress progress();

    LeaderElection leaderElection();

    /**
     * Whether to watch Kueue's Workloads, while the cluster has the kind; {@code true} says so where it has not. Nothing of
     * Kueue's stops the operator.
     */
    @WithDefault("auto")
    Kueue kueue();

    /** How many objects are reconciled at once. */
    @WithDefault("12")
    int threads();

    /** Whether to watch Kueue's Workloads. */
    enum Kueue {
        AUTO,
        TRUE,
        FALSE
    }

    /** The pods of the stages. */
    interface Worker {
        /** An image with the {@code lethe} command as its entry point. */
        String image();

        Gpu gpu();

        @WithDefault("IfNotPresent")
        String imagePullPolicy();

        /** Names of Secrets in the namespaces of the stages. */
        Optional<List<String>> imagePullSecrets();

        /** What jobs do not say in their {@code compute}, in the same fields. */
        Optional<String> compute();

        /** {@code json} for logs as JSON. */
        Optional<String> logFormat();

        /** The container's resources where a job does not name them: {@code {"limits": {…}, "requests": {…}}}. */
        Optional<String> resources();

        /** The size limit of its {@code /tmp}, such as {@code 1Gi}. */
        Optional<String> scratchLimit();

        /** Seconds from an attempt's end to the deletion of its Job and pod, where a resource does not say; never where absent. */
        Optional<Long> ttlSecondsAfterFinished();
    }

    /** The pods of the stages that ask for an NVIDIA GPU. */
    interface Gpu {
        /** That of the others where absent. */
        Optional<String> image();

        /** Whether the taint {@code nvidia.com/gpu} does not keep them away. */
        @WithDefault("true")
        boolean tolerateTaint();

        /** The size of their {@code /dev/shm}, such as {@code 1Gi}; the container runtime's where absent. */
        Optional<String> sharedMemory();
    }

    /** Where workers report to. */
    interface Progress {
        /** The base URL, such as {@code https://lethe-operator.lethe-system.svc}; workers report nothing where it is absent. */
        Optional<String> url();

        @WithDefault("8443")
        int port();

        /** What the endpoint is served with. */
        Certificate secret();
    }

    /** The Secret with {@code tls.crt}, {@code tls.key} and {@code ca.crt}. */
    interface Certificate {
        @WithDefault("lethe-operator-tls")
        String name();

        /** The operator's own where absent. */
        Optional<String> namespace();

        /** Days that the certificate is valid which is made where the Secret does not exist; none is made where absent. */
        Optional<Integer> validityDays();
    }

    /** Only one of several replicas reconciles. */
    interface LeaderElection {
        @WithDefault("true")
        boolean enabled();

        /** The Lease's name, which only the replicas of one release share. */
        @WithDefault("lethe-operator")
        String name();

        /** The Lease's namespace; the operator's own where absent. */
        Optional<String> namespace();
    }
}
