package dev.lethe.api.stage;

import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.StageSpec;

/**
 * What a worker is told: {@code /etc/lethe/stage.json} in a pod. The spec is the resource's own, with every default
 * filled and every URI a mounted path ({@code file:/…}).
 *
 * @param apiVersion {@link #API_VERSION}
 * @param name of the stage, for progress and logs
 */
public record StageFile(String apiVersion, Kind kind, String name, String attempt, StageSpec spec) {
    public static final String API_VERSION = "stage.lethe.dev/v1alpha1";
}
