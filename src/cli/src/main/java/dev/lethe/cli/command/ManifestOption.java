package dev.lethe.cli.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code -f FILE}. */
final class ManifestOption {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "the manifest; its relative file: URIs begin at its folder")
    Path file;
}
