package dev.lethe.cli.command;

import dev.lethe.api.document.Documents;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.StageFile;
import dev.lethe.cli.progress.ProgressLog;
import dev.lethe.merge.InvalidInput;
import dev.lethe.worker.StopSignal;
import dev.lethe.worker.publication.ResultFile;
import dev.lethe.worker.stage.ProgressReport;
import dev.lethe.worker.stage.StageContext;
import dev.lethe.worker.stage.TerminationMessage;
import dev.lethe.worker.stage.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a pod runs. */
@Command(
        name = "stage",
        description = {
            "Carry out the stage that a stage file describes: what a pod runs.",
            "Writes the output with its result.json, progress.json while at work, and a summary of at most 4 KiB to"
                    + " /dev/termination-log or $LETHE_TERMINATION_LOG. Logs a line per epoch or half minute;"
                    + " " + StageFile.LOG_FORMAT + "=json: as JSON."
        })
public final class StageCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the stage file, such as /etc/lethe/stage.json")
    private Path file;

    @Override
    public Integer call() {
        StopSignal stop = StopSignal.ofProcess();
        try {
            if (!Files.isRegularFile(file)) {
                throw InvalidInput.at(file.toString(), "file", "nothing", "a stage file");
            }
            StageFile stage = Documents.read(file, StageFile.class);
            ProgressLog log = new ProgressLog(stage.name(), System.err, InstantSource.system());
            try (ProgressReport report = ProgressReport.of(stage)) {
                System.err.println(stage.name() + ": started");
                ResultFile finished = Worker.run(stage, StageContext.standalone(stop, report.andThen(log)));
                TerminationMessage.write(Worker.report(stage, finished));
                System.err.println(stage.name() + ": done");
            }
            return ExitCode.DONE.code();
        } catch (Throwable thrown) {
            TerminationMessage.write(thrown);
            throw thrown;
        } finally {
            stop.settled();
        }
    }
}
