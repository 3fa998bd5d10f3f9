package dev.lethe.api.status;

/** Why a condition, stage or attempt is as it is. Frozen by a test: a reason is never renamed. */
public enum Reason {
    /** Not begun. */
    Pending,
    /** Waits for a stage that it depends on. */
    WaitingForStage,
    /** A stage is at work. */
    Progressing,
    /** {@code spec.suspend} is true. */
    Suspended,
    /** An attempt failed and another follows. */
    Retrying,
    /** Done. */
    Succeeded,
    /** Gates passed and the model stands at its destination. */
    Published,
    /** A gate's bound was not met; a job publishes nothing. */
    GatesFailed,
    /** A gate's metric was not measured; a job publishes nothing. */
    GatesInconclusive,
    /** The worker refused its input as invalid (exit 65). */
    InvalidInput,
    /** The worker refused its input by policy, such as a pickle file or a digest that differs (exit 77). */
    RefusedInput,
    /** Every attempt failed. */
    AttemptsExhausted,
    /** {@code spec.activeDeadlineSeconds} ran out, whether or not anything ran. */
    DeadlineExceeded,
    /** An attempt was interrupted from outside; it is not counted. */
    Disrupted,
    /** An attempt failed with a temporary fault (exit 75). */
    TemporaryFailure,
    /** An attempt failed. */
    AttemptFailed,
    /** A stage failed, so the job did. */
    StageFailed,
    /** Not needed any more, because another stage failed or the verdict is not {@code Passed}. */
    Skipped,
    /** A queue has not admitted the pods yet. */
    Queued,
    /** A queue stopped the pods in favour of others; they continue from the last checkpoint. */
    Preempted,
    /** No node can take the pod. */
    Unschedulable,
    /** A quota or a LimitRange of the namespace does not let the pod be created. */
    QuotaExceeded,
    /** The image cannot be pulled. */
    ImagePullFailed,
    /** A persistentVolumeClaim does not exist. */
    ClaimMissing,
    /** A persistentVolumeClaim has no volume yet. */
    ClaimUnbound,
    /** The pod cannot be created, or its container cannot be configured, mounted or started. */
    ConfigurationFailed,
    /** The container used more memory than it may, or its Java heap or a device's memory was exhausted; another attempt follows. */
    OutOfMemory,
    /** The pod held more in its scratch space, on its node's disk, than it may. */
    OutOfScratch,
    /** The Job of a running attempt is gone. */
    JobDisappeared,
    /** An object of the name that is needed belongs to somebody else. */
    NameTaken,
    /** Another resource, which was created earlier and has not ended, writes to the same output. */
    DestinationTaken,
    /** It came back from a backup without its status: what it had done is not known, and nothing runs again. */
    Restored
}
