package dev.lethe.cli.manifest;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.merge.InvalidInput;
import dev.lethe.worker.FileUris;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads manifests strictly, with absolute URIs for this machine. */
public final class Manifests {
    private Manifests() {}

    public static Resource<UnlearningJobSpec, UnlearningJobStatus> job(Path manifest) {
        return Documents.job(manifest.toString(), read(manifest, Kind.UnlearningJob));
    }

    /** A stage kind used alone. */
    @SuppressWarnings("unchecked") // the kind, which is checked, decides the spec's type
    public static Resource<StageSpec, ?> stage(Path manifest, Kind kind) {
        return (Resource<StageSpec, ?>) read(manifest, kind);
    }

    private static Resource<?, ?> read(Path manifest, Kind kind) {
        if (!Files.isRegularFile(manifest)) {
            throw InvalidInput.at(manifest.toString(), "file", "nothing", "a manifest");
        }
        Resource<?, ?> resource = Manifest.readOne(manifest, kind);
        return FileUris.absolute(resource, manifest);
    }
}
