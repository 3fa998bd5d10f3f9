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
        return start(command(job, systemProperties), log);
    }

    /** Starts a command whose output is added to the log. */
    public static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** {@code lethe run} of a job, one stage after another, as {@link #start} starts it. */
    public static List<String> command(TinyJob job, String... systemProperties) {
        List<String> command = java(systemProperties);
        command.addAll(List.of(
                "run",
                "-f",
                job.manifest().toString(),
                "--workdir",
                job.workdir().toString()));
        command.addAll(List.of("--jobs", "1", "--plain"));
        return command;
    }

    /** {@code lethe} with some arguments. */
    public static List<String> lethe(String... arguments) {
        List<String> command = java();
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> java(String... systemProperties) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.internal.verbosity=ERROR"));
        command.addAll(List.of(systemProperties));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lethe.class.getName()));
        return command;
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
