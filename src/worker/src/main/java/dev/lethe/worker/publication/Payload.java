package dev.lethe.worker.publication;

import dev.lethe.merge.digest.Digest;
import dev.lethe.merge.safetensors.ModelFiles;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The files of a stage's output folder that count in its digest: of a model its weights, configuration and tokenizer,
 * as {@link ModelFiles} lists them; of anything else every file but those about the output.
 *
 * @param files {@code sha256:HEX} by relative path
 */
public record Payload(SortedMap<String, String> files) {
    /** The result of the stage. */
    public static final String RESULT = "result.json";

    /** What the stage was asked to do: its {@link dev.lethe.api.stage.StageFile}. */
    public static final String STAGE = "stage.json";

    /** The model card. */
    public static final String CARD = "README.md";

    /** The numbers and digests behind a published model. */
    public static final String EVIDENCE = "lethe-evidence.json";

    /** The numbers for people. */
    public static final String REPORT = "report.html";

    /** Shows another attempt at the same stage that one of its attempts wrote the folder. */
    public static final String SEAL = "seal";

    private static final Set<String> NOT_COUNTED = Set.of(RESULT, STAGE, CARD, EVIDENCE, REPORT, SEAL);

    /** Reads and digests every file of the payload in a folder; what else lies beside a model is not read. */
    public static Payload of(Path folder) {
        return of(folder, Digest::ofFile);
    }

    /**
     * As above.
     *
     * @param ofFile the digest of a file
     */
    public static Payload of(Path folder, Function<Path, String> ofFile) {
        Collection<String> names = ModelFiles.isModel(folder) ? ModelFiles.counted(folder) : payloadFiles(folder);
        return new Payload(Digest.listing(folder, names, ofFile));
    }

    /** Every file of a folder but those about the output. */
    static Set<String> payloadFiles(Path folder) {
        Set<String> names = new TreeSet<>(Digest.files(folder));
        names.removeAll(NOT_COUNTED);
        return names;
    }

    /** {@link Digest#ofFolder} of a folder with just the payload. */
    public String digest() {
        return Digest.ofListing(files);
    }
}
