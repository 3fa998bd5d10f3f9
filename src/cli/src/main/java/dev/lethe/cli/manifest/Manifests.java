package dev.lethe.cli.manifest;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.ObjectiveSpec;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.StageSpec;
import dev.lethe.api.resource.SuiteSpec;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.catalog.Descriptor;
import dev.lethe.merge.InvalidInput;
import dev.lethe.worker.FileUris;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads manifests strictly, with absolute URIs for this machine. */
public final class Manifests {
    private Manifests() {}

    /** @throws InvalidInput for a job that a local run cannot carry out, too */
    public static Resource<UnlearningJobSpec, UnlearningJobStatus> job(Path manifest) {
        Resource<UnlearningJobSpec, UnlearningJobStatus> job =
                Documents.job(manifest.toString(), read(manifest, Kind.UnlearningJob));
        boolean custom = Stream.concat(
                        Stream.ofNullable(job.spec().specialists())
                                .flatMap(List::stream)
                                .flatMap(it -> Stream.ofNullable(it.objective()))
                                .map(ObjectiveSpec::type),
                        Stream.ofNullable(job.spec().evaluation())
                                .flatMap(it -> Stream.ofNullable(it.suites()))
                                .flatMap(List::stream)
                                .map(SuiteSpec::name))
                .anyMatch(Descriptor.CUSTOM::equals);
        if (custom) {
            throw InvalidInput.at(
                    manifest.toString(),
                    "spec",
                    Descriptor.CUSTOM,
                    "objectives and suites of Lethe's own: an image of yours runs in a cluster alone");
        }
        return job;
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
