package dev.lethe.cli.command;

import dev.lethe.api.resource.Kind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One {@code ModelTraining} alone. */
@Command(name = "train", description = "Train one specialist, or a full model, as a ModelTraining describes it.")
public final class TrainCommand implements Callable<Integer> {
    @Mixin
    private ManifestOption manifest;

    @Mixin
    private PlainOption plain;

    @Override
    public Integer call() {
        return SingleStage.run(Kind.ModelTraining, manifest.file, plain);
    }
}
