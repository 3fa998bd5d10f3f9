package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

/**
 * The claim that stages of one job share; on a laptop the work directory takes its place.
 *
 * @param persistentVolumeClaim name of the claim, in the resource's namespace
 */
public record Workspace(
        @Pattern(Syntax.OBJECT_NAME) @Size(max = Syntax.OBJECT_NAME_LENGTH) String persistentVolumeClaim) {}
