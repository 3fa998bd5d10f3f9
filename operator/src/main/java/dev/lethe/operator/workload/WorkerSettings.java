package dev.lethe.operator.workload;

import dev.lethe.api.resource.Compute;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator's settings for workers.
 *
 * @param image of the worker, where a resource names none
 * @param gpu what a stage that asks for a GPU gets in place of, or besides, these
 * @param pullPolicy {@code Always}, {@code IfNotPresent} or {@code Never}
 * @param pullSecrets names of secrets in the resource's namespace that pull the image
 * @param compute what a job does not say of its pods; labels, annotations, node selectors and tolerations are added to its own
 * @param logFormat {@code json}; plain lines where null
 * @param resources of the worker's container, for each resource that a job does not name
 * @param scratchLimit the most that {@code /tmp} may hold, where there is no limit for the pod's ephemeral storage; as much
 *     as there is where null
 * @param retention how long finished Jobs and pods are kept, where a resource does not say; forever where null
 * @param release the mark of the Jobs that this release makes
 * @param progressUrl base of the operator's progress endpoint, without a slash at its end; null for no progress
 * @param progressCa who signs the endpoint's certificate; null for those whom the platform trusts
 */
public record WorkerSettings(
        String image,
        GpuSettings gpu,
        String pullPolicy,
        List<String> pullSecrets,
        Compute compute,
        @Nullable String logFormat,
        WorkerResources resources,
        @Nullable Quantity scratchLimit,
        @Nullable Duration retention,
        String release,
        @Nullable String progressUrl,
        @Nullable CertificateAuthority progressCa) {

    /** These, where another signs the endpoint's certificate. */
    public WorkerSettings withProgressCa(@Nullable CertificateAuthority authority) {
        return new WorkerSettings(
                image,
                gpu,
                pullPolicy,
                pullSecrets,
                compute,
                logFormat,
                resources,
                scratchLimit,
                retention,
                release,
                progressUrl,
                authority);
    }
}
