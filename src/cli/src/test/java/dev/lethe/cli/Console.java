package dev.lethe.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
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

    /** What a command that ends well says on stdout. */
    public static String printed(Object... arguments) {
        PrintStream out = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        System.setOut(new PrintStream(text, true, UTF_8));
        try {
            assertThat(run(arguments)).isEqualTo(new Console(0, ""));
        } finally {
            System.setOut(out);
        }
        return text.toString(UTF_8);
    }
}
