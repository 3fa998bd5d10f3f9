package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compute for a stage's pod; a stage's own replaces the job's. A local run uses what the machine has.
 *
 * @param resources what the pod's container asks for
 */
public record Compute(@Nullable ComputeResources resources) {
    /**
     * Kubernetes resource quantities by name.
     *
     * @param limits most that the container may use, such as {@code nvidia.com/gpu: 1}
     * @param requests least that the container is given; the limits when absent
     */
    public record ComputeResources(
            @Size(max = 16) @Nullable Map<String, @Pattern(Syntax.QUANTITY) @Size(max = 32) String> limits,
            @Size(max = 16) @Nullable Map<String, @Pattern(Syntax.QUANTITY) @Size(max = 32) String> requests) {}
}
