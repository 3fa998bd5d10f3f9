package dev.lethe.operator.observation;

import dev.lethe.api.status.Reason;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a worker has not begun. All of it heals when the cause is mended.
 *
 * @param message in the words of the scheduler, the registry or whoever said it
 */
record Cause(Reason reason, String message) {
    /** Of the kubelet, as {@code pkg/kubelet/images} and {@code pkg/kubelet/kuberuntime} name them. */
    private static final Set<String> IMAGE = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "ImageInspectError",
            "RegistryUnavailable",
            "SignatureValidationFailed");

    private static final Set<String> CONTAINER = Set.of(
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError",
            "CreatePodSandboxError",
            "PreCreateHookError",
            "PreStartHookError");

    private static final Set<String> MOUNT = Set.of("FailedMount", "FailedAttachVolume");

    private static final Pattern NO_CLAIM = Pattern.compile("persistentvolumeclaim \"[^\"]*\" not found");

    private static final Pattern UNBOUND = Pattern.compile(
            "unbound immediate PersistentVolumeClaims|bound to non-existent persistentvolume|didn't find available persistent volumes");

    /** Of a pod whose container does not run. */
    static Optional<Cause> ofPod(WorkerState worker, List<Event> events) {
        return unscheduled(worker)
                .or(() -> worker.waiting().flatMap(it -> container(it, worker.image())))
                .or(() -> latest(events, MOUNT, worker.pod().getMetadata().getName())
                        .map(Cause::mount));
    }

    /** Of a Job whose pod could not be created. */
    static Optional<Cause> ofMissingPod(List<Event> events) {
        return latest(events, Set.of("FailedCreate"), null)
                .map(message -> new Cause(
                        message.contains("exceeded quota") ? Reason.QuotaExceeded : Reason.ConfigurationFailed,
                        message));
    }

    private static Optional<Cause> unscheduled(WorkerState worker) {
        return worker.condition("PodScheduled", "False")
                .filter(it -> "Unschedulable".equals(it.getReason()))
                .map(it -> Objects.requireNonNullElse(it.getMessage(), "no node can take the pod"))
                .map(message -> new Cause(
                        NO_CLAIM.matcher(message).find()
                                ? Reason.ClaimMissing
                                : UNBOUND.matcher(message).find() ? Reason.ClaimUnbound : Reason.Unschedulable,
                        message));
    }

    private static Optional<Cause> container(ContainerStateWaiting waiting, String image) {
        var reason = Objects.requireNonNullElse(waiting.getReason(), "");
        var words = reason + (waiting.getMessage() == null ? "" : ": " + waiting.getMessage());
        if (IMAGE.contains(reason)) {
            return Optional.of(new Cause(Reason.ImagePullFailed, image + ": " + words));
        }
        return CONTAINER.contains(reason)
                ? Optional.of(new Cause(Reason.ConfigurationFailed, words))
                : Optional.empty();
    }

    private static Cause mount(String message) {
        return new Cause(NO_CLAIM.matcher(message).find() ? Reason.ClaimMissing : Reason.ConfigurationFailed, message);
    }

    /** What the last event of those reasons says, about that object where one is named. */
    private static Optional<String> latest(List<Event> events, Set<String> reasons, @Nullable String about) {
        return events.stream()
                .filter(it -> reasons.contains(Objects.requireNonNullElse(it.getReason(), "")))
                .filter(it ->
                        about == null || about.equals(it.getInvolvedObject().getName()))
                .max(Comparator.comparing(Cause::time))
                .map(Event::getMessage);
    }

    private static String time(Event event) {
        if (event.getLastTimestamp() != null) {
            return event.getLastTimestamp();
        }
        return event.getEventTime() != null ? event.getEventTime().getTime() : "";
    }
}
