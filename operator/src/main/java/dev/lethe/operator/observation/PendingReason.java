package dev.lethe.operator.observation;

import dev.lethe.api.status.Reason;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a worker has not started. The attempt goes on by itself once the reason is gone.
 *
 * @param message as the scheduler, the kubelet or the registry wrote it
 */
record PendingReason(Reason reason, String message) {
    /** Reasons of the kubelet, as {@code pkg/kubelet/images} and {@code pkg/kubelet/kuberuntime} name them. */
    private static final Set<String> IMAGE_REASONS = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "ImageInspectError",
            "RegistryUnavailable",
            "SignatureValidationFailed");

    private static final Set<String> CONTAINER_REASONS = Set.of(
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError",
            "CreatePodSandboxError",
            "PreCreateHookError",
            "PreStartHookError");

    private static final Set<String> MOUNT_REASONS = Set.of("FailedMount", "FailedAttachVolume");

    private static final Pattern NAME_OF_A_TRY = Pattern.compile("pods \"([^\"]*)-[a-z0-9]{5}\"");

    private static final Pattern CLAIM_MISSING = Pattern.compile("persistentvolumeclaim \"[^\"]*\" not found");

    private static final Pattern CLAIM_UNBOUND = Pattern.compile(
            "unbound immediate PersistentVolumeClaims|bound to non-existent persistentvolume|didn't find available persistent volumes");

    /** Why the container of a pod does not run. */
    static Optional<PendingReason> ofPod(WorkerState worker, List<Event> events) {
        return unscheduled(worker)
                .or(() -> worker.waiting().flatMap(it -> container(it, worker.image())))
                .or(() -> latest(
                                events,
                                MOUNT_REASONS,
                                worker.pod().getMetadata().getName())
                        .map(PendingReason::mount));
    }

    /**
     * Why the pod of a Job could not be created. Each try is for a pod of another name, which never comes to be: with it, the
     * same words would be news at every try, and a status to write.
     */
    static Optional<PendingReason> ofMissingPod(List<Event> events) {
        return latest(events, Set.of("FailedCreate"), null)
                .map(message -> NAME_OF_A_TRY.matcher(message).replaceFirst("pods \"$1\""))
                .map(message -> message.replace("(combined from similar events): ", ""))
                .map(message -> new PendingReason(Admission.reason(message), message));
    }

    private static Optional<PendingReason> unscheduled(WorkerState worker) {
        return worker.condition("PodScheduled", "False")
                .filter(it -> "Unschedulable".equals(it.getReason()))
                .map(it -> Objects.requireNonNullElse(it.getMessage(), "no node can take the pod"))
                .map(message -> new PendingReason(
                        CLAIM_MISSING.matcher(message).find()
                                ? Reason.ClaimMissing
                                : CLAIM_UNBOUND.matcher(message).find() ? Reason.ClaimUnbound : Reason.Unschedulable,
                        message));
    }

    private static Optional<PendingReason> container(ContainerStateWaiting waiting, String image) {
        var reason = Objects.requireNonNullElse(waiting.getReason(), "");
        var message = reason + (waiting.getMessage() == null ? "" : ": " + waiting.getMessage());
        if (IMAGE_REASONS.contains(reason)) {
            return Optional.of(new PendingReason(Reason.ImagePullFailed, image + ": " + message));
        }
        return CONTAINER_REASONS.contains(reason)
                ? Optional.of(new PendingReason(Reason.ConfigurationFailed, message))
                : Optional.empty();
    }

    private static PendingReason mount(String message) {
        return new PendingReason(
                CLAIM_MISSING.matcher(message).find() ? Reason.ClaimMissing : Reason.ConfigurationFailed, message);
    }

    /** The message of the last event with one of the reasons, about that object where one is named. */
    private static Optional<String> latest(List<Event> events, Set<String> reasons, @Nullable String about) {
        return events.stream()
                .filter(it -> reasons.contains(Objects.requireNonNullElse(it.getReason(), "")))
                .filter(it ->
                        about == null || about.equals(it.getInvolvedObject().getName()))
                .max(EventTime.ORDER)
                .map(Event::getMessage);
    }
}
