package dev.lethe.cli.command;

import dev.lethe.cli.progress.ProgressView;
import picocli.CommandLine.Option;

/** {@code --plain}. */
final class PlainOption {
    @Option(names = "--plain", description = "progress as lines, as it is without a terminal")
    private boolean plain;

    ProgressView view() {
        return ProgressView.of(plain, System.err);
    }
}
