package dev.lethe.worker.publication;

import dev.lethe.api.stage.StageResult;
import dev.lethe.merge.RefusedInput;
import java.util.HashMap;
import java.util.Map;

/** Checks that the stages of a job read the same files: numbers of a file that changed meanwhile are no evidence. */
final class UnchangedInputs {
    /** The stage that read a file first, and the digest then. */
    private record FirstRead(String stage, String digest) {}

    private final Map<String, FirstRead> known = new HashMap<>();

    /** @throws RefusedInput where another stage read the same URI with another content */
    void add(String stage, StageResult result) {
        result.inputs().forEach((role, input) -> {
            FirstRead first = known.putIfAbsent(input.uri(), new FirstRead(stage, input.digest()));
            if (first != null && !first.digest.equals(input.digest())) {
                throw RefusedInput.at(
                        "publication",
                        role + " of stage " + stage + ", " + input.uri(),
                        input.digest(),
                        first.digest + ", as stage " + first.stage + " read");
            }
        });
    }
}
