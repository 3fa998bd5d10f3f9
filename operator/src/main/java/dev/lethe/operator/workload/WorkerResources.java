package dev.lethe.operator.workload;

import dev.lethe.api.document.Documents;
import dev.lethe.api.document.InvalidDocument;
import dev.lethe.api.resource.Compute.ComputeResources;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Requests and limits of a worker's container, by the name of the resource. */
public record WorkerResources(Map<String, Quantity> requests, Map<String, Quantity> limits) {
    public static final WorkerResources NONE = new WorkerResources(Map.of(), Map.of());

    private static final String EPHEMERAL_STORAGE = "ephemeral-storage";

    /** A whole GPU, a part of one by MIG, and both shared in turns, by the names of NVIDIA's device plugin. */
    private static final Pattern NVIDIA_GPU = Pattern.compile("nvidia\\.com/(gpu|mig-[a-z0-9.+-]+?)(\\.shared)?");

    /**
     * Resources from {@code {"limits": {"memory": "16Gi", …}, "requests": {…}}}.
     *
     * @param where names the text in errors
     * @throws InvalidDocument naming what is no quantity, or a request above its limit
     */
    public static WorkerResources parse(String where, String json) {
        var parsed = Documents.parse(where, json, ComputeResources.class);
        var resources = of(parsed);
        check(where + ": limits", parsed.limits());
        check(where + ": requests", parsed.requests());
        resources.requests.forEach((name, request) -> {
            var limit = resources.limits.getOrDefault(name, request);
            if (request.getNumericalAmount().compareTo(limit.getNumericalAmount()) > 0) {
                throw new InvalidDocument("%s: requests: %s: found %s, expected no more than the limit, which is %s"
                        .formatted(where, name, request, limit));
            }
        });
        return resources;
    }

    private static void check(String where, @Nullable Map<String, String> quantities) {
        Objects.requireNonNullElse(quantities, Map.<String, String>of())
                .forEach((name, text) -> quantity(where + ": " + name, text));
    }

    /** @throws InvalidDocument if the text is no quantity */
    public static Quantity quantity(String where, String text) {
        try {
            var quantity = Quantity.parse(text);
            quantity.getNumericalAmount();
            return quantity;
        } catch (IllegalArgumentException e) {
            throw new InvalidDocument(where + ": found " + text + ", expected a quantity, such as 500m or 16Gi");
        }
    }

    /** The resources in a spec, whose schema allows quantities only. */
    static WorkerResources of(@Nullable ComputeResources spec) {
        return spec == null ? NONE : new WorkerResources(quantities(spec.requests()), quantities(spec.limits()));
    }

    private static Map<String, Quantity> quantities(@Nullable Map<String, String> texts) {
        var quantities = new TreeMap<String, Quantity>();
        Objects.requireNonNullElse(texts, Map.<String, String>of())
                .forEach((name, text) -> quantities.put(name, Quantity.parse(text)));
        return quantities;
    }

    /**
     * These, completed by the others' for each resource that these do not name at all: taking only a missing limit from the
     * others could leave it below the request.
     */
    WorkerResources orElse(WorkerResources others) {
        return new WorkerResources(union(requests, others.requests), union(limits, others.limits));
    }

    private Map<String, Quantity> union(Map<String, Quantity> own, Map<String, Quantity> others) {
        var union = new TreeMap<>(others);
        union.keySet().removeIf(name -> requests.containsKey(name) || limits.containsKey(name));
        union.putAll(own);
        return union;
    }

    /** The limit for what the pod may hold on its node's disk, its scratch space included. */
    Optional<Quantity> ephemeralStorage() {
        return Optional.ofNullable(limits.get(EPHEMERAL_STORAGE));
    }

    /** Whether a GPU of NVIDIA's is among them. */
    boolean haveNvidiaGpu() {
        return Stream.of(limits, requests)
                .flatMap(it -> it.entrySet().stream())
                .anyMatch(it -> NVIDIA_GPU.matcher(it.getKey()).matches()
                        && it.getValue().getNumericalAmount().signum() > 0);
    }

    ResourceRequirements requirements() {
        return new ResourceRequirementsBuilder()
                .withLimits(limits)
                .withRequests(requests)
                .build();
    }
}
