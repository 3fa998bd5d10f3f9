package dev.lethe.cli.command;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.cli.run.RunOutcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A run for people. */
@Command(name = "report", description = "Make result.json and report.html of a run anew, finished or not.")
public final class ReportCommand implements Callable<Integer> {
    @Mixin
    private WorkdirOption workdir;

    @Mixin
    private ForgetTextOption forgetText;

    @Override
    public Integer call() {
        RunOutcome outcome = RunOutcome.of(workdir.workdir());
        outcome.write(forgetText.shown());
        System.out.print(outcome.table());
        return ExitCode.DONE.code();
    }
}
