package dev.lethe.cli.command;

import dev.lethe.api.resource.Kind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One {@code ModelEvaluation} alone. */
@Command(name = "evaluate", description = "Measure a model as a ModelEvaluation describes it.")
public final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private ManifestOption manifest;

    @Mixin
    private PlainOption plain;

    @Override
    public Integer call() {
        return SingleStage.run(Kind.ModelEvaluation, manifest.file, plain);
    }
}
