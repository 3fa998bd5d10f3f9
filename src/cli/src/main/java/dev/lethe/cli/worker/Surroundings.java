package dev.lethe.cli.worker;

import dev.lethe.api.status.Progress;
import dev.lethe.cli.StopSignal;
import java.util.function.Consumer;

/**
 * What a stage has around it while it works.
 *
 * @param models frozen base models, shared by the stages of this process
 * @param digests of what they read
 * @param stop asked at every point from which the stage could continue
 * @param progress told how far it is; called often, on the stage's thread
 * @param threads CPU threads that one operation may use
 */
public record Surroundings(
        BaseModels models, Digests digests, StopSignal stop, Consumer<Progress> progress, int threads) {
    /** For one stage alone in its process. */
    public static Surroundings alone(StopSignal stop, Consumer<Progress> progress) {
        return new Surroundings(new BaseModels(), new Digests(), stop, progress, Cores.available());
    }

    Surroundings withProgress(Consumer<Progress> other) {
        return new Surroundings(models, digests, stop, other, threads);
    }
}
