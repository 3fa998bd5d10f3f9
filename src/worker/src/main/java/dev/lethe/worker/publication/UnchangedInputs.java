package dev.lethe.worker.publication;

import dev.lethe.api.stage.StageResult;
import dev.lethe.merge.RefusedInput;
import java.util.HashMap;
import java.util.Map;

/** What the stages of one job read: a file that changed while the job ran makes its numbers no evidence. */
final class UnchangedInputs {
    /** Who read it first, and what it was then. */
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
