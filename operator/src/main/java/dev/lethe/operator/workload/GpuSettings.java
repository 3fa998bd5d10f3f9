package dev.lethe.operator.workload;

import dev.lethe.api.resource.Compute.Toleration;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pod of a stage that asks for an NVIDIA GPU gets besides.
 *
 * @param image of its worker, where the resource names none; that of every worker where null
 * @param tolerations taints that do not keep it away
 * @param sharedMemory the size of its {@code /dev/shm}; what the container runtime gives where null
 */
public record GpuSettings(@Nullable String image, List<Toleration> tolerations, @Nullable Quantity sharedMemory) {
    /** The same as any other pod. */
    public static final GpuSettings NONE = new GpuSettings(null, List.of(), null);

    /** The taint by which nodes with NVIDIA GPUs are kept for those who ask for one. */
    public static final Toleration TAINT = new Toleration("nvidia.com/gpu", "Exists", null, "NoSchedule", null);
}
