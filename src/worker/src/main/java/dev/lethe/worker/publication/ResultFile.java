package dev.lethe.worker.publication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.StageResult;
import dev.lethe.merge.InvalidInput;
import dev.lethe.merge.RefusedInput;
import dev.lethe.merge.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The {@code result.json} of a stage, beside its payload.
 *
 * @param digest {@code sha256:HEX} of the bytes of {@code result.json}
 */
public record ResultFile(StageResult result, String digest) {
    /** @throws InvalidInput where there is none, or none that can be read */
    public static ResultFile read(Path output) {
        return of(output.resolve(Payload.RESULT));
    }

    /** The same by the path of the file. */
    public static ResultFile of(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return new ResultFile(
                    Documents.parse(file.toString(), new String(bytes, UTF_8), StageResult.class),
                    Digest.ofBytes(bytes));
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /**
     * The result of a stage that reported this digest when it ended.
     *
     * @throws InvalidInput where there is none
     * @throws RefusedInput where it is another one now
     */
    public static StageResult verified(Path output, String told) {
        ResultFile found = read(output);
        if (!found.digest.equals(told)) {
            throw RefusedInput.at(
                    output.resolve(Payload.RESULT).toString(),
                    "digest",
                    found.digest,
                    told + ", as the stage told of it");
        }
        return found.result;
    }
}
