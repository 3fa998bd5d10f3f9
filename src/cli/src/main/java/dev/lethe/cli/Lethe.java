package dev.lethe.cli;

import dev.lethe.api.schema.InvalidManifest;
import dev.lethe.api.stage.ExitCode;
import dev.lethe.api.stage.StageFile;
import dev.lethe.cli.command.DiffCommand;
import dev.lethe.cli.command.EvaluateCommand;
import dev.lethe.cli.command.ExplainCommand;
import dev.lethe.cli.command.FetchCommand;
import dev.lethe.cli.command.InitCommand;
import dev.lethe.cli.command.InspectCommand;
import dev.lethe.cli.command.MergeCommand;
import dev.lethe.cli.command.ReportCommand;
import dev.lethe.cli.command.RunCommand;
import dev.lethe.cli.command.ScoreCommand;
import dev.lethe.cli.command.StageCommand;
import dev.lethe.cli.command.StatusCommand;
import dev.lethe.cli.command.TrainCommand;
import dev.lethe.cli.progress.JsonLog;
import dev.lethe.worker.Failure;
import dev.lethe.worker.Problems;
import dev.lethe.worker.Version;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The {@code lethe} command. */
@Command(
        name = "lethe",
        description = "Machine unlearning, declared: train specialists, merge them, measure, and publish what passes.",
        mixinStandardHelpOptions = true,
        versionProvider = Lethe.OfBuild.class,
        synopsisSubcommandLabel = "COMMAND",
        scope = CommandLine.ScopeType.INHERIT,
        footer = {
            "",
            "Exit codes: 0 done, and for run the gates passed; 1 failed, or the gates did not pass; 65 invalid input;",
            "71 out of memory; 75 a temporary fault, such as a store that does not answer; 77 refused, such as a pickle",
            "file, a digest that differs, or a store that does not let in; 130 interrupted."
        })
public final class Lethe {
    private static final int WIDTH = 110;
    private static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            StatusCommand.class,
            FetchCommand.class,
            TrainCommand.class,
            MergeCommand.class,
            InspectCommand.class,
            DiffCommand.class,
            EvaluateCommand.class,
            ScoreCommand.class,
            StageCommand.class,
            ReportCommand.class,
            ExplainCommand.class,
            InitCommand.class);

    public static void main(String[] arguments) {
        if (Arrays.equals(arguments, new String[] {"--version"})) {
            System.out.println("lethe " + Version.text()); // at once: reading the command line takes longer than this
            return;
        }
        if ("json".equals(System.getenv(StageFile.LOG_FORMAT))) {
            System.setErr(JsonLog.of(System.err, InstantSource.system()));
        }
        System.exit(execute(arguments));
    }

    /** What {@code lethe COMMAND --version} prints. */
    static final class OfBuild implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lethe " + Version.text()};
        }
    }

    /** Sets up only the command that is named first, where one is: setting up all takes a tenth of a second. */
    static int execute(String... arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        List<Class<?>> named = COMMANDS.stream()
                .filter(type -> type.getSimpleName().equalsIgnoreCase(first + "Command"))
                .toList();
        return commandLine(named.isEmpty() ? COMMANDS : named).execute(arguments);
    }

    /** The whole command line, with errors as one line and an exit code. */
    public static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine line = new CommandLine(new Lethe());
        commands.forEach(line::addSubcommand);
        return line.setUsageHelpWidth(WIDTH)
                .setParameterExceptionHandler((wrong, arguments) -> invalid(wrong))
                .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, command));
    }

    private static int invalid(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        say(command.getErr(), wrong.getMessage() + " (" + name + " --help says more)");
        return ExitCode.INVALID_INPUT.code();
    }

    private static int failed(Exception thrown, CommandLine command) {
        if ("1".equals(System.getenv("LETHE_DEBUG"))) {
            thrown.printStackTrace(command.getErr());
        }
        return switch (thrown) {
            case InvalidManifest manifest -> said(Problems.of(manifest), command);
            case Problems problems -> said(problems, command);
            default -> {
                Failure failure = Failure.of(thrown);
                say(command.getErr(), failure.message());
                yield failure.exitCode();
            }
        };
    }

    private static int said(Problems problems, CommandLine command) {
        problems.messages().forEach(message -> say(command.getErr(), message));
        return problems.exitCode();
    }

    private static void say(PrintWriter err, String message) {
        err.println("lethe: " + message);
        err.flush();
    }
}
