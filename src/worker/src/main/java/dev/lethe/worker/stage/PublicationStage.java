package dev.lethe.worker.stage;

import dev.lethe.api.resource.ModelPublicationSpec;
import dev.lethe.api.resource.ModelPublicationSpec.Evidence;
import dev.lethe.api.resource.Source;
import dev.lethe.worker.FileUris;
import dev.lethe.worker.publication.Publication;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Copies a model that passed its gates to where it is used, with its card and its evidence. */
final class PublicationStage {
    private PublicationStage() {}

    static StageOutcome publish(ModelPublicationSpec spec, StageInputs inputs, StageOutput output) {
        inputs.path("model", spec.model());
        for (Evidence evidence : Objects.requireNonNullElse(spec.evidence(), List.<Evidence>of())) {
            inputs.path(evidence.stage(), new Source(evidence.uri(), evidence.digest()));
        }
        Publication publication = Publication.of(
                spec, FileUris::path, output.target().getFileName().toString());
        output.begin();
        if (!publication.isAt(output.target())) {
            output.requireAbsent();
            output.resume();
            publication.write(output.payload());
        }
        return new StageOutcome("model", Map.of(), Map.of(), spec.verdict(), spec.gates(), Map.of("files", (double)
                publication.payload().files().size()));
    }
}
