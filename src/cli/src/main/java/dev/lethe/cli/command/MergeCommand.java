package dev.lethe.cli.command;

import dev.lethe.api.resource.Kind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One {@code ModelMerge} alone. */
@Command(name = "merge", description = "Merge adapters as a ModelMerge describes it.")
public final class MergeCommand implements Callable<Integer> {
    @Mixin
    private ManifestOption manifest;

    @Mixin
    private PlainOption plain;

    @Override
    public Integer call() {
        return SingleStage.run(Kind.ModelMerge, manifest.file, plain);
    }
}
