package dev.lethe.worker;

import dev.lethe.api.schema.InvalidManifest;
import dev.lethe.api.stage.ExitCode;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with an input, found before any work began: a line each. */
public final class Problems extends RuntimeException {
    private final transient List<Failure> failures;

    private Problems(List<Failure> failures) {
        super(failures.getFirst().message());
        this.failures = List.copyOf(failures);
    }

    /** What is wrong with a manifest, where it was written. */
    public static Problems of(InvalidManifest manifest) {
        return new Problems(manifest.problems().stream()
                .map(problem -> new Failure(ExitCode.INVALID_INPUT.code(), problem))
                .toList());
    }

    /** Runs checks one after another and collects their failures. */
    public static final class Collector {
        private final List<Failure> failures = new ArrayList<>();

        /** Runs a check; whether it passed. */
        public boolean check(Runnable check) {
            try {
                check.run();
                return true;
            } catch (Problems several) {
                failures.addAll(several.failures);
            } catch (RuntimeException e) {
                failures.add(Failure.of(e));
            }
            return false;
        }

        /** @throws Problems where a check failed */
        public void raise() {
            if (!failures.isEmpty()) {
                throw new Problems(failures.stream().distinct().toList());
            }
        }
    }

    public List<String> messages() {
        return failures.stream().map(Failure::message).toList();
    }

    /** Refused where anything is refused by policy, invalid where anything is invalid. */
    public int exitCode() {
        List<Integer> codes = failures.stream().map(Failure::exitCode).toList();
        return codes.contains(ExitCode.REFUSED.code())
                ? ExitCode.REFUSED.code()
                : codes.contains(ExitCode.INVALID_INPUT.code()) ? ExitCode.INVALID_INPUT.code() : codes.getFirst();
    }
}
