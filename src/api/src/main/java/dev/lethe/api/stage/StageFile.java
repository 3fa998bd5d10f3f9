package dev.lethe.api.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.StageSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is told: {@code /etc/lethe/stage.json} in a pod. The spec is the resource's own, with every default
 * filled and every URI a mounted path ({@code file:/…}).
 *
 * @param apiVersion {@link #API_VERSION}
 * @param name of the stage, for progress and logs
 * @param chain what the attempts at one stage share and nobody else knows who has only their files: work that an earlier attempt
 *     left is continued, and its output taken over, where it is sealed with it. Absent for a stage that is used alone on a laptop
 */
public record StageFile(
        String apiVersion, Kind kind, String name, String attempt, StageSpec spec, @Nullable String chain) {
    public static final String API_VERSION = "stage.lethe.dev/v1alpha1";

    /** The environment variable that tells a worker how to log: {@code json}, or nothing for lines. */
    public static final String LOG_FORMAT = "LETHE_LOG_FORMAT";

    /** The same for a file that others may read. */
    public StageFile withoutChain() {
        return new StageFile(apiVersion, kind, name, attempt, spec, null);
    }
}
