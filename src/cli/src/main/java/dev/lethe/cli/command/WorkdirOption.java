package dev.lethe.cli.command;

import dev.lethe.cli.run.Workdir;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --workdir DIR} of a run that has begun. */
final class WorkdirOption {
    @Option(names = "--workdir", paramLabel = "DIR", required = true, description = "the run's work directory")
    private Path folder;

    Workdir workdir() {
        return Workdir.of(folder);
    }
}
