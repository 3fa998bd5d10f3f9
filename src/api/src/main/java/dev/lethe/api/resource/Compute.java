package dev.lethe.api.resource;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compute for a stage's pod; a stage's own replaces the job's. A local run uses what the machine has. */
public record Compute(@Nullable ComputeResources resources) {
    /** Kubernetes resource quantities by name. */
    public record ComputeResources(@Nullable Map<String, String> limits, @Nullable Map<String, String> requests) {}
}
