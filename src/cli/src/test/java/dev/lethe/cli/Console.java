package dev.lethe.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The command line in this process, with what it says on stderr. */
public record Console(int exitCode, String errors) {
    public static Console run(Object... arguments) {
        StringWriter errors = new StringWriter();
        CommandLine command = Lethe.commandLine().setErr(new PrintWriter(errors, true));
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return new Console(command.execute(words), errors.toString());
    }
}
