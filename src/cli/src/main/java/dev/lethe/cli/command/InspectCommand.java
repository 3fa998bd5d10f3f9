package dev.lethe.cli.command;

import dev.lethe.api.stage.ExitCode;
import dev.lethe.merge.OneLine;
import dev.lethe.merge.compare.Inspection;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What weights hold: tensors, types, sizes, digest. */
@Command(name = "inspect", description = "Say what a safetensors file, a model folder or an adapter folder holds.")
public final class InspectCommand implements Callable<Integer> {
    /** Entries of metadata that are shown; trainers write some sixty. */
    private static final int MOST_METADATA = 100;

    /** Characters of each. */
    private static final int MOST_CHARACTERS = 120;

    @Parameters(paramLabel = "PATH", description = "a file or a folder")
    private Path path;

    @Override
    public Integer call() {
        Inspection inspection = Inspection.of(path);
        int width = inspection.tensors().stream()
                .mapToInt(tensor -> tensor.name().length())
                .max()
                .orElse(0);
        for (Inspection.Tensor tensor : inspection.tensors()) {
            System.out.printf(
                    "%-" + Math.max(1, width) + "s  %-5s %-18s %12s  %s%n",
                    tensor.name(),
                    tensor.dtype(),
                    tensor.shape(),
                    ByteSize.text(tensor.bytes()),
                    tensor.file());
        }
        System.out.printf(
                "%d tensors, %s, elements %s%n",
                inspection.tensors().size(), ByteSize.text(inspection.bytes()), inspection.elements());
        inspection.metadata().entrySet().stream()
                .limit(MOST_METADATA)
                .forEach(entry ->
                        System.out.println("metadata %s: %s".formatted(cut(entry.getKey()), cut(entry.getValue()))));
        if (inspection.metadata().size() > MOST_METADATA) {
            System.out.println(
                    "metadata: %d more".formatted(inspection.metadata().size() - MOST_METADATA));
        }
        inspection.warnings().forEach(warning -> System.out.println("warning: " + warning));
        System.out.println(inspection.digest());
        return ExitCode.DONE.code();
    }

    /** Some trainers write whole documents there, of millions of characters. */
    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS
                ? OneLine.of(text, MOST_CHARACTERS)
                : "%s (%d characters)".formatted(OneLine.of(text, MOST_CHARACTERS), text.length());
    }
}
