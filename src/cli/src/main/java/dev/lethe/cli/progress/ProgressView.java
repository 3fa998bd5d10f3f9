package dev.lethe.cli.progress;

import dev.lethe.api.status.Progress;
import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;

/** Shows the progress of stages. Called from several threads. */
public sealed interface ProgressView extends AutoCloseable permits ProgressBars, ProgressLines {
    /** Bars where a person watches a terminal, lines otherwise. */
    static ProgressView of(boolean plain, PrintStream out) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return plain || !terminal ? new ProgressLines(out) : new ProgressBars(out);
    }

    /** A stage begins, or begins again. */
    void started(String stage);

    void progressed(String stage, Progress progress);

    /**
     * A stage's attempt ended.
     *
     * @param outcome for people, such as {@code done in 12 s}
     */
    void ended(String stage, String outcome);

    @Override
    void close();
}
