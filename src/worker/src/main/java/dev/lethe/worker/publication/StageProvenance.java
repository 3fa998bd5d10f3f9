package dev.lethe.worker.publication;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.stage.MergeSearchResult;
import dev.lethe.api.stage.StageFile;
import dev.lethe.api.stage.StageResult;
import dev.lethe.api.status.MetricValue;
import dev.lethe.merge.RefusedInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a finished stage read and made, without times and places, which differ between equal runs.
 *
 * @param inputs by role
 * @param baseName of the base model's folder, where the stage had a base model
 * @param output digest of what it made
 * @param settings absent where the stage left no {@code stage.json}
 * @param metrics by {@code suite/metric}
 * @param notMeasured why, by {@code suite/metric}
 * @param search of a merge that was searched for
 * @param lethe the version that did it
 */
record StageProvenance(
        Kind kind,
        SortedMap<String, InputContent> inputs,
        @Nullable String baseName,
        String output,
        @Nullable StageSettings settings,
        SortedMap<String, MetricValue> metrics,
        SortedMap<String, String> notMeasured,
        @Nullable MergeSearchResult search,
        @Nullable String lethe) {
    /** @param rows where it has any */
    record InputContent(String digest, @Nullable Long rows) {}

    /**
     * The provenance by a stage's result and its output folder.
     *
     * @param digest that the output must have; null for any
     * @throws RefusedInput where the folder's content is not what the result or the digest says
     */
    static StageProvenance of(Path folder, StageResult result, @Nullable String digest) {
        String found = Payload.of(folder).digest();
        String expected = digest != null ? digest : result.output().digest();
        if (!found.equals(expected) || !found.equals(result.output().digest())) {
            throw RefusedInput.at(folder.toString(), "digest", found, expected);
        }
        SortedMap<String, InputContent> inputs = new TreeMap<>();
        result.inputs().forEach((role, input) -> inputs.put(role, new InputContent(input.digest(), input.count())));
        Path stage = folder.resolve(Payload.STAGE);
        return new StageProvenance(
                result.kind(),
                inputs,
                baseName(result.inputs().get("base")),
                found,
                Files.exists(stage)
                        ? StageSettings.of(
                                Documents.read(stage, StageFile.class).spec(), result.search())
                        : null,
                new TreeMap<>(result.metrics()),
                new TreeMap<>(result.notMeasured()),
                result.search(),
                result.versions().get("lethe"));
    }

    /** The last part of the URI, where it can stand in a card as it is. */
    private static @Nullable String baseName(StageResult.@Nullable Input base) {
        if (base == null) {
            return null;
        }
        String last = base.uri().replaceFirst("/+$", "").replaceFirst("^.*[/:]", "");
        return last.matches("[A-Za-z0-9][A-Za-z0-9._-]*") ? last : null;
    }

    @Nullable
    String digestOf(String role) {
        InputContent input = inputs.get(role);
        return input == null ? null : input.digest();
    }

    @Nullable
    Long rowsOf(String role) {
        InputContent input = inputs.get(role);
        return input == null ? null : input.rows();
    }
}
