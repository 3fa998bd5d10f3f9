package dev.lethe.operator;

import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.EventSourceHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.Status;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All informers of the operator: what they cannot read, and why. */
record Informers(Operator operator, KubernetesClient client) {
    /** A kind in a namespace, or in all. */
    record Reading(String namespace, GroupVersionKind kind) implements Comparable<Reading> {
        private static final Comparator<Reading> ORDER =
                Comparator.comparing(Reading::namespace).thenComparing(Reading::resource);

        String resource() {
            return Pluralize.toPlural(kind.getKind().toLowerCase(Locale.ROOT));
        }

        String where() {
            return everywhere() ? "all namespaces" : "namespace " + namespace;
        }

        private boolean everywhere() {
            return namespace.equals(Constants.WATCH_ALL_NAMESPACES);
        }

        private String path() {
            var api = (kind.apiVersion().contains("/") ? "/apis/" : "/api/") + kind.apiVersion();
            return api + (everywhere() ? "" : "/namespaces/" + namespace) + "/" + resource();
        }

        @Override
        public int compareTo(Reading other) {
            return ORDER.compare(this, other);
        }
    }

    private record Informer(Reading reading, InformerHealthIndicator health) {}

    private Stream<Informer> all() {
        return operator.getRegisteredControllers().stream()
                .flatMap(it -> it.getControllerHealthInfo().eventSourceHealthIndicators().values().stream())
                .flatMap(Informers::of);
    }

    private static Stream<Informer> of(EventSourceHealthIndicator source) {
        if (!(source instanceof ManagedInformerEventSource<?, ?, ?> informers)) {
            return Stream.empty();
        }
        var kind = informers.configuration() instanceof InformerEventSourceConfiguration<?> configuration
                ? configuration.getGroupVersionKind()
                : Optional.<GroupVersionKind>empty();
        return informers.informerHealthIndicators().entrySet().stream()
                .map(it -> new Informer(
                        new Reading(
                                it.getKey(), kind.orElseGet(() -> GroupVersionKind.gvkFor(informers.resourceType()))),
                        it.getValue()));
    }

    /** Whether anything of that resource has been read, in any namespace. */
    boolean read(String resource) {
        return all().anyMatch(
                        it -> it.health.hasSynced() && it.reading.resource().equals(resource));
    }

    /** What is not read now. An informer that connects anew is here for a moment. */
    SortedSet<Reading> unread() {
        return all().filter(it -> it.health.getStatus() == Status.UNHEALTHY)
                .map(Informer::reading)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** In the API server's words, why something cannot be read. */
    String why(Reading reading) {
        try {
            client.raw(reading.path() + "?limit=1", "GET", null);
            return "it can be read by now, or is slow to be";
        } catch (KubernetesClientException e) {
            return e.getStatus() == null
                    ? Objects.requireNonNullElse(e.getMessage(), "no answer")
                    : e.getStatus().getMessage();
        }
    }
}
