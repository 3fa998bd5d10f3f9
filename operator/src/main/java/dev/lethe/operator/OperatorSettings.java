package dev.lethe.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The operator's own settings: {@code lethe.…}, or {@code LETHE_…} in the environment. */
@ConfigMapping(prefix = "lethe")
public interface OperatorSettings {
    Worker worker();

    /** The namespaces that are looked at; all where none is named. */
    Optional<List<String>> namespaces();

    Progress progress();

    LeaderElection leaderElection();

    /** Whether Kueue's Workloads are watched; {@code auto}: while the cluster knows the kind. */
    @WithDefault("auto")
    Kueue kueue();

    /** Objects that are reconciled at once. */
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
        /** Has the {@code lethe} command as its entry point. */
        String image();

        @WithDefault("IfNotPresent")
        String imagePullPolicy();

        /** Names of Secrets in the namespaces of the stages. */
        Optional<List<String>> imagePullSecrets();

        /** What its container gets of each resource that a job does not name: {@code {"limits": {…}, "requests": {…}}}. */
        Optional<String> resources();

        /** The most that its {@code /tmp} may hold, such as {@code 1Gi}. */
        Optional<String> scratchLimit();

        /** Seconds from an attempt's end until its Job and pod are deleted, where a resource does not say; never where absent. */
        Optional<Long> ttlSecondsAfterFinished();
    }

    /** Where workers report to. */
    interface Progress {
        /** The base, such as {@code https://lethe-operator.lethe-system.svc}; workers report nothing where it is absent. */
        Optional<String> url();

        /** The certificate authority that workers check it by, as PEM. */
        Optional<Path> ca();

        @WithDefault("8443")
        int port();

        /** What workers are shown, as PEM. */
        @WithDefault("/etc/lethe-operator/tls/tls.crt")
        Path certificate();

        /** The certificate's key, as PEM. */
        @WithDefault("/etc/lethe-operator/tls/tls.key")
        Path key();
    }

    /** Of several replicas one acts. */
    interface LeaderElection {
        @WithDefault("true")
        boolean enabled();

        /** The Lease's name: the same for the replicas of one release, another for every other release. */
        @WithDefault("lethe-operator")
        String name();

        /** Where the Lease is; the operator's own namespace where absent. */
        Optional<String> namespace();
    }
}
