package dev.lethe.cli.command;

import picocli.CommandLine.Option;

/** {@code --show-forget-text}. */
final class ForgetTextOption {
    @Option(
            names = "--show-forget-text",
            description = {
                "let report.html show in words what the models said to some rows, and the rows: this may be personal data",
                "(without it words are hidden)"
            })
    private boolean shown;

    boolean shown() {
        return shown;
    }
}
