package dev.lethe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code lethe} in a process of its own, which can be killed. */
public final class ChildProcess {
    private static final int TIMEOUT_SECONDS = 300;

    private ChildProcess() {}

    /** Starts {@code lethe run} of a job, one stage after another. */
    public static Process start(TinyJob job, Path log, String... systemProperties) throws IOException {
        return start(
                log,
                List.of(systemProperties),
                List.of(
                        "run",
                        "-f",
                        job.manifest().toString(),
                        "--workdir",
                        job.workdir().toString(),
                        "--jobs",
                        "1",
                        "--plain"));
    }

    /** Starts {@code lethe} with some arguments. */
    public static Process lethe(Path log, String... arguments) throws IOException {
        return start(log, List.of(), List.of(arguments));
    }

    private static Process start(Path log, List<String> systemProperties, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.internal.verbosity=ERROR"));
        command.addAll(systemProperties);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lethe.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Waits for the end and gives the exit code. */
    public static int await(Process process) throws InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after %d s".formatted(TIMEOUT_SECONDS));
        }
        return process.exitValue();
    }
}
